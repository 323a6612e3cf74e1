"""What the name of a place says: that it is a conversation's own, or that something else is there.

A name is a header's, a parameter's, a key's, or the words before a value in a text. Its last noun
counts: `conversation_id` is a conversation's, `conversation_owner` somebody's. A name alone never
makes an ID and never saves one; it is one witness beside what the values do.
"""

import re
import unicodedata
from enum import Enum, IntEnum
from functools import lru_cache

from contract.fieldpath import FieldPath


class Standing(IntEnum):
    """How plainly a name says that a conversation's ID is here; the first is best."""

    CONVERSATION = 0
    SESSION = 1
    """A session may end when a connection does, and another begin in the same conversation."""
    CALL = 2
    """A telephony provider's name for the call."""
    NONE = 3


class About(Enum):
    """What else a place is about, each with the clause that says so."""

    OTHER_CALL = "names another conversation than this one"
    TRACE = "names one request, connection or trace, not a conversation"
    WHERE = "says where the client is"
    WHO = "says who takes part, and the same one may take part in another call"
    WHEN = "says when"
    LOGIN = "says who is logged in"
    PROTOCOL = "belongs to the protocol"
    MODEL = "is a parameter of the model"
    SAID = "repeats what was said"
    COUNT = "counts or measures something"
    THING = "names something else, by a word of its own"


_OWN: dict[Standing, str] = {
    Standing.CONVERSATION: (
        "conversations?|convo|convos|conv|dialog|dialogs|dialogue|dialogues|chats?|threads?"
        "|interactions?|gesprachs?|gespraechs?|konversations?|unterhaltungs?|conversacion"
        "|conversazione|conversa|conversacao|gesprek|samtale|rozmowa|chatid|convid|threadid"
    ),
    Standing.SESSION: "sessions?|sess|sitzungs?|sesion|sessione|sessao|seance|sessie|sesja",
    Standing.CALL: "calls?|rooms?|streams?|channels?|legs?|llamada|chiamata|chamada|appel|anruf",
}

_OTHER_CALL = "previous|prev|prior|parent|last|former|related|linked|original|forked|example|sample"

_ABOUT: dict[About, str] = {
    About.TRACE: (
        "requests?|req|traces?|traceid|trace parent|traceparent|tracestate|spans?|spanid"
        "|correlation|b3|ray|amzn|idempotency|nonce|connections?|conn|sockets?|websocket|ws|peer"
        "|upgrade|attempt|retry|turns?|messages?|msg|events?|tool|tool call|function|responses?"
        "|resp|generation|completion|baggage|cookie|vercel|served by|instance|pod|node|worker"
        "|backend|server|run|job|task|batch|log|transaction|txn|operation|invocation|execution"
        "|cache|deployment|build|release|sequence|seq|packet|frame|datadog|sentry|newrelic|uber"
        "|transport|link|hop|edge|pop|lambda|process|pid|replica|shard|host id"
    ),
    About.WHERE: (
        "forwarded|forwarded for|real ip|client ip|remote|via|cdn loop|address|addr|ip|ip address"
        "|ips?|ipv4|ipv6|port|country|ipcountry|geo|region|city|location|latitude|longitude|lat"
        "|lon|lng|place|zone|datacenter|colo|network|subnet|gateway|proxy|locale|url|uri|href"
    ),
    About.WHO: (
        "users?|usr|agents?|assistants?|accounts?|acct|acc|customers?|cust|callers?|called|callee"
        "|phone|phone numbers?|numbers?|telephone|tel|mobile|msisdn|ani|dnis|did|from|to|emails?"
        "|mail|name|username|login|person|persons?|people|members?|visitors?|guests?|patients?"
        "|tenants?|workspaces?|organi[sz]ations?|orgs?|company|projects?|contacts?|subject|sub"
        "|clients?|devices?|browser|fingerprint|owner|author|creator|employee|staff|operator"
        "|representative|rep|bots?|voices?|speakers?|persona|character|avatar|replica|team|group"
        "|department|role|profile|identity|actor|participant|attendee|student|driver|rider|seller"
        "|buyer|merchant|partner|vendor|subscriber|subscription|license|licence|mandant|kunde"
        "|kunden|kundin|anrufer|cliente|usuario|nutzer|benutzer|client|appelant|uid|anonymous"
        "|orders?|bookings?|tickets?|invoices?|reservations?|polic(?:y|ies)|leads?|cases?|claims?"
        "|campaigns?|products?|sku|items?|cart|shop|store|brand|site|app|application|page|widget"
        "|installation|install|machine|terminal|kiosk|extension|line|queue|number called|sim|imei"
        "|serial|asset|vehicle|plate|flight|hotel|loyalty|card|iban|insurance|ssn|passport|badge"
        "|secret|api key|environment|env|branch|model id|template|config|configuration|prompt"
        "|workflow|flow|scenario|script|skill|knowledge base|document|file|dataset|integration"
    ),
    About.WHEN: (
        "time|date|datetime|timestamp|ts|start|started|started at|start time|created|created at"
        "|issued|issued at|iat|exp|nbf|now|day|today|expires|epoch|clock|timezone|tz|begin|began"
        "|began at|time utc|utc|at|hour|minute|second|millis|ms|year|month|week|weekday|datum|uhr"
        "|uhrzeit|zeit|heute|hora|fecha|hoy|heure|ora|since|until|ended|ended at|updated"
        "|updated at|received|received at|sent|sent at|uptime|birth|birthday|dob|beginn|inicio"
    ),
    About.LOGIN: (
        "authorization|proxy authorization|jwt|bearer|access token|refresh token|id token|csrf"
        "|xsrf|csrf token|password|passwort|credential|credentials|signature|sig|hmac|digest"
    ),
    About.PROTOCOL: (
        "host|origin|referer|referrer|user agent|content length|content type|content md5|accept"
        "|accept encoding|accept language|api key|xi api key|content encoding|transfer encoding"
        "|etag|if none match|version|priority|sec ch ua|sec fetch site|sec fetch mode|dnt|te"
        "|cache control|pragma|content|length|encoding|protocol|scheme|method|path|query|status"
        "|format|schema|sdk|source|type|kind|platform|os|language|lang|mode|level|state|reason"
    ),
    About.MODEL: (
        "temperature|max tokens|max completion tokens|top p|seed|presence penalty"
        "|frequency penalty|model|stream|stop|n|top k|logprobs|reasoning|effort|tier|safety"
        "|safety identifier|prompt cache|prompt cache key|voice settings|speed"
    ),
    About.SAID: (
        "role|text|description|transcript|utterance|question|answer|input|output|speech|words"
        "|summary|title|topic|intent|sentiment|notes?|comment|greeting|first message|instructions?"
        "|last user message|user message|result|results|arguments|memory|context summary"
    ),
    About.COUNT: (
        "count|counter|total|size|index|idx|position|offset|turn count|turn number|tokens|score"
        "|confidence|probability|amount|price|balance|limit|budget|duration|elapsed|latency"
        "|timeout|age|checksum|crc|md5|sha1|sha256|history hash|messages hash|body hash|percent"
    ),
}

