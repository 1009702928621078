"""What the simulated carrier refuses, in Twilio's own error codes, and what a handset cannot do."""


class CarrierError(Exception):
    """A request to the carrier's REST API is refused.

    `code` is Twilio's error code (https://www.twilio.com/docs/api/errors), `status` the HTTP status.
    """

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def body(self) -> dict[str, object]:
        """The JSON body as Twilio sends it."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class DocumentError(Exception):
    """A TwiML document could not be fetched or read; `code` is Twilio's, `url` where it was asked for."""

    def __init__(self, code: int, message: str, url: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.url = code, message, url


class Unreadable(Exception):
    """A request to the simulator's own API is malformed; `field` is the part at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


class NotFitting(Exception):
    """A person cannot do this with the handset now, for example answer when nothing rings."""
