"""Why a value that behaves like a conversation ID is none, and what speaks for one.

Constant within a conversation and distinct between two is not enough: so is the minute at which a
call began, the caller's number, the client's address and the connection's ID. Two tables hold what
is known by name and by shape; the rule is that none of these is ever an ID by itself.
"""

import re

from capture.places import CONVERSATION, UUID, label
from contract.fieldpath import FieldPath

_NAMES: tuple[tuple[str, str], ...] = (
    (
        (
            "request|trace|traceid|trace parent|traceparent|tracestate|span|spanid|correlation|b3"
            "|ray|amzn|idempotency|nonce|connection|upgrade|attempt|retry|turn|message|event"
            "|tool call|response|generation|baggage|cookie|vercel|served by|instance|pod|node"
            "|worker|backend"
        ),
        "names one request, connection or trace, not a conversation",
    ),
    (
        (
            "forwarded|forwarded for|real ip|client ip|remote|via|cdn loop|address|addr|ip|port"
            "|country|ipcountry|geo|region|city"
        ),
        "says where the client is",
    ),
    (
        (
            "user|agent|assistant|account|acct|customer|caller|called|callee|phone|number|from|to"
            "|email|mail|name|username|person|member|visitor|guest|patient|tenant|workspace"
            "|organi[sz]ation|org|project|contact|subject|sub|client|device|browser|fingerprint"
            "|order|booking|ticket|invoice|reservation|policy|lead"
        ),
        "says who takes part, and the same person may call twice",
    ),
    (
        (
            "time|date|datetime|timestamp|ts|start|started|started at|created|created at|issued"
            "|issued at|iat|exp|nbf|now|day|today|expires|epoch|clock|timezone|begin|began|began at"
            "|time utc|utc|at"
        ),
        "says when",
    ),
    (
        (
            "host|origin|referer|user agent|content length|content type|accept|accept encoding"
            "|accept language|authorization|proxy authorization|api key|xi api key|content encoding"
            "|transfer encoding|etag|if none match|secret|key|version|priority"
        ),
        "belongs to the protocol",
    ),
    (
        (
            "temperature|max tokens|max completion tokens|top p|seed|presence penalty"
            "|frequency penalty|model|stream|stop|n|role|content|text|type|description"
        ),
        "is a parameter of the model",
    ),
)

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"

_SHAPES: tuple[tuple[str, str], ...] = (
    (r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?", "is an address"),
    (r"(?=.*:.*:)[0-9a-fA-F:]+(?:[\d.]+)?(?:%\w+)?", "is an address"),
    (r"\+\d[\d ()-]{6,}|(?:tel|sips?|whatsapp|sms):.*", "is a telephone number"),
    (r"[^@\s]+@[^@\s]+\.[a-zA-Z]+", "is a mail address"),
    (r"\d{4}-\d\d-\d\d(?:[T _-]?\d\d[:.h-]?\d\d.*)?", "is a time"),
    (r"(?:D:)?\d{8}[T_-]?\d{4,9}(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", "is a time"),
    (r"\d{4}_\d\d_\d\d[T_-]?\d.*|\d{4}-?W\d\d.*|\d{4}-\d{3}T.*", "is a time"),
    (
        rf"(?i)\d{{1,2}}[ /-]?(?:{_MONTHS})[a-z]*[ /-]?\d{{2,4}}(?![0-9a-z]|-[0-9a-f]{{4}}-).*",
        "is a time",
    ),
    (r"6[0-9]{17}", "may be a time, in ticks"),
    (r"\(\d{3}\) ?\d{3}-\d{4}|00\d{9,13}", "is a telephone number"),
    (r"\d{1,4}[./]\d{1,2}[./]\d{1,4}(?:[,T _-]+\d.*)?", "is a time"),
    (rf"(?i)(?:.*\s)?\d{{1,2}}(?:st|nd|rd|th)?[. -]+(?:{_MONTHS})[a-z]*(?:\W.*)?", "is a time"),
    (rf"(?i)(?:.*\s)?(?:{_MONTHS})[a-z]*\.? \d{{1,2}}(?:\D.*)?", "is a time"),
    (r"(?i)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d.*", "is a time"),
    (r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[ap]m| ?h)?", "is a time"),
    (
        r"[t@]?1[0-9]{9}(?:\.\d+)?z?|[t@]?1[0-9]{12}|1[0-9]{15}|1[0-9]{18}|0x[0-9a-f]{8}",
        "may be a time, in seconds or less",
    ),
    (r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", "names a trace"),
    (r"call_[A-Za-z0-9]{16,}", "names a tool call"),
    (r"(?:chatcmpl|resp|req)[-_].*", "names one request"),
)

_LOGIN = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers in which a session is a login, whatever it is called."""

_GENERIC = "id|ids|sid|uid|uuid|guid|key|ref|reference|identifier|hash|token|code|no|number|value"
_TAIL = rf"(?: (?:{_GENERIC}|is))*"  # what may follow the word that says whose ID it is
_OWN = re.compile(
    rf"\b(?:conversation|convo|conv|session|dialog(?:ue)?|thread|chat|interaction){_TAIL}$"
)
_CALL = re.compile(
    rf"(?<!tool )\b(?:call(?: control| leg| session)?|room|stream|channel) (?:{_GENERIC}){_TAIL}$"
    r"|\bcallsid$"
)


def words(path: FieldPath) -> str:
    """Return the words of a place's name: `x conversation id` for `X-ConversationId`.

    What says nothing by itself is named with the object that it is in: `customer id`.
    """
    name = _words(label(path))
    if path.place == "body" and len(path.keys) > 1 and re.fullmatch(_GENERIC, name):
        return name if path.match else f"{_words(path.keys[-2])} {name}".strip()
    return name


def _words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return " ".join(re.findall(r"[a-z0-9]+", spaced.lower()))


def is_named(path: FieldPath) -> bool:
    """Tell whether a place is named as a conversation's own ID is.

    The last word counts: when a session began is not which session it is.
    """
    return _OWN.search(words(path)) is not None


def is_call_named(path: FieldPath) -> bool:
    """Tell whether a place is named as a telephone call's ID is."""
    return _CALL.search(words(path)) is not None


def is_shaped(value: str) -> bool:
    """Tell whether a value looks like nothing but an ID: a known form, or long and random."""
    if CONVERSATION.fullmatch(value) or UUID.fullmatch(value):
        return True
    kinds = [any(map(str.isalpha, value)), any(map(str.isdigit, value))]
    return re.fullmatch(r"[A-Za-z0-9_.:-]{16,128}", value) is not None and all(kinds)


def against_name(path: FieldPath) -> str | None:
    """Return what a place's name says against its being an ID, or None."""
    if path.place == "header" and path.keys[0] in _LOGIN:
        return "says who is logged in"
    if is_named(path) or is_call_named(path):
        return None
    names = [words(path), *(_words(key) for key in _owners(path))]
    for pattern, reason in _NAMES:
        if any(re.fullmatch(rf"(?:.* )?(?:{pattern}){_TAIL}", name) for name in names):
            return reason
    return None


def _owners(path: FieldPath) -> tuple[str, ...]:
    """Return the names of what a place is in: the objects of a body, the header of a word."""
    if path.place == "body":
        return path.keys[:-1]
    return path.keys if path.match and path.place == "header" else ()


def against_value(value: str) -> str | None:
    """Return what a value's shape says against its being an ID, or None."""
    return next((why for pattern, why in _SHAPES if re.fullmatch(pattern, value.strip())), None)
