"""What the form of a value says: that it can only be an ID, or that it is something else.

Pure. A form that is never an ID speaks for itself wherever it stands: an address, a telephone
number, a mail address, a time. Digits alone may be a time or a telephone number, and may be an ID;
of them all values of a place must look so before it is said.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from ipaddress import ip_address

CONVERSATION = re.compile(r"conv_[a-zA-Z0-9]{6,}")
"""An ElevenLabs conversation ID, wherever it stands (the SDK's own expression is the same)."""

UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

REDACTED = re.compile(r"redacted-[0-9a-f]{16}")
"""What `contract.redact` puts in the place of a secret, equal for equal ones."""

HIDDEN = re.compile(r"(?i)\W{0,3}(?:redacted|masked|hidden|removed)\b.{1,100}")
"""The same as other tools write it, where equal secrets stay equal: `[REDACTED:2]`."""

_OWN_PREFIX = re.compile(r"(?i)(?:conv|convo|conversation|session|sess|chat|thread|dialog)[_-]\w.*")

_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|ene|abr|ago|set|dic|fév|fev"
    "|avr|juin|juil|aoû|déc|gen|mag|giu|lug|ott"
)
_DAYS = "mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mié|jue|vie|sáb|dom|jeu|ven|sam"

TOOL_CALL = "names a tool call"

_ALWAYS: tuple[tuple[str, str], ...] = (
    (r"\+\d[\d ()./-]{5,}", "is a telephone number"),
    (r"(?:tel|sips?|whatsapp|sms|callto):.*", "is a telephone number"),
    (r"\(\d{2,5}\)[ -]?[\d -]{5,}|\d{3}[-. ]\d{3}[-. ]\d{4}", "is a telephone number"),
    (r"0\d{1,4}[ /-]\d[\d /-]{4,}", "is a telephone number"),
    (r"[^@\s]+@[^@\s]+\.[a-zA-Z]+", "is a mail address"),
    (r"\d{4}-\d\d-\d\d(?:[T _-]?\d\d[:.h-]?\d\d.*)?", "is a time"),
    (
        r"(?:D:)?(?:19|20)\d\d[01]\d[0-3]\d[T_-]?[0-2]\d{3,8}(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?",
        "is a time",
    ),
    (r"\d{4}_\d\d_\d\d[T_-]?\d.*|\d{4}-?W\d\d.*|\d{4}-\d{3}T.*", "is a time"),
    (
        (
            rf"(?i)(?!\w{{12}})\d{{1,2}}[. /-]{{0,2}}(?:{_MONTHS})\w*\.?[ /-]?\d{{2,4}}"
            r"(?![0-9a-z]|-[0-9a-f]{4}-).*"
        ),
        "is a time",
    ),
    (r"\d{1,4}[./]\d{1,2}[./]\d{1,4}(?:[,T _-]+\d.*)?", "is a time"),
    (
        rf"(?i)(?:.*\s)?\d{{1,2}}(?:st|nd|rd|th)?[. -]+(?:de )?(?:{_MONTHS})\w*(?:\W.*)?",
        "is a time",
    ),
    (rf"(?i)(?:.*\s)?(?:{_MONTHS})\w*\.? \d{{1,2}}(?:\D.*)?", "is a time"),
    (rf"(?i)(?:{_DAYS})\w*[,.]? .*\d.*", "is a time"),
    (r"(?i)\d{1,2}[:h]\d\d(?:[:.]\d\d)?(?:\.\d+)?(?: ?[ap]\.?m\.?| ?h| uhr|z)?", "is a time"),
    (r"P(?=\d|T\d)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?", "is a time"),
    (r"[A-Z][a-z]+/[A-Z][A-Za-z_]+(?:/[A-Z][a-z_]+)?", "is a time zone"),
    (r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", "names a trace"),
    (r"[0-9a-f]{32}-[0-9a-f]{16}(?:-[01d])?", "names a trace"),
    (r"[0-9a-f]{32}/\d+(?:;o=\d)?", "names a trace"),
    (r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}.*", "names a trace"),
    (r"call_[A-Za-z0-9]{16,}|toolu_[A-Za-z0-9]+", TOOL_CALL),
    # As it is, and as `contract.redact` leaves it.
    (
        r"tmp_(?:[0-9a-f]{32}|redacted-[0-9a-f]{16})",
        "names a picture in Sightline, not a conversation; see injector.images.in_band",
    ),
    (
        r"(?:chatcmpl|resp|req|msg|run|evt|event|trace|span|gen|rs)[-_][A-Za-z0-9].*",
        "names one request",
    ),
    (
        (
            r"(?:agent|agtvrsn|agtbrch|user|usr|acct|acc|cus|cust|customer|org|tenant|voice|phnum|asst"
            r"|assistant|proj|workspace|dev|device|key|sk|pk|file|tool|bot|lead|ord|inv|mem)"
            r"[-_](?=.*\d)[\w-]{3,}"
        ),
        "names somebody or something by its first letters, not a conversation",
    ),
    (r"[a-zA-Z][a-zA-Z0-9+.-]*://\S*", "is a URL"),
    (r"eyJ[\w-]+\.[\w-]+\.[\w-]*", "is a signed token"),
    (r"W/\"[^\"]*\"|\"[0-9a-f]{8,}\"", "is a validator of a cache"),
    (r"[vV]?\d{1,4}\.\d{1,4}(?:\.\d{1,4})*(?:[-+].*)?", "is a version or a fraction"),
    (r"[a-z]{2}[-_][A-Z]{2}(?:[,;].*)?", "is a language"),
)

_IF_ALL: tuple[tuple[str, str], ...] = (
    (
        r"[t@]?1[0-9]{9}(?:\.\d+)?z?|[t@]?1[0-9]{12}(?:\.\d+)?|1[0-9]{15}|1[0-9]{18}",
        "may be a time",
    ),
    (r"6[0-9]{17}", "may be a time, in ticks"),
    (r"0x6[0-9a-f]{7}", "may be a time, in seconds"),
    (r"00?[1-9]\d{7,13}", "may be a telephone number"),
    (r"1[2-9]\d{2}[2-9]\d{6}", "may be a telephone number"),
    (
        r"4[0-9]1[5-7]\d{8,9}|44[127]\d{9}|49[1-9]\d{8,11}|33[1-9]\d{8}|34[679]\d{8}",
        "may be a telephone number",
    ),
)

FRAMES = frozenset({"is a URL", "is more than one word"})
"""What may be said of a value in which an ID is a part."""

_NAME = re.compile(r"[A-Z][a-zà-öø-ÿ]+(?:[ '-][A-Z]?[a-zà-öø-ÿ.]+)*")

_EPOCHS = (1, 1_000, 1_000_000, 1_000_000_000)
_NEAR = 2 * 86_400  # seconds; a call that began earlier than this is over
_YEARS = 3 * 366 * 86_400.0
_FIRST_YEAR = 2015  # a recording that says that it is older does not know its time
_SHORTEST_STAMP = 6
_BASE64 = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/_-]{16,128}={0,2}")
_SHORTEST_RANDOM = 16  # of letters alone
_PROVIDERS = re.compile(r"(?:CA|MZ)[0-9a-f]{32}|v3:[\w-]{20,}")  # Twilio's and Telnyx' calls


