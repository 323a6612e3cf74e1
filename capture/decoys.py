"""Why a value that behaves like a conversation ID is none, and what speaks for one.

Constant within a conversation and distinct between two is not enough: so is the minute at which a
call began, the caller's number, the client's address and the connection's ID. Two tables hold what
is known by name and by shape; DESIGN's rule is that none of these is ever an ID by itself.
"""

import re

from capture.places import CONVERSATION, UUID, label
from contract.fieldpath import FieldPath

_NAMES: tuple[tuple[str, str], ...] = (
    (
        (
            "request id|trace|span|correlation|b3|ray|amzn|idempotency|nonce|connection|upgrade"
            "|attempt|retry|turn id|message id|event id|tool call|response id|generation"
        ),
        "names one request, connection or trace, not a conversation",
    ),
    (
        (
            "forwarded|real ip|client ip|remote|via|cdn loop|address|addr|ip|port|country|ipcountry"
            "|geo|region|city"
        ),
        "says where the client is",
    ),
    (
        (
            "user|agent|assistant|account|customer|caller|phone|number|from|to|email|mail|name|username"
            "|person|tenant|workspace|organi[sz]ation|project|contact|subject|sub|client|device"
        ),
        "says who takes part, and the same person may call twice",
    ),
    (
        (
            "time|date|timestamp|started|started at|start time|created|created at|issued|iat|exp"
            "|nbf|now|day|today|expires|epoch|clock|timezone|begin|began"
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

_SHAPES: tuple[tuple[str, str], ...] = (
    (r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?", "is an address"),
    (r"(?=.*:.*:)[0-9a-fA-F:]+(?:%\w+)?", "is an address"),
    (r"\+\d[\d ()-]{6,}|tel:.*|sip:.*", "is a telephone number"),
    (r"[^@\s]+@[^@\s]+\.[a-zA-Z]+", "is a mail address"),
    (r"\d{4}-\d\d-\d\d(?:[T _-]?\d\d[:-]?\d\d.*)?", "is a time"),
    (r"\d{8}[T_-]?\d{4,6}Z?", "is a time"),
    (r"(?i)(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d.*", "is a time"),
    (r"\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?(?: ?[ap]m)?", "is a time"),
    (r"1[0-9]{9}(?:\.\d+)?|1[0-9]{12}|1[0-9]{15}|1[0-9]{18}", "may be a time, in seconds or less"),
    (r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", "names a trace"),
    (r"call_[A-Za-z0-9]{16,}", "names a tool call"),
    (r"(?:chatcmpl|resp|req)[-_].*", "names one request"),
)

_OWN = re.compile(r"\b(?:conversation|convo|conv|session|dialog(?:ue)?|thread|chat|interaction)\b")
_CALL = re.compile(r"\b(?:call|room|stream|channel)\b.*\b(?:id|sid|uuid|key|ref)\b|\bcallsid\b")


def words(path: FieldPath) -> str:
    """Return the words of a place's name: `x conversation id` for `X-ConversationId`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label(path))
    return " ".join(re.findall(r"[a-z0-9]+", spaced.lower()))


def is_named(path: FieldPath) -> bool:
    """Tell whether a place is named as a conversation's own ID is."""
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
    if is_named(path) or is_call_named(path):
        return None
    name = words(path)
    bare = re.sub(r"^x ", "", name)
    for pattern, reason in _NAMES:
        if any(re.fullmatch(rf"(?:.* )?(?:{pattern})(?: id)?", it) for it in {name, bare}):
            return reason
    return None


def against_value(value: str) -> str | None:
    """Return what a value's shape says against its being an ID, or None."""
    return next((why for pattern, why in _SHAPES if re.fullmatch(pattern, value.strip())), None)
