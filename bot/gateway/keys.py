"""Who asks: the key that a request to the business API carries."""

from sanic import Request

from bot.gateway.problems import Problem
from bot.usecases.keys import Scope
from bot.wiring import Product


async def key_owner(product: Product, request: Request, scope: Scope) -> str:
    """Whose key the request carries; 401 for none, 403 for one that may not do this."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    access = await product.keys.access(key) if scheme.lower() == "bearer" and key else None
    if access is None:
        raise Problem(
            401, "unauthorized", "A valid API key is needed.", headers={"WWW-Authenticate": 'Bearer realm="orikaeshi"'}
        )
    if scope not in access.scopes:
        raise Problem(403, "out-of-scope", f"This key has no access to {scope}.", scope=str(scope))
    return access.label
