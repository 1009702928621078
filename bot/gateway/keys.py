"""Who asks: the key that a request to the business API carries."""

from sanic import Request

from bot.gateway.problems import Problem
from bot.usecases.keys import Scope
from bot.wiring import Product


async def key_owner(product: Product, request: Request, *scopes: Scope) -> str:
    """Whose key the request carries; 401 for none, 403 for one that may do this by none of these scopes."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    access = await product.keys.access(key) if scheme.lower() == "bearer" and key else None
    if access is None:
        raise Problem(
            401, "unauthorized", "A valid API key is needed.", headers={"WWW-Authenticate": 'Bearer realm="orikaeshi"'}
        )
    if not access.scopes & set(scopes):
        raise Problem(403, "out-of-scope", f"This key has no access to {scopes[0]}.", scope=str(scopes[0]))
    return access.label
