"""Lures: what stands in requests, looks like an ID, and is none.

Each family is a function from dice to puts, so that names and notations differ from case to case.

Whatever a family makes is constant within a call and distinct between calls, unless it says so;
only the explanation tells that it is no conversation ID.
"""

from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from random import Random
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from bench.locate import forms
from bench.locate.draft import Put, Value, body, constant, fixed, fresh, header
from bench.locate.people import Person
from bench.locate.talk import Turn

Lure: TypeAlias = Callable[[Random], tuple[Put, ...]]


def _hex(length: int) -> forms.Form:
    return lambda dice: forms.letters(dice, "0123456789abcdef", length)


def noise(dice: Random) -> tuple[Put, ...]:
    """Return what any request may have: IDs that are new in each, and constants."""
    every: list[Put] = [
        header("X-Request-Id", fresh(forms.uuid)),
        header("traceparent", lambda turn: f"00-{_hex(32)(turn.dice)}-{_hex(16)(turn.dice)}-01"),
        header("X-Forwarded-Proto", fixed("https")),
        header("X-Forwarded-For", fixed("198.51.100.7, 10.0.3.4")),
        header("Cf-Ray", lambda turn: f"{_hex(16)(turn.dice)}-FRA"),
        header("Accept-Language", fixed("en-GB")),
        body(["user_id"], fixed("web-widget")),
        body(["metadata", "channel"], fixed("phone")),
    ]
    return tuple(dice.sample(every, dice.randint(0, 4)))


def request_ids(dice: Random) -> tuple[Put, ...]:
    """A request's or a correlation's ID that a gateway keeps for a whole call."""
    names = ("X-Request-Id", "X-Correlation-Id", "Request-Id", "X-Amzn-RequestId", "X-Req-Id")
    form = dice.choice((forms.uuid, forms.hex32))
    return tuple(header(name, constant(name, form)) for name in dice.sample(names, 2))


def trace_ids(dice: Random) -> tuple[Put, ...]:
    """A trace that spans a whole call, with a span for each request."""

    def traceparent(turn: Turn) -> str:
        return f"00-{turn.call.value('trace', forms.hex32)}-{_hex(16)(turn.dice)}-01"

    def amazon(turn: Turn) -> str:
        seconds = int(turn.call.start.timestamp())
        return f"Root=1-{seconds:08x}-{turn.call.value('root', _hex(24))}"

    trace = constant("trace", forms.hex32)
    every: list[Put] = [
        header("traceparent", traceparent),
        header("X-B3-TraceId", trace),
        header("X-Amzn-Trace-Id", amazon),
        header("X-Datadog-Trace-Id", constant("dd", lambda d: str(d.getrandbits(63)))),
        header("sentry-trace", lambda turn: f"{trace(turn)}-{_hex(16)(turn.dice)}-1"),
        header("baggage", lambda turn: f"sentry-environment=prod,sentry-trace_id={trace(turn)}"),
        header("X-Cloud-Trace-Context", lambda turn: f"{trace(turn)}/{turn.number + 1};o=1"),
        header("uber-trace-id", lambda turn: f"{trace(turn)}:{_hex(16)(turn.dice)}:0:1"),
        body(["metadata", "trace_id"], trace),
    ]
    return tuple(dice.sample(every, 3))


def connection_ids(dice: Random) -> tuple[Put, ...]:
    """The ID of a connection that lives as long as its call."""
    name = dice.choice(
        ("X-Connection-Id", "X-Envoy-Connection-Id", "X-Socket-Id", "X-Ws-Connection")
    )
    puts: list[Put] = [header(name, constant("connection", dice.choice((forms.whole, forms.uuid))))]
    if dice.random() < 0.5:
        puts.append(body(["metadata", "connection_id"], constant("connection2", forms.hex32)))
    return tuple(puts)


def addresses(dice: Random) -> tuple[Put, ...]:
    """The caller's address, as proxies hand it on."""

    def port(turn: Turn) -> str:
        return f"{turn.call.person.address}:{49152 + turn.call.number * 37}"

    every: list[Put] = [
        header("X-Forwarded-For", lambda turn: f"{turn.call.person.address}, 10.1.2.3"),
        header("X-Real-Ip", lambda turn: turn.call.person.address),
        header("Forwarded", lambda turn: f'for="[{turn.call.person.address6}]";proto=https'),
        header("True-Client-Ip", lambda turn: turn.call.person.address6),
        header("X-Session-Addr", port),
        header("X-Client", port),
        body(["metadata", "ip"], lambda turn: turn.call.person.address),
        body(["elevenlabs_extra_body", "remote"], lambda turn: turn.call.person.address6),
        header("X-Client-Port", lambda turn: str(49152 + turn.call.number * 37)),
    ]
    return tuple(dice.sample(every, 3))


