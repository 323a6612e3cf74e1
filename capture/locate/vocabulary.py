"""The words of names, as tables: a conversation's own, and those of everything else.

Words stand in lower case and without accents, as `capture.locate.names` takes a name apart. Where a
word may be of several kinds, the first kind that fits counts.
"""

import re
from enum import Enum, IntEnum
from typing import Final


class Standing(IntEnum):
    """How plainly a name says that a conversation's ID is here; the first is best."""

    CONVERSATION = 0
    SESSION = 1
    """A session may end when a connection does, and another begin in the same conversation."""
    CALL = 2
    PROVIDER = 3
    """A telephony provider's name for the call."""
    NONE = 4


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


OWN: Final[dict[Standing, str]] = {
    Standing.CONVERSATION: (
        "conversation|convo|conv|dialog|dialogue|chat|thread|interaction|gesprachs?|gespraechs?|konversations?|unterhaltungs?|conversacion"
        "|conversazione|conversa|conversacao|gesprek|samtale|rozmowa|chatid|convid|threadid"
    ),
    Standing.SESSION: "session|sess|sitzungs?|sesion|sessione|sessao|seance|sessie|sesja",
    Standing.CALL: "call|room|stream|channel|leg|llamada|chiamata|chamada|appel|anruf",
}

_OTHER_CALL = (
    "previous|prev|prior|parent|last|former|earlier|related|linked|original|forked|example|sample"
    "|vorherige[nrsm]?|vorige[nrsm]?|letzte[nrsm]?|fruhere[nrsm]?|precedente?|derniere|anterior"
    "|previa|ultima|vorgang"
)

