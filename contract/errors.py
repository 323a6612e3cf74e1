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
        ├── OriginRefused       403  a page that may not call us
        ├── UnknownPicture      404  a temporaryId that is unknown or has expired
        ├── PictureTaken        409  a temporaryId that another conversation has used
        ├── TooLarge            413  more bytes than the limit
        ├── NotAPicture         415  bytes that no decoder takes for a picture
        ├── UpstreamFailed      502  the model's side cannot be reached or breaks off
        ├── StoreFailed         503  the store cannot answer
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
    """

    exit_status = 1
    http_status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.param = param

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


class OriginRefused(RequestError):
    """A page of another origin calls, and `injector.browser.origins` does not name it."""

    http_status = 403
    type = "invalid_request_error"
    code = "origin_refused"


class UnknownPicture(RequestError):
    """No picture waits under this temporaryId: never uploaded here, or expired."""

    http_status = 404
    type = "invalid_request_error"
    code = "unknown_temporary_id"


class PictureTaken(RequestError):
    """Another conversation has used this temporaryId."""

    http_status = 409
    type = "invalid_request_error"
    code = "temporary_id_used"


class TooLarge(RequestError):
    """More bytes or pixels than the limit."""

    http_status = 413
    type = "invalid_request_error"
    code = "too_large"


class NotAPicture(RequestError):
    """No decoder takes these bytes for a picture."""

    http_status = 415
    type = "invalid_request_error"
    code = "not_a_picture"


class UpstreamFailed(RequestError):
    """The model's side cannot be reached, or broke off before the first byte."""

    http_status = 502
    code = "upstream_failed"


class StoreFailed(RequestError):
    """The store of pictures cannot answer."""

    http_status = 503
    code = "store_failed"


class UpstreamTimeout(RequestError):
    """The model's side said nothing in time."""

    http_status = 504
    code = "upstream_timeout"