def _phone(notation: str) -> Value:
    def value(turn: Turn) -> str:
        digits = turn.call.person.phone
        return {
            "e164": f"+{digits}",
            "spaced": f"+{digits[:2]} {digits[2:5]} {digits[5:]}",
            "dashed": f"({digits[1:4]}) {digits[4:7]}-{digits[7:]}",
            "zeros": f"00{digits}",
            "sip": f"sip:+{digits}@sip.example.com",
            "tel": f"tel:+{digits}",
            "digits": digits,
        }[notation]

    return value


def caller_numbers(dice: Random) -> tuple[Put, ...]:
    """The caller's number under a name that says so."""
    names = ("X-Caller-Number", "X-From", "X-Caller-Id", "X-Twilio-From")
    keys = ("caller_id", "from_number", "phone", "customer_number", "system__caller_id")
    notation = dice.choice(("e164", "spaced", "dashed", "zeros", "sip", "tel", "digits"))
    return (
        header(dice.choice(names), _phone(notation)),
        body(["elevenlabs_extra_body", dice.choice(keys)], _phone(notation)),
    )


def caller_numbers_misnamed(dice: Random) -> tuple[Put, ...]:
    """The caller's number under a name that promises something else."""
    notation = dice.choice(("e164", "spaced", "sip", "tel"))
    if dice.random() < 0.5:
        return (
            header(dice.choice(("X-Session", "X-Call-Id", "X-Conversation")), _phone(notation)),
        )
    key = dice.choice(("session_id", "call_id", "conversation"))
    return (body(["elevenlabs_extra_body", key], _phone(notation)),)


def _of(read: Callable[[Person], str]) -> Value:
    return lambda turn: read(turn.call.person)


def names(dice: Random) -> tuple[Put, ...]:
    """The caller's name and mail."""
    mail = dice.choice(("email", "user_email", "contact"))
    return (
        body(
            ["dynamic_variables", dice.choice(("user_name", "caller_name"))], _of(lambda p: p.name)
        ),
        body(["elevenlabs_extra_body", mail], _of(lambda p: p.mail)),
        header(dice.choice(("X-User-Email", "X-Customer-Name")), _of(lambda p: p.mail)),
    )


def names_misnamed(dice: Random) -> tuple[Put, ...]:
    """The caller's name or mail under a name that promises a conversation."""
    value = dice.choice((_of(lambda p: p.mail), _of(lambda p: p.name)))
    key = dice.choice(("conversation", "session", "session_owner", "call"))
    return (body(["elevenlabs_extra_body", key], value),)


def accounts(dice: Random) -> tuple[Put, ...]:
    """The caller's account, customer number or order."""
    keys = (
        "account_id",
        "customer_id",
        "account_number",
        "contract_no",
        "crm_contact_id",
        "member_id",
    )
    one, two = dice.sample(keys, 2)
    return (
        body(["metadata", one], _of(lambda p: p.account)),
        body(["elevenlabs_extra_body", two], _of(lambda p: f"CUST-{p.account}")),
        header("X-Customer-Id", _of(lambda p: p.account)),
    )


def users(dice: Random) -> tuple[Put, ...]:
    """Who the person is, several people calling once each."""
    return (
        body(["user_id"], _of(lambda p: p.user)),
        header(dice.choice(("X-User-Id", "X-Subject", "X-Anonymous-Id")), _of(lambda p: p.user)),
        body(["user"], _of(lambda p: p.user)),
    )


def devices(dice: Random) -> tuple[Put, ...]:
    """Which device the person holds."""
    return (
        header(dice.choice(("X-Device-Id", "X-Installation-Id")), _of(lambda p: p.device)),
        body(
            ["elevenlabs_extra_body", dice.choice(("device", "deviceId"))], _of(lambda p: p.device)
        ),
    )


