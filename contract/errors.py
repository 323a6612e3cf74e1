"""The errors of Sightline: one class for each thing that somebody must mend.

A message says what is wrong, where, and what to do now. Each class carries the exit status for a
command line and the HTTP status for an endpoint; only the rim (`cli/`, `injector/app.py`) turns one
into the other.

    SightlineError
    ├── UsageError              the command asks for something that cannot be
    ├── FieldPathError          a field path does not follow the grammar
    ├── ConfigError             config.yaml; carries every problem at once
    ├── RecordingError          a file is no recording, or cannot be read or written as one
    ├── ServiceError            a service of ours could not be started or reached
    └── RequestError            an HTTP request that is answered with an error
        ├── BadRequest          400  the body or a parameter of it
        ├── Unauthorized        401  the bearer
        ├── TicketRefused       401  an upload ticket that is missing, forged or over
        ├── SignatureRefused    401  a webhook that is not signed as it should be
        ├── OriginRefused       403  a page that may not call us
        ├── ContextTaken        403  a conversation whose pictures somebody else has shared
        ├── UnknownPicture      404  a temporaryId that is unknown or has expired
        ├── UnknownConversation 404  a conversation that has no picture
        ├── TooSlow             408  a body that does not arrive in time
        ├── PictureTaken        409  a temporaryId that another conversation has used
        ├── Replayed            409  a signed message that has come before
        ├── TooLarge            413  more bytes or pixels than the limit, or more work
        ├── NotAPicture         415  bytes that no decoder takes for a picture
        ├── TooMany             429  more requests in a minute than one client may make
        ├── UpstreamFailed      502  the model's side cannot be reached or breaks off
        ├── StoreFailed         503  the store cannot answer
        ├── Busy                503  no room for one more upload at the moment
        └── UpstreamTimeout     504  the model's side says nothing in time
"""

from typing import ClassVar


class SightlineError(Exception):
    """Any error that a person can do something about."""

    exit_status: ClassVar[int] = 2


class UsageError(SightlineError):
    """The command asks for something that cannot be."""


class FieldPathError(SightlineError):
    """A field path does not follow the grammar of `contract.fieldpath`."""


class ConfigError(SightlineError):
    """The configuration has problems; the message lists all of them, a line each."""


class RecordingError(SightlineError):
    """A file is no recording, or cannot be read or written as one."""


class ServiceError(SightlineError):
    """A service of ours could not be started or reached."""


class RequestError(SightlineError):
    """An HTTP request that is answered with an error.

    Args:
        message: what is wrong, where, and what to do now.
        param: the part of the request that is at fault, as OpenAI's errors name it.
        retry_after: whole seconds after which asking again may help, or None.
    """

    exit_status = 1
    http_status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str] = "internal_error"

    def __init__(
        self, message: str, *, param: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.param = param
        self.retry_after = retry_after

    def as_json(self) -> dict[str, dict[str, str | None]]:
        """Return the error in the shape of OpenAI's API, which every client SDK understands."""
        return {
            "error": {
                "message": str(self),
                "type": self.type,
                "param": self.param,
                "code": self.code,
            }
        }


class BadRequest(RequestError):
    """The body, or a parameter of it, is not what the route takes."""

    http_status = 400
    type = "invalid_request_error"
    code = "bad_request"


class Unauthorized(RequestError):
    """The bearer is missing or wrong."""

    http_status = 401
    type = "invalid_request_error"
    code = "invalid_api_key"


class TicketRefused(RequestError):
    """A ticket for uploads is needed, and is missing, forged or over."""

    http_status = 401
    type = "invalid_request_error"
    code = "invalid_ticket"


class SignatureRefused(RequestError):
    """A webhook is not signed with the secret that is configured, or not now."""

    http_status = 401
    type = "invalid_request_error"
    code = "invalid_signature"


class OriginRefused(RequestError):
    """A page of another origin calls, and `injector.browser.origins` does not name it."""

    http_status = 403
    type = "invalid_request_error"
    code = "origin_refused"


class ContextTaken(RequestError):
    """The conversation has a picture, and who asks has no right to change that."""

    http_status = 403
    type = "invalid_request_error"
    code = "context_token_required"


class UnknownPicture(RequestError):
    """No picture waits under this temporaryId: never uploaded here, or expired."""

    http_status = 404
    type = "invalid_request_error"
    code = "unknown_temporary_id"


class UnknownConversation(RequestError):
    """The conversation has no picture: it never had one, or it is forgotten."""

    http_status = 404
    type = "invalid_request_error"
    code = "unknown_conversation"


class TooSlow(RequestError):
    """The body did not arrive in time."""

    http_status = 408
    type = "invalid_request_error"
    code = "too_slow"


class PictureTaken(RequestError):
    """Another conversation has used this temporaryId."""

    http_status = 409
    type = "invalid_request_error"
    code = "temporary_id_used"


class Replayed(RequestError):
    """A signed message has come before; it counts once."""

    http_status = 409
    type = "invalid_request_error"
    code = "replayed"


class TooLarge(RequestError):
    """More bytes, pixels or work than the limit."""

    http_status = 413
    type = "invalid_request_error"
    code = "too_large"


class NotAPicture(RequestError):
    """No decoder takes these bytes for a picture."""

    http_status = 415
    type = "invalid_request_error"
    code = "not_a_picture"


class TooMany(RequestError):
    """One client has asked more often than it may."""

    http_status = 429
    type = "invalid_request_error"
    code = "rate_limited"


class UpstreamFailed(RequestError):
    """The model's side cannot be reached, or broke off before the first byte."""

    http_status = 502
    code = "upstream_failed"


class StoreFailed(RequestError):
    """The store of pictures cannot answer."""

    http_status = 503
    code = "store_failed"


class Busy(RequestError):
    """There is no room for one more upload at the moment."""

    http_status = 503
    code = "busy"


class UpstreamTimeout(RequestError):
    """The model's side said nothing in time."""

    http_status = 504
    code = "upstream_timeout"