_ABOUT: Final[dict[About, str]] = {
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
    "|kennzeichen|schlussel|identificador|identifiant|identificatore|identificativo|field"
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

# What may follow the noun whose ID it is: a `tag` or a `code` of a call is none of its IDs, and the
# number of a room, or of a call, is what is on its door, or what was dialled.
_ID = (
    "id|ids|uid|uuid|guid|sid|key|ref|reference|identifier|identification|hash|token|handle|ulid"
    "|oid"
)
_NUMBERED = (
    f"{_ID}|no|nr|num|number|nummer|kennung|numero|kennzeichen|schlussel|identificador|identifiant"
    "|identificatore|identificativo|pk|urn"
)
_OWN_TAIL = rf"(?: (?:{_NUMBERED}|{_FILLER}))*"
_TAIL = rf"(?: (?:{_GENERIC}|{_FILLER}|(?:for|of|in|with) (?:this|the|your) \w+))*"
OWN_NAME = {
    Standing.CONVERSATION: re.compile(
        rf"(?:^|.* )(?:{OWN[Standing.CONVERSATION]}){_OWN_TAIL}|conversations|chats|threads"
    ),
    Standing.SESSION: re.compile(
        rf"(?:^|.* )(?:{OWN[Standing.SESSION]}){_OWN_TAIL}|sessions|(?:(?:{_NEUTRAL}) )*sid"
    ),
    Standing.CALL: re.compile(
        rf"(?:^|.* )(?:{OWN[Standing.CALL]})(?: (?:{_ID}))(?: (?:{_ID}|{_FILLER}))*"
        rf"|(?:x )?calls?|rooms|(?:^|.* )room name|(?:^|.* )connect contact(?: (?:{_ID}))*"
    ),
}
PROVIDER = re.compile(
    rf"(?:^|.* )ucid(?: id)?|(?:^|.* )call (?:control|session|leg|sid)(?: (?:{_GENERIC}))*"
    rf"|(?:^|.* )callsid"
    rf"|(?:^|.* )(?:phone call|call) provider id|(?:^|.* )(?:twilio|plivo|vonage) \w+(?: \w+)?"
    rf"|(?:^|.* )legs?(?: (?:{_GENERIC}))+|(?:^|.* )sip call id|(?:^|.* )stream sid"
)
_THIS = "this|that|the|your|our|a|each|la|el|le|dieser?|dieses|diesem|diese"
OF_A_CONNECTION = re.compile(
    r"(?:^|.* )(?:ssl|tls|dtls|tcp|quic|nat|vpn|lb|load balancer|sticky|stickiness|transport"
    r"|network|proxy|edge|socket|websocket|ws|http)(?: \w+)? (?:session|sess)(?: \w+)*"
    r"|(?:ssl|tls) (?:session|sess)(?: \w+)*|(?:^|.* )(?:affinity|stickiness|span root)"
)
"""A session that a connection has, and that ends with it."""

OF_A_LOGIN = re.compile(r"(?:^|.* )(?:auth|login|sso|oauth|oidc|saml) (?:session|sess)(?: \w+)*")
"""A session in which somebody is logged in, and may call more than once."""

HEAD = re.compile(
    rf"(?P<head>.+?) (?:(?:of|de|von|der|des)(?: (?:{_THIS}))?"
    rf"|(?:for|in|with|to|from|about|per|fur) (?:{_THIS})) (?P<rest>.+)"
)
"""What is said of something: `customer in this conversation` is a customer."""

OTHERS = re.compile(rf"\b(?:{_OTHER_CALL})\b")
COUNTED = re.compile(
    r"(?:^|.* )(?:number of|total|num|past|open|count of|closed) \w+s?"
    r"|(?:^|.* )(?:conversations|sessions|chats|threads|calls|rooms|streams|channels)"
    r"(?: (?:count|total))?"
)
NUMBER_OF = re.compile(
    r"(?:^|.* )(?:room|channel|line|call|table|seat|door) (?:number|no|nr|nummer)"
)

NOT_OWN = re.compile(
    rf"(?:^|.* )(?:{_OTHER_CALL}) (?:\w+ ){{0,3}}?\w+{_TAIL}|(?:^|.* )\w+ (?:{_OTHER_CALL}){_TAIL}"
)
TOOL_CALL = re.compile(r"(?:^|.* )(?:tool|function) call(?: \w+)*")
ABOUT_NAME = {about: re.compile(rf"(?:^|.* )(?:{nouns}){_TAIL}") for about, nouns in _ABOUT.items()}
ONLY_NEUTRAL = re.compile(rf"(?:(?:{_NEUTRAL}|{_GENERIC}|{_FILLER})(?: |$))*")
NEUTRAL_END = re.compile(r"(?: (?:context|ctx|info|data|details|metadata|meta))+$")
ENDS_GENERIC = re.compile(rf".*\b(?:{_GENERIC})")
CONTAINER = re.compile(rf"(?:{_NEUTRAL}|{_GENERIC}|app|[0-9]+)(?: (?:{_NEUTRAL}|{_GENERIC}|app))*")

USER_NAMES = frozenset({"uid", "x uid", "uuid user", "puid", "guid user"})
PROTOCOL_NAMES = re.compile(r"(?:x )?(?:user agent|stainless .*|role|client (?:name|version|info))")
PERSON = re.compile(
    rf"(?:^|.* )(?:users?|usr|callers?|customers?|accounts?|acct|members?|visitors?|guests?"
    rf"|clients?|patients?|phone(?: number)?|emails?|mail|subscriber|participant|from|device|uid"
    rf"|nutzer|kunden|anrufer|usuario|cliente){_TAIL}"
)
LOGIN_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})
FUSED = re.compile(
    r"\b(conversation|convo|conv|session|sess|call|chat|thread|dialogue|dialog|interaction|request"
    r"|trace|user|caller|agent|account|customer|tenant|device|client|message|connection|room"
    r"|gesprachs?|gespraechs?|konversations?|sitzungs?|unterhaltungs?|anrufs?|anrufer|kunden"
    r"|nutzer|benutzer|teilnehmer)"
    r"(id|uuid|guid|key|ref|token|sid|kennung|nummer|kennzeichen|code|schlussel)\b"
)