def agents(dice: Random) -> tuple[Put, ...]:
    """Agent, voice, workspace: the same in every call."""
    agent = f"agent_{forms.conv(dice).removeprefix('conv_')}"
    every: list[Put] = [
        header("X-Agent-Id", fixed(agent)),
        body(["metadata", "agent_id"], fixed(agent)),
        body(["elevenlabs_extra_body", "voice_id"], fixed(forms.twenty(dice))),
        header("X-Workspace", fixed(forms.hex32(dice))),
        header("X-Tenant-Id", fixed(forms.uuid(dice))),
        body(["metadata", "assistantId"], fixed(forms.uuid(dice))),
        header("X-Conversation-Config-Id", fixed(forms.uuid(dice))),
    ]
    return tuple(dice.sample(every, 4))


def tool_calls(dice: Random) -> tuple[Put, ...]:
    """The ID of the last tool call, sent along although nobody asked."""
    name = lambda d: f"call_{forms.letters(d, 'abcdefghijkmnpqrstuvwxyzABCDEF0123456789', 24)}"  # noqa: E731
    return (
        body(["metadata", "tool_call_id"], constant("tool", name)),
        body(
            ["elevenlabs_extra_body", dice.choice(("last_tool_use_id", "tool_use_id"))],
            constant("tool2", name),
        ),
    )


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text


NOTATIONS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda at: at.isoformat(),
    "iso-z": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "compact": lambda at: at.strftime("%Y%m%dT%H%M%SZ"),
    "digits": lambda at: at.strftime("%Y%m%d%H%M%S"),
    "seconds": lambda at: str(int(at.timestamp())),
    "fraction": lambda at: f"{at.timestamp():.3f}",
    "milliseconds": lambda at: str(int(at.timestamp() * 1e3)),
    "microseconds": lambda at: str(int(at.timestamp() * 1e6)),
    "nanoseconds": lambda at: str(int(at.timestamp() * 1e6) * 1000),
    "hex": lambda at: f"{int(at.timestamp()):x}",
    "hex-ms": lambda at: f"{int(at.timestamp() * 1e3):x}",
    "base36": lambda at: _base36(int(at.timestamp() * 1e3)),
    "rfc2822": format_datetime,
    "http": lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
    "human": lambda at: at.strftime("%B %d, %Y at %I:%M:%S %p"),
    "german": lambda at: at.astimezone(ZoneInfo("Europe/Berlin")).strftime(
        "%d.%m.%Y, %H:%M:%S Uhr"
    ),
    "clock": lambda at: at.strftime("%H:%M:%S"),
}
"""How somebody may write when a call began."""


def began(notation: str) -> Value:
    """Return when a call began, in that notation."""
    return lambda turn: NOTATIONS[notation](turn.call.start)


def _began_as_number(notation: str) -> Callable[[Turn], Any]:
    return lambda turn: (
        float(text) if "." in (text := NOTATIONS[notation](turn.call.start)) else int(text)
    )


_PLAIN = ("iso", "iso-z", "rfc2822", "http", "human", "german", "compact", "clock")
_COUNTED = ("seconds", "milliseconds", "microseconds", "nanoseconds", "digits", "fraction")
_ODD = ("hex", "hex-ms", "base36")


def times_written(dice: Random) -> tuple[Put, ...]:
    """When the call began, as a date and a time, under names good and bad."""
    one, two = dice.sample(_PLAIN, 2)
    return (
        header(
            dice.choice(("X-Call-Started", "X-Session", "X-Call-Ref", "X-Session-Id")), began(one)
        ),
        body(["metadata", dice.choice(("started_at", "call", "session", "timestamp"))], began(two)),
    )


def times_counted(dice: Random) -> tuple[Put, ...]:
    """When the call began, as a number, under names good and bad."""
    one, two = dice.sample(_COUNTED, 2)
    return (
        header(
            dice.choice(("X-Call-Started", "X-Session", "X-Call-Ref", "X-Session-Id")), began(one)
        ),
        body(["metadata", dice.choice(("start", "call", "session", "ts"))], _began_as_number(two)),
    )


def times_odd(dice: Random) -> tuple[Put, ...]:
    """When the call began, in hexadecimal or base 36, under a name of its own."""
    one, two = dice.sample(_ODD, 2)
    return (
        header(dice.choice(("X-Began", "X-T0", "X-Call-Start")), began(one)),
        body(["metadata", dice.choice(("t0", "epoch", "start_hex"))], began(two)),
    )


def counters(dice: Random) -> tuple[Put, ...]:
    """What is counted: turns, messages, tokens, milliseconds; new in each request."""
    every: list[Put] = [
        header("X-Turn", lambda turn: str(turn.number + 1)),
        body(["metadata", "turn"], lambda turn: turn.number + 1),
        body(["metadata", "message_count"], lambda turn: len(turn.history or ())),
        body(
            ["elevenlabs_extra_body", "elapsed_ms"],
            lambda turn: int((turn.at - turn.call.start).total_seconds() * 1000),
        ),
        header("X-Prompt-Tokens", lambda turn: str(400 + 31 * len(turn.history or ()))),
    ]
    return tuple(dice.sample(every, 3))