_GENERIC = (
    "id|ids|uid|uuid|guid|sid|key|keys|ref|reference|identifier|identification|hash|token|code|no"
    "|nr|num|number|nummer|kennung|numero|value|val|handle|tag|string|str|slug|ulid|oid|pk|urn"
    "|kennzeichen|identificador|identifiant|identificatore|identificativo|name space|field"
)
_FILLER = (
    "is|ist|lautet|equals|reads|called|es|est|e|the|this|der|die|das|la|el|le|of|for|current|now"
    "|active|as|a|an|own"
)
_NEUTRAL = (
    "x|el|xi|eleven|elevenlabs|labs|system|dynamic|variables?|custom|http|ext|extra|body|my|our|sl"
    "|sightline|vapi|layercode|fishaudio|telnyx|tavus|hume|meta|metadata|data|info|details|params"
    "|parameters|attributes|attrs|properties|props|payload|options|opts|fields|headers|extras|etc"
    "|context|ctx|scope|bag|corr|llm|ai|object|record|entry|external|ext|internal|public|private"
    "|unique|global|primary|main|default|cid|ident|what|whatever|foo|bar|baz|sticky|link|echo|vars?"
)

_TAIL = rf"(?: (?:{_GENERIC}|{_FILLER}))*"
_OWN_NAME = {
    Standing.CONVERSATION: re.compile(rf"(?:^|.* )(?:{_OWN[Standing.CONVERSATION]}){_TAIL}"),
    Standing.SESSION: re.compile(
        rf"(?:^|.* )(?:{_OWN[Standing.SESSION]}){_TAIL}|(?:(?:{_NEUTRAL}) )*sid"
    ),
    Standing.CALL: re.compile(
        rf"(?:^|.* )(?:call )?(?:{_OWN[Standing.CALL]})(?: control| session| leg)?"
        rf"(?: (?:{_GENERIC}))(?: (?:{_GENERIC}|{_FILLER}))*|(?:^|.* )callsid"
        rf"|(?:x )?call|(?:^|.* )room name|(?:^|.* )(?:phone call|call) provider id"
        rf"|(?:^|.* )(?:twilio|plivo|telnyx|vonage) \w+ ?id"
    ),
}
_NOT_OWN = re.compile(rf"(?:^|.* )(?:{_OTHER_CALL}) (?:\w+ ){{0,2}}?\w+{_TAIL}")
_TOOL_CALL = re.compile(r"(?:^|.* )(?:tool|function) call(?: \w+)*")
_ABOUT_NAME = {
    about: re.compile(rf"(?:^|.* )(?:{nouns}){_TAIL}") for about, nouns in _ABOUT.items()
}
_ONLY_NEUTRAL = re.compile(rf"(?:(?:{_NEUTRAL}|{_GENERIC}|{_FILLER})(?: |$))*")
_ENDS_GENERIC = re.compile(rf".*\b(?:{_GENERIC})")
_CONTAINER = re.compile(rf"(?:{_NEUTRAL}|{_GENERIC}|[0-9]+)(?: (?:{_NEUTRAL}|{_GENERIC}))*")

