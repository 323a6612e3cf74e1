"""What single texts of config.yaml become, where no unit and no place is meant.

Each function takes the text as it is after the environment, and raises `ConfigError` with what was
expected, an example, and what was found. A message never shows what may be a secret.
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from contract.config.places import without_password
from contract.config.rules import FIXED
from contract.errors import ConfigError

_COUNT = re.compile(r"[0-9]{1,9}")
_HEADER = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
_VISIBLE = re.compile(r"[\x21-\x7e]*")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_USUAL_PORTS = {"http": 80, "https": 443}
_FOR_PAGES = frozenset({"http", "https", "ws", "wss"})
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")  # as it may stand in a header without quotes


def truth(text: str) -> bool:
    """Return what `true` or `false` means (YAML 1.2.2, section 10.3.2: no `yes`, no `on`)."""
    if text not in _TRUTH:
        raise ConfigError(f"expected true or false, not {text!r}")
    return _TRUTH[text]


def count(text: str) -> int:
    """Return a whole number from 1 up."""
    if not _COUNT.fullmatch(text) or int(text) < 1:
        raise ConfigError(f"expected a whole number, at least 1, such as 4, not {text!r}")
    return int(text)


def count_or_off(text: str) -> int:
    """Return a whole number from 1 up, or 0 for `off`."""
    if text == "off":
        return 0
    try:
        return count(text)
    except ConfigError as error:
        raise ConfigError(f"{error}; or off") from None


def one_of(*choices: str) -> Callable[[str], str]:
    """Return the function that takes these words and no other."""

    def choose(text: str) -> str:
        if text not in choices:
            raise ConfigError(f"expected one of {', '.join(choices)}, not {text!r}")
        return text

    return choose


def filled(text: str) -> str:
    """Return a text that may be anything but empty."""
    if not text.strip():
        raise ConfigError("expected a text, but it is empty")
    return text


def filled_or_none(text: str) -> str | None:
    """Return a text, or None for an empty one and for `null`, as an environment can hold them."""
    return None if text.strip() in {"", "null"} else text


def word_or_none(text: str) -> str | None:
    """Return a name without spaces, or None as `filled_or_none`."""
    word = filled_or_none(text)
    if word is not None and not _VISIBLE.fullmatch(word):
        raise ConfigError(f"expected visible ASCII characters without spaces, not {text!r}")
    return word


def expression(text: str) -> str:
    """Return a regular expression, as text."""
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConfigError(
            f"expected a regular expression such as 'gpt-5.*', not {text!r}: {error}"
        ) from None
    return text


def vendor_field(text: str) -> str:
    """Return a field that is removed: a name, or `messages.NAME` for a member of each message."""
    name = text.removeprefix("messages.")
    kept = {"role", "content", "type"} if name != text else FIXED
    if not name or name in kept:
        raise ConfigError(
            "expected the name of a field such as session_id, or of a member of each message such "
            f"as messages.time, not {text!r}; a request needs {', '.join(sorted(kept))}"
        )
    return text


def secret(text: str) -> str:
    """Return a secret, which goes into a header: visible ASCII characters, or nothing."""
    if not _VISIBLE.fullmatch(text):
        raise ConfigError("expected visible ASCII characters without spaces or line ends")
    return text


def header_name(text: str) -> str:
    """Return the name of a header in lower case."""
    if not _HEADER.fullmatch(text):
        raise ConfigError(f"expected the name of a header such as authorization, not {text!r}")
    return text.lower()


def url(text: str) -> str:
    """Return an HTTP URL without the slash at its end; paths are put behind it."""
    parts = _http(text)
    if parts is None or parts.query or parts.fragment or "?" in text or "#" in text:
        raise ConfigError(
            "expected a URL such as https://api.openai.com/v1, without user, query and fragment, "
            f"not {without_password(text)!r}"
        )
    return text.rstrip("/")


def service_or_none(text: str) -> str | None:
    """Return what a page may ask by HTTP, or None as `filled_or_none`."""
    return _called(text, frozenset(_USUAL_PORTS), "https://app.example.com/signed-url")


def address_or_none(text: str) -> str | None:
    """Return what a page may call, by HTTP or WebSocket, or None as `filled_or_none`."""
    return _called(text, _FOR_PAGES, "http://127.0.0.1:8002 or ws://127.0.0.1:8002")


def _called(text: str, schemes: frozenset[str], example: str) -> str | None:
    address = filled_or_none(text)
    if address is None:
        return None
    parts = _parts(address, schemes)
    if parts is None or not _HOST.fullmatch(parts.netloc) or "#" in address:
        raise ConfigError(
            f"expected a URL such as {example}, without user and fragment, "
            f"not {without_password(text)!r}"
        )
    return address


def origin(text: str) -> str:
    """Return an origin as browsers send it: lower case, without the usual port (RFC 6454)."""
    parts = _http(text)
    if parts is None or text.rstrip("/") != f"{text.partition('://')[0]}://{parts.netloc}":
        expected = "an origin such as https://app.example.com"
        raise ConfigError(f"expected {expected}, not {without_password(text)!r}")
    usual = parts.port in {None, _USUAL_PORTS[parts.scheme]}
    host = parts.netloc.lower()
    return f"{parts.scheme}://{host.rpartition(':')[0] if usual and parts.port else host}"


def _http(text: str) -> SplitResult | None:
    """Return the parts of an HTTP URL that names a host and no user, or None."""
    return _parts(text, frozenset(_USUAL_PORTS))


def _parts(text: str, schemes: frozenset[str]) -> SplitResult | None:
    """Return the parts of a URL of one of these schemes that names a host and no user, or None."""
    try:
        parts = urlsplit(text)
        good_port = parts.port != 0  # reading `port` raises where it is no number up to 65535
    except ValueError:
        return None
    plain = (
        "@" not in parts.netloc and not parts.netloc.endswith(":") and not re.search(r"\s", text)
    )
    good = parts.scheme in schemes and parts.hostname and good_port and plain
    return parts if good else None