def _history_hash(turn: Turn) -> str:
    return forms.hex32(Random(repr(turn.history)))


def hashes(dice: Random) -> tuple[Put, ...]:
    """Hashes of the history, which grow with it, and of the prompt, which never change."""
    return (
        header("X-History-Hash", _history_hash),
        header(dice.choice(("If-None-Match", "ETag")), lambda turn: f'"{_history_hash(turn)}"'),
        body(["metadata", "prompt_hash"], fixed(forms.hex32(dice))),
    )


def cache_keys(dice: Random) -> tuple[Put, ...]:
    """A key for the model's cache, or a seed: made for a call, and meant for the model alone."""
    return (
        body(["prompt_cache_key"], constant("cache", _hex(32))),
        body(["seed"], lambda turn: turn.call.dice("seed").randrange(1, 2**31)),
    )


def echoes(dice: Random) -> tuple[Put, ...]:
    """What was said, sent along once more: the first words, and the last."""

    def first(turn: Turn) -> str | None:
        spoken = [one["content"] for one in turn.history or () if one["role"] == "user"]
        return spoken[0] if spoken else None

    def last(turn: Turn) -> str | None:
        spoken = [one["content"] for one in turn.history or () if one["role"] == "user"]
        return spoken[-1] if spoken else None

    return (
        body(["metadata", dice.choice(("topic", "conversation_title", "first_utterance"))], first),
        body(["metadata", "last_utterance"], last),
    )


def random_under_good_names(dice: Random) -> tuple[Put, ...]:
    """A good name whose value is new in each request."""
    name = dice.choice(("X-Session-Id", "X-Conversation-Id", "X-Call-Id"))
    return (
        header(name, fresh(dice.choice(forms.CLEAR))),
        body(["metadata", "session_id"], fresh(forms.uuid)),
    )


def constants_under_good_names(dice: Random) -> tuple[Put, ...]:
    """A good name whose value is the same in all calls."""
    value = dice.choice(("default", "web", "1", forms.uuid(dice), forms.conv(dice)))
    return (
        header(dice.choice(("X-Session-Id", "X-Conversation-Id")), fixed(value)),
        body(["elevenlabs_extra_body", "conversation_id"], fixed(value)),
    )


def zones(dice: Random) -> tuple[Put, ...]:
    """Where and in which language somebody calls from; it differs between calls."""

    def zone(turn: Turn) -> str:
        return ("Europe/Berlin", "America/Lima", "Asia/Tokyo", "Africa/Lagos")[turn.call.number % 4]

    def language(turn: Turn) -> str:
        return ("de-DE", "es-PE", "ja-JP", "en-NG")[turn.call.number % 4]

    return (
        body(["dynamic_variables", "system__timezone"], zone),
        header("Accept-Language", language),
        body(["metadata", "session_tz"], zone),
    )


def browsers(_: Random) -> tuple[Put, ...]:
    """The browser, page and screen of each person."""

    def agent(turn: Turn) -> str:
        return f"Mozilla/5.0 (X11; Linux x86_64) Chrome/{120 + turn.call.number}.0.0.0"

    return (
        header("X-Client-User-Agent", agent),
        body(
            ["elevenlabs_extra_body", "page"],
            lambda turn: f"/shop/item-{turn.call.number + 3}.html",
        ),
        body(
            ["elevenlabs_extra_body", "screen"], lambda turn: f"{1280 + 40 * turn.call.number}x800"
        ),
    )


def unfilled(dice: Random) -> tuple[Put, ...]:
    """A variable that nobody filled in."""
    name = dice.choice(("system__conversation_id", "conversation_id", "session_id"))
    return (
        header("X-Conversation-Id", fixed("{{" + name + "}}")),
        body(["elevenlabs_extra_body", "conversation_id"], fixed("{{" + name + "}}")),
    )


def secrets(_: Random) -> tuple[Put, ...]:
    """A token that was issued for the call: a secret, and new as soon as it expires."""

    def token(turn: Turn) -> str:
        return f"tok_{turn.call.value('token', lambda d: forms.letters(d, forms.ALNUM, 40))}"

    return (header("X-Auth-Token", token),)