_USER_NAMES = frozenset({"uid", "x uid", "uuid user", "puid", "guid user"})
_LOGIN_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
_FUSED = re.compile(
    r"\b(conversation|convo|conv|session|sess|call|chat|thread|dialogue|dialog|interaction|request"
    r"|trace|user|caller|agent|account|customer|tenant|device|client|message|connection|room)"
    r"(id|uuid|guid|key|ref|token|sid)\b"
)


@lru_cache(maxsize=65536)
def words(name: str) -> str:
    """Return the words of a name in lower case, without accents: `X-ConversationID` in three."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(it for it in plain if not unicodedata.combining(it))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return _FUSED.sub(r"\1 \2", " ".join(re.findall(r"[^\W_]+", spaced.lower())))


def name_of(path: FieldPath, context: str | None = None) -> str:
    """Return the words of a place's name.

    What says nothing by itself is named with the nearest thing around it that does: `customer id`.

    Args:
        path: the place.
        context: what names it better than its key: the words before it in a text, the segment
            before it in a URL, the `name` beside a `value`.
    """
    if context is not None:
        return words(context)
    if path.match is not None:
        return words(before_match(path.match))
    name = words(path.keys[-1])
    if path.place == "path":
        return ""
    for key in reversed(path.keys[:-1] if path.place == "body" else ()):
        if name and not _CONTAINER.fullmatch(name):
            break
        outer = words(key)
        if not outer.isdigit():
            name = f"{outer} {name}".strip()
    return name


def before_match(match: str) -> str:
    """Return the words that a `match` expects before the ID."""
    before = match.partition("(")[0]
    before = re.sub(r"\\s[*+]|\\[bA]|\\\\\*|\[[^\]]*\][*+?]?", " ", before)
    return re.sub(r"\\(.)", r"\1", before)


@lru_cache(maxsize=65536)
def standing(name: str) -> Standing:
    """Return how plainly a name, by its words, says that a conversation's ID is here."""
    if _NOT_OWN.fullmatch(name) or _TOOL_CALL.fullmatch(name):
        return Standing.NONE
    return next(
        (kind for kind, pattern in _OWN_NAME.items() if pattern.fullmatch(name)), Standing.NONE
    )


@lru_cache(maxsize=65536)
def about(name: str) -> About | None:
    """Return what else than a conversation a name, by its words, is about; None if it is open."""
    if _NOT_OWN.fullmatch(name) and _own_noun(name):
        return About.OTHER_CALL
    if standing(name) != Standing.NONE:
        return None
    if _TOOL_CALL.fullmatch(name):
        return About.TRACE
    if name in _USER_NAMES:
        return About.WHO
    if _ONLY_NEUTRAL.fullmatch(name):
        return None
    for kind, pattern in _ABOUT_NAME.items():
        if pattern.fullmatch(name):
            return kind
    return About.THING if _ENDS_GENERIC.fullmatch(name) else None


def _own_noun(name: str) -> bool:
    return any(
        re.search(rf"\b(?:{nouns})\b", name)
        for kind, nouns in _OWN.items()
        if kind != Standing.CALL
    )


def against(path: FieldPath, context: str | None = None) -> About | None:
    """Return what speaks against a place, by its name and by the names of what it is in."""
    name = name_of(path, context)
    plain = standing(name)
    if path.place == "header" and path.keys[0] in _LOGIN_HEADERS:
        return None if path.match and plain == Standing.CONVERSATION else About.LOGIN
    kind = about(name)
    if kind is not None or plain != Standing.NONE:
        return kind
    return next((found for outer in _outer(path) if (found := about(words(outer)))), None)


def _outer(path: FieldPath) -> tuple[str, ...]:
    """Return the names of what a place is in: the objects of a body, the header of a word."""
    if path.place == "body":
        return tuple(key for key in path.keys[:-1] if key not in {"messages", "input", "content"})
    return path.keys if path.match and path.place == "header" else ()