def is_conversation(value: str) -> bool:
    """Tell whether a value says by its form that it names a conversation: `conv_…`, `sess_…`."""
    return CONVERSATION.fullmatch(value) is not None or (
        _OWN_PREFIX.fullmatch(value) is not None and any(map(str.isdigit, value))
    )


def is_provider_call(value: str) -> bool:
    """Tell whether a value is by its form a telephony provider's name for a call."""
    return _PROVIDERS.fullmatch(value) is not None


def is_shaped(value: str) -> bool:
    """Tell whether a value looks like nothing but an ID: a known form, or long and random."""
    if (
        is_conversation(value)
        or UUID.fullmatch(value)
        or REDACTED.fullmatch(value)
        or HIDDEN.fullmatch(value)
    ):
        return True
    if _BASE64.fullmatch(value):
        return True
    if re.fullmatch(r"[A-Za-z0-9_.:~-]{10,128}", value) is None:
        return False
    if any(map(str.isdigit, value)):
        return any(map(str.isalpha, value))
    return len(value) >= _SHORTEST_RANDOM and len(re.findall("[a-z][A-Z]", value)) >= 3  # noqa: PLR2004


def is_plain(value: str) -> bool:
    """Tell whether a value is a word as people use it: short, and of letters alone."""
    return re.fullmatch(r"[^\W\d_]{1,12}", value) is not None and (
        value.islower() or value.isupper() or value.istitle()
    )


def is_one_word(value: str) -> bool:
    """Tell whether a value is one word, as an ID is: no white space, no frame around it."""
    if HIDDEN.fullmatch(value):
        return True
    return re.fullmatch(r"[^\s\"'<>{}\[\]();,=&?#|\\]{1,256}={0,2}", value) is not None


def against(values: Collection[str], near: datetime | None = None) -> str | None:
    """Return what the form of a place's values says against their being IDs, or None.

    Args:
        values: all values that were seen there.
        near: when they were sent; a number that says a moment close to it is a time.
    """
    bare = [value.strip() for value in values]
    for value in bare:
        if is_address(value):
            return "is an address"
        for pattern, why in _ALWAYS:
            if re.fullmatch(pattern, value) and not CONVERSATION.fullmatch(value):
                return why
    for pattern, why in _IF_ALL:
        if bare and all(re.fullmatch(pattern, value) for value in bare):
            if why.startswith("may be a time") and not _may_be_moments(bare, near):
                continue
            return why
    if bare and all(_NAME.fullmatch(value) for value in bare):
        return "is a word or a name"
    if near and bare and all(is_moment(value, near) for value in bare):
        return "says a moment close to the call's"
    return None


def _may_be_moments(values: Sequence[str], near: datetime | None) -> bool:
    """Tell whether numbers can be moments of these years, where the years are known."""
    if near is None or near.year < _FIRST_YEAR:
        return True
    return all(is_moment(re.sub(r"^[t@]|[.z].*", "", it), near, _YEARS) for it in values)


def is_address(value: str) -> bool:
    """Tell whether a value is an IP address, with or without a port, brackets and a zone."""
    bare = value.strip("[]").partition("%")[0]
    for candidate in (bare, value.rpartition(":")[0].strip("[]")):
        try:
            ip_address(candidate)
        except ValueError:
            continue
        return True
    return False


def is_moment(value: str, near: datetime, within: float = _NEAR) -> bool:
    """Tell whether a number, in any usual base and unit, says a moment close to another one.

    Args:
        value: the number.
        near: the other moment.
        within: how close, in seconds.
    """
    digits = value.lower().removeprefix("0x")
    if not _SHORTEST_STAMP <= len(digits) <= 20 or not digits.isalnum() or not digits.isascii():  # noqa: PLR2004
        return False
    hexadecimal = re.fullmatch("[0-9a-f]+", digits) is not None
    bases = (*([10] if digits.isdigit() else []), *([16] if hexadecimal else []), 36)
    moment = near.timestamp()
    return any(
        abs(int(digits, base) / unit - moment) < within for base in bases for unit in _EPOCHS
    )
