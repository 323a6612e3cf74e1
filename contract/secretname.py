"""Which names say that what they name is a secret: of headers, and of parameters in URLs and forms.

A rule about words, not a list of vendors: whoever signs requests or hands out tokens calls the
header something else every time. A name is taken apart at `-`, `_` and where a capital letter
follows a small one, and its end decides, so `x-request-token-count` is none.

Names of conversations stay (`x-conversation-id`, `x-session-key`, `x-call-sid`) but for those that
say that they are a token or a secret: `x-session-token` is replaced, and as equal secrets have
equal tokens, whoever looks for a conversation's ID finds it all the same.
"""

import re

PARAMETERS = frozenset(
    {
        "access_token",
        "api_key",
        "apikey",
        "auth",
        "authorization",
        "bearer",
        "client_secret",
        "code",
        "id_token",
        "jwt",
        "key",
        "password",
        "pwd",
        "refresh_token",
        "secret",
        "sig",
        "signature",
        "subscription_key",
        "token",
        "workspace_secret",
        "x_api_key",
        "xi_api_key",
    }
)
"""Names of URL parameters whose values are secrets wherever they are met: in lower case, and with
`_` where others write `-`. The names that `is_secret` knows are secrets besides."""

_SECRET = re.compile(
    r"""(?:^|-)(?:
        (?:api|access|app|auth|client|encryption|functions|master|private|secret|service|signing
            |subscription)-?key
        | token | sightline-ticket | secret | password | passwd | passphrase | credentials?
        | authorization | auth | bearer | jwt | hmac
        | signature (?:-(?:\d+|v\d+|sha-?\d+|ed25519))?
    )$""",
    re.VERBOSE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret(name: str) -> bool:
    """Tell whether a header or a parameter of this name holds a secret."""
    return _SECRET.search(_CAMEL.sub("-", name).lower().replace("_", "-")) is not None


def is_secret_parameter(name: str) -> bool:
    """Tell whether a parameter of a URL or a form holds a secret."""
    return name.lower().replace("-", "_") in PARAMETERS or is_secret(name)
