"""Where the conversation ID is: found only where it holds for calls that nobody has seen."""

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest

from capture.locate import Finding, locate
from contract.exchange import Exchange, Request
from rehearsal import payload
from rehearsal.payload import Agent, Placement

Known: TypeAlias = tuple[str, ...]

WORDS = ("roses", "a boat", "my cat", "the sky", "two cups", "a red car", "this box", "some bread")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass
class Call:
    """One generated call: its ID, its moment, and what its requests are made of."""

    chance: random.Random
    number: int
    turns: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: dict[str, Any] = field(default_factory=dict)
    prompt: str = "You help people with what they show you."
    path: str = "/v1/chat/completions"
    query: str = ""
    given: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = f"conv_{self.number % 100:02}{self.word(26)}"
        self.began = datetime(2026, 11, 23, 6, 0, 7, tzinfo=UTC) + timedelta(
            seconds=self.number * 341 + self.chance.randrange(60)
        )

    def word(self, length: int) -> str:
        return "".join(self.chance.choice(ALPHABET) for _ in range(length))

    def hex(self, length: int) -> str:
        return "".join(self.chance.choice("0123456789abcdef") for _ in range(length))

    def uuid(self) -> str:
        return "-".join(self.hex(length) for length in (8, 4, 4, 4, 12))

    def digits(self, length: int) -> str:
        return "".join(self.chance.choice("123456789") for _ in range(length))

    def extra(self, **more: Any) -> None:
        self.body.setdefault("elevenlabs_extra_body", {}).update(more)

    def exchanges(self) -> list[Exchange]:
        """Return its turns, with the whole history each time, as a platform sends them."""
        history: list[dict[str, str]] = []
        made = []
        for at in range(self.turns):
            said = f"Look at {self.chance.choice(WORDS)}, number {self.number}, {self.word(5)}."
            history.append({"role": "user", "content": said})
            unfilled = payload.VARIABLE in self.prompt
            place = Placement.PROMPT if unfilled else Placement.NOWHERE
            agent = Agent(placement=place, prompt=self.prompt)
            body = json.loads(payload.body(agent, payload.VARIABLE, history))
            made.append(
                Exchange(
                    id=f"{self.number}-{at}",
                    started=self.began + timedelta(seconds=7 * at),
                    request=Request(
                        "POST",
                        f"http://endpoint.example{self.path}?v=1{self.query}",
                        (("Host", "endpoint.example"), *self.headers),
                        json.dumps(body | self.body).encode(),
                    ),
                )
            )
            history.append({"role": "assistant", "content": f"I see {self.word(8)} there."})
        return made


Put: TypeAlias = Callable[[Call], None]


def a_header(name: str, value: Callable[[Call], str] = lambda call: call.id) -> Put:
    return lambda call: call.headers.append((name, noted(call, value(call))))


def a_member(name: str, value: Callable[[Call], Any] = lambda call: call.id) -> Put:
    return lambda call: call.body.update({name: noted(call, value(call))})


def an_extra(name: str, value: Callable[[Call], Any] = lambda call: call.id) -> Put:
    return lambda call: call.extra(**{name: noted(call, value(call))})


def in_prompt(text: str, value: Callable[[Call], str] = lambda call: call.id) -> Put:
    def put(call: Call) -> None:
        call.prompt += "\n" + text.replace("ID", noted(call, value(call)))

    return put


def in_path(text: str) -> Put:
    def put(call: Call) -> None:
        call.path = text.replace("ID", noted(call, call.id))

    return put


def in_query(text: str) -> Put:
    def put(call: Call) -> None:
        call.query += "&" + text.replace("ID", noted(call, call.id))

    return put


def noted(call: Call, value: Any) -> Any:
    """Note what a call is given, the last leaf of a structure, and return it."""
    leaf = value
    while isinstance(leaf, dict | list):
        leaf = list(leaf.values())[-1] if isinstance(leaf, dict) else leaf[-1]
    call.given.append(str(leaf))
    return value


PLACES: dict[str, tuple[Put, str]] = {
    "header": (a_header("X-Conversation-Id"), "$request.header.x-conversation-id"),
    "header of any name": (a_header("X-Whatever"), "$request.header.x-whatever"),
    "header of another platform": (
        a_header("conversation_id", lambda call: call.hex(32) + "a1"),
        "$request.header.conversation_id",
    ),
    "query": (in_query("session=ID"), "$request.query.session"),
    "path": (in_path("/calls/ID/chat/completions"), "$request.path.1"),
    "body": (a_member("session_id"), "$request.body#/session_id"),
    "body, a number": (
        a_member("conversation_id", lambda call: 7_000_000 + call.number),
        "$request.body#/conversation_id",
    ),
    "body, nested": (
        a_member("call", lambda call: {"type": "web", "id": call.uuid()}),
        "$request.body#/call/id",
    ),
    "body, in a list": (
        a_member("metadata", lambda call: [{"k": "a"}, {"conversation": call.id}]),
        "$request.body#/metadata/1/conversation",
    ),
    "body, an escaped key": (
        a_member("x/y~z", lambda call: {"conversation_id": call.id}),
        "$request.body#/x~1y~0z/conversation_id",
    ),
    "extra body": (
        an_extra("conversation_id"),
        "$request.body#/elevenlabs_extra_body/conversation_id",
    ),
    "extra body, deeper": (
        an_extra("app", lambda call: {"sessionId": call.uuid()}),
        "$request.body#/elevenlabs_extra_body/app/sessionId",
    ),
    "prompt, a sentence": (
        in_prompt("The conversation is ID."),
        "$request.body#/messages/0/content",
    ),
    "prompt, bare": (in_prompt("(ID)"), "$request.body#/messages/0/content"),
    "prompt, labelled": (
        in_prompt("Conversation id: ID"),
        "$request.body#/messages/0/content",
    ),
    "prompt, labelled UUID": (
        in_prompt("session_id=ID;", Call.uuid),
        "$request.body#/messages/0/content",
    ),
    "prompt, tagged": (
        in_prompt("<session>ID</session>", lambda call: call.word(20) + "7x"),
        "$request.body#/messages/0/content",
    ),
}

DECOYS: dict[str, Put] = {
    # when
    "start in ISO": a_header("X-Call-Started", lambda call: call.began.isoformat()),
    "start in ISO, named session": an_extra(
        "session_started_at", lambda call: call.began.isoformat()
    ),
    "start in ISO, badly named": an_extra("session", lambda call: call.began.isoformat()),
    "start in epoch seconds": an_extra("started", lambda call: int(call.began.timestamp())),
    "start in epoch seconds, badly named": an_extra(
        "session_id", lambda call: int(call.began.timestamp())
    ),
    "start in epoch milliseconds": an_extra(
        "conversation_start_time", lambda call: int(call.began.timestamp() * 1000)
    ),
    "start in epoch milliseconds, badly named": a_header(
        "X-Session", lambda call: str(int(call.began.timestamp() * 1000))
    ),
    "start in epoch with a fraction": an_extra(
        "session_ref", lambda call: call.began.timestamp() + 0.25
    ),
    "start compact": an_extra("conversation", lambda call: f"{call.began:%Y%m%dT%H%M%SZ}"),
    "start as a mail writes it": a_header(
        "Date", lambda call: f"{call.began:%a, %d %b %Y %H:%M:%S} GMT"
    ),
    "start as a person writes it": an_extra(
        "session", lambda call: f"{call.began:%d %B %Y at %H:%M:%S}"
    ),
    "start with slashes": an_extra("session", lambda call: f"{call.began:%m/%d/%Y, %H:%M:%S}"),
    "start with dots": an_extra("session", lambda call: f"{call.began:%d.%m.%Y %H.%M.%S}"),
    "start in the prompt": in_prompt(
        "The session started at: ID", lambda call: f"{call.began:%Y-%m-%dT%H:%M:%SZ}"
    ),
    "clock in the prompt": in_prompt("Time: ID", lambda call: f"{call.began:%H:%M:%S}"),
    "epoch in the prompt": in_prompt("Session: ID", lambda call: f"{call.began.timestamp():.0f}"),
    # where
    "client address": a_header("X-Forwarded-For", lambda call: f"203.0.{call.number}.7"),
    "client address with the proxy's": a_header(
        "Forwarded", lambda call: f"for=203.0.{call.number}.7;host=endpoint.example;proto=https"
    ),
    "client address, IPv6": a_header("X-Real-IP", lambda call: f"2001:db8::{call.hex(4)}"),
    "client address, badly named": an_extra("session", lambda call: f"203.0.{call.number}.7:40001"),
    "client address, mapped": a_header("X-Seen", lambda call: f"::ffff:203.0.{call.number}.107"),
    # who
    "caller's number": an_extra("caller_id", lambda call: f"+4930{call.digits(8)}"),
    "caller's number, badly named": an_extra("session", lambda call: f"+4930{call.digits(8)}"),
    "caller's number as a URI": a_header("X-Channel-Id", lambda call: f"sip:{call.digits(9)}@pbx"),
    "caller's number in the prompt": in_prompt("Caller number: ID", lambda call: call.digits(11)),
    "caller's name": an_extra("caller_name", lambda call: f"Ada{call.word(4)} Lovelace"),
    "caller's mail": an_extra("session_owner", lambda call: f"{call.word(9)}@mail.example"),
    "account": an_extra("account", lambda call: f"AC{call.hex(32)}"),
    "account in the prompt": in_prompt("Account number: ID", lambda call: f"AC{call.hex(20)}"),
    "customer": a_member("customer", lambda call: {"id": call.uuid(), "tier": "gold"}),
    "customer, deeper": a_member("customer", lambda call: {"profile": {"ref": call.uuid()}}),
    "user_id": a_member("user_id", lambda call: call.uuid()),
    "user": a_member("user", lambda call: f"user_{call.word(20)}"),
    "user of the session": an_extra("session_user_id", lambda call: call.uuid()),
    "user in the prompt": in_prompt("<user_id>ID</user_id>", Call.uuid),
    "device": an_extra("deviceId", Call.uuid),
    "order": an_extra("order_id", lambda call: f"ORD-{call.word(20)}1a"),
    # connection and trace
    "trace": a_header("traceparent", lambda call: f"00-{call.hex(32)}-{call.hex(16)}-01"),
    "trace, vendor's": a_header(
        "X-Amzn-Trace-Id", lambda call: f"Root=1-{call.hex(8)}-{call.hex(24)}"
    ),
    "trace, listed": a_header("baggage", lambda call: f"sentry-release=1a, x-y={call.uuid()}"),
    "trace, B3": a_header("X-B3-TraceId", lambda call: call.hex(32)),
    "trace, in the body": a_member("metadata", lambda call: {"trace": {"id": call.uuid()}}),
    "request": a_header("X-Request-Id", Call.uuid),
    "ray": a_header("CF-Ray", lambda call: f"{call.hex(16)}-FRA"),
    "idempotency": a_header("Idempotency-Key", Call.uuid),
    "connection": a_header("X-Connection-Id", Call.uuid),
    "cookie": a_header("Cookie", lambda call: f"AWSALB={call.word(40)}1a; lang=en"),
    "authorization": a_header("Authorization", lambda call: f"Bearer redacted-{call.hex(16)}"),
    "tool call": an_extra("last_tool_call_id", lambda call: f"call_{call.word(24)}1a"),
    "tool call, other form": an_extra("tool_call_id", lambda call: f"toolu_{call.word(24)}1a"),
    # what never changes
    "constant": a_header("X-Conversation-Id", lambda _: "conv_9801m4394evfexfsqb05pv6z39x3"),
    "placeholder": a_header("X-Conversation-Id", lambda _: "{{system__conversation_id}}"),
    "nothing": a_header("X-Conversation-Id", lambda _: "undefined"),
}


def calls(seed: int, puts: Sequence[Put], *, count: int = 3, first: int = 1) -> list[Call]:
    """Generate calls whose requests hold what `puts` put there."""
    chance = random.Random(seed)
    made = []
    for number in range(first, first + count):
        call = Call(chance, number, turns=1 + (number + 1) % 3)
        for put in puts:
            put(call)
        made.append(call)
    return made


def recorded(made: Sequence[Call]) -> list[Exchange]:
    return [exchange for call in made for exchange in call.exchanges()]


def consistent(finding: Finding) -> Finding:
    """Check what holds for every finding, and return it."""
    value = json.loads(json.dumps(finding.as_json()))
    assert set(value) == {
        *("verdict", "path", "match", "paths", "sessions", "requests"),
        *("candidates", "reasons", "looked_in", "grouping"),
    }
    for candidate in value["candidates"]:
        assert set(candidate) == {
            *("path", "match", "present", "constant_within", "distinct_between"),
            *("equals_known", "sample", "note"),
        }
    assert value["reasons"]
    assert value["verdict"] in {"found", "absent", "insufficient"}
    assert (value["verdict"] == "found") == (value["path"] is not None) == bool(value["paths"])
    if value["verdict"] == "found":
        first = value["candidates"][0]
        assert (first["path"], first["match"]) == (value["path"], value["match"])
    return finding


def found_in(exchanges: Sequence[Exchange], *known: str) -> Finding:
    return consistent(locate(exchanges, known))


@pytest.mark.parametrize(("put", "path"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("decoyed", [False, True], ids=["alone", "among decoys"])
def test_a_place_is_found_and_holds_for_calls_never_seen(
    put: Put, path: str, *, decoyed: bool
) -> None:
    decoys = [it for name, it in DECOYS.items() if name in AMONG and decoyed]
    finding = found_in(recorded(calls(7, [put, *decoys], count=4)))
    assert finding.verdict == "found", finding
    assert finding.paths[0].expression == path
    assert finding.candidates[0].note is None
    for call in calls(99, [put, *decoys], count=30, first=50):
        values = {finding.paths[0].find(it.request) for it in call.exchanges()}
        assert values == {call.given[0]}


AMONG = {
    *("start in ISO", "start in epoch milliseconds", "start in the prompt", "client address"),
    *("client address, IPv6", "caller's number", "caller's number in the prompt", "account"),
    *("caller's name", "user_id", "user", "trace", "trace, B3", "request", "ray", "connection"),
    *("cookie", "authorization", "start as a mail writes it", "order", "account in the prompt"),
}


@pytest.mark.parametrize("put", DECOYS.values(), ids=DECOYS)
def test_a_decoy_alone_is_never_found(put: Put) -> None:
    finding = found_in(recorded(calls(3, [put])))
    assert finding.verdict == "absent", finding.paths


@pytest.mark.parametrize("put", DECOYS.values(), ids=DECOYS)
def test_a_decoy_in_calls_of_one_request_each_is_never_found(put: Put) -> None:
    made = calls(4, [put], count=5)
    for call in made:
        call.turns = 1
    assert found_in(recorded(made)).verdict == "absent"


@pytest.mark.parametrize("seed", range(20))
def test_decoys_together_are_never_found(seed: int) -> None:
    chance = random.Random(seed)
    puts = chance.sample(list(DECOYS.values()), 12)
    finding = found_in(recorded(calls(seed, puts, count=2 + seed % 3)))
    assert finding.verdict == "absent", finding.paths


def test_what_was_said_and_what_tools_answered_is_no_id() -> None:
    made = recorded(calls(5, []))
    with_tools = []
    for exchange in made:
        body = json.loads(exchange.request.body)
        number = exchange.id.partition("-")[0]
        body["messages"][2:2] = [
            {"role": "user", "content": f"conversation_id: conv_98{'x' * 20}{number}"},
            {
                "role": "tool",
                "tool_call_id": f"call_{number * 20}",
                "content": f"session={number}a1",
            },
        ]
        request = Request("POST", exchange.request.url, (), json.dumps(body).encode())
        with_tools.append(Exchange(exchange.id, exchange.started, request))
    assert found_in(with_tools).verdict == "absent"


class TestAKnownID:
    def test_is_found_in_one_call_wherever_it_stands(self) -> None:
        for put, path in PLACES.values():
            (call,) = calls(11, [put], count=1)
            value = call.given[0]
            finding = found_in(call.exchanges(), value)
            assert finding.verdict == "found", path
            assert finding.paths[0].find(call.exchanges()[0].request) == value

    def test_wins_over_a_place_with_a_better_name(self) -> None:
        puts = [a_header("X-Conversation-Id", Call.uuid), an_extra("zzz")]
        made = calls(12, puts)
        finding = found_in(recorded(made), made[0].id)
        assert str(finding.paths[0]) == "$request.body#/elevenlabs_extra_body/zzz"
        assert finding.candidates[0].equals_known == made[0].turns

    def test_that_occurs_nowhere_means_absent(self) -> None:
        for count in (1, 3):
            made = calls(13, [a_header("X-Conversation-Id")], count=count)
            finding = found_in(recorded(made), "conv_0000nowhere0000nowhere00")
            assert finding.verdict == "absent"
            assert "known ID" in finding.reasons[0]

    def test_is_compared_as_exact_text(self) -> None:
        made = calls(14, [a_header("X-Conversation-Id")], count=1)
        assert found_in(recorded(made), made[0].id.upper()).verdict == "absent"
        assert found_in(recorded(made), made[0].id[:-1]).verdict == "absent"

    def test_that_is_the_same_in_every_call_is_no_place_to_trust(self) -> None:
        made = calls(15, [a_header("X-Tenant", lambda _: "tenant-4711-abcdef")])
        assert found_in(recorded(made), "tenant-4711-abcdef").verdict == "absent"

    def test_as_a_number_is_found_by_its_text(self) -> None:
        made = calls(16, [an_extra("zzz", lambda call: 4711 + call.number)], count=1)
        assert found_in(recorded(made), "4712").verdict == "found"


class TestTooLittle:
    def test_one_call_is_insufficient_and_its_candidate_is_shown(self) -> None:
        made = calls(21, [a_header("X-Conversation-Id")], count=1)
        made[0].turns = 3
        finding = found_in(recorded(made))
        assert finding.verdict == "insufficient"
        assert finding.paths == ()
        assert str(finding.candidates[0].path) == "$request.header.x-conversation-id"
        assert finding.candidates[0].sample == made[0].id
        assert "one more" in finding.reasons[0]
        assert (finding.sessions, finding.requests) == (1, 3)

    def test_nothing_at_all_is_insufficient(self) -> None:
        finding = found_in([])
        assert finding.verdict == "insufficient"
        assert finding.candidates == ()

    def test_requests_that_are_no_turn_do_not_count(self) -> None:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        others = [
            Exchange(str(at), moment, Request(method, f"http://h{path}", headers, body))
            for at, (method, path, body) in enumerate(
                [
                    ("GET", "/healthz", b""),
                    ("OPTIONS", "/v1/chat/completions", b"{}"),
                    ("POST", "/webhooks/elevenlabs", b'{"a": 1}'),
                    ("POST", "/v1/chat/completions", b"no JSON"),
                    ("POST", "/v1/chat/completions", b"[1]"),
                ]
            )
            for headers in [(("X-Conversation-Id", f"conv_98abcdefgh{at}"),)]
        ]
        finding = found_in(others)
        assert (finding.verdict, finding.sessions, finding.requests) == ("insufficient", 0, 0)
        made = recorded(calls(22, [a_header("X-Conversation-Id")]))
        assert found_in([*others, *made]).requests == len(made)

    def test_an_unnamed_place_needs_calls_of_two_requests(self) -> None:
        made = calls(23, [a_header("X-Whatever", Call.uuid)], count=4)
        for call in made:
            call.turns = 1
        finding = found_in(recorded(made))
        assert finding.verdict == "insufficient"
        assert "two turns" in finding.reasons[0]
        for call in made:
            call.turns = 2
        assert found_in(recorded(made)).verdict == "found"

    def test_a_place_that_only_calls_of_one_request_have_is_not_found(self) -> None:
        made = calls(24, [], count=4)
        for call in made:
            if call.turns == 1:
                call.headers.append(("X-Whatever", call.uuid()))
        made += calls(25, [a_header("X-Whatever", Call.uuid)], count=1, first=80)
        made[-1].turns = 1
        assert found_in(recorded(made)).verdict == "absent"

    def test_two_calls_of_one_request_each_settle_an_obvious_name(self) -> None:
        made = calls(26, [a_header("X-Conversation-Id")], count=2)
        for call in made:
            call.turns = 1
        assert found_in(recorded(made)).verdict == "found"


class TestAbsent:
    def test_names_the_variable_that_nobody_filled_in(self) -> None:
        puts = [in_prompt("The conversation is ID.", lambda _: "{{system__conversation_id}}")]
        finding = found_in(recorded(calls(31, puts)))
        assert finding.verdict == "absent"
        (sentence,) = [it for it in finding.reasons if "{{system__conversation_id}}" in it]
        assert "$request.body#/messages/0/content" in sentence

    def test_says_where_it_looked(self) -> None:
        finding = found_in(recorded(calls(32, [])))
        assert any(re.fullmatch(r"[1-9]\d* headers", it) for it in finding.looked_in)
        assert any(re.fullmatch(r"[1-9]\d* values of the body", it) for it in finding.looked_in)

    def test_is_said_where_a_value_changes_within_a_call(self) -> None:
        made = recorded(calls(33, []))
        changing = [
            Exchange(
                it.id,
                it.started,
                Request(
                    "POST",
                    it.request.url,
                    (("X-Conversation-Id", f"conv_98abcdefgh{at}"),),
                    it.request.body,
                ),
            )
            for at, it in enumerate(made)
        ]
        finding = found_in(changing)
        assert finding.verdict == "absent"
        assert any("changes within" in (it.note or "") for it in finding.candidates)


def test_the_conversations_own_id_goes_before_the_telephone_calls() -> None:
    puts = [
        a_header("X-Twilio-CallSid", lambda call: f"CA{call.hex(32)}"),
        a_member("conversation_id", lambda call: call.uuid()),
    ]
    finding = found_in(recorded(calls(41, puts)))
    assert str(finding.paths[0]) == "$request.body#/conversation_id"
    assert "$request.header.x-twilio-callsid" in [str(it.path) for it in finding.candidates]


def test_a_header_goes_before_the_body_and_the_body_before_text() -> None:
    puts = [
        in_prompt("The conversation is ID."),
        a_member("conversation_id"),
        a_header("X-Conversation-Id"),
    ]
    for expected in ("header", "body", "body"):
        finding = found_in(recorded(calls(42, puts)))
        assert finding.paths[0].place == expected
        assert (finding.paths[0].match is not None) == (len(puts) == 1)
        puts.pop()


def test_calls_that_carry_it_in_two_places_need_both() -> None:
    made = calls(43, [a_header("X-Conversation-Id")])
    made += calls(44, [in_prompt("The conversation is ID.")], first=30)
    finding = found_in(recorded(made))
    assert [path.place for path in finding.paths] == ["header", "body"]
    for call in made:
        for exchange in call.exchanges():
            tried = (path.find(exchange.request) for path in finding.paths)
            assert next(it for it in tried if it is not None) == call.id


def test_the_order_of_the_exchanges_does_not_matter() -> None:
    made = recorded(calls(45, [a_header("X-Conversation-Id"), DECOYS["user_id"]]))
    shuffled = random.Random(1).sample(made, len(made))
    assert found_in(shuffled).as_json() == found_in(made).as_json()


@pytest.mark.parametrize(
    "name", ["x-voice-id", "x-bot-id", "x-uid", "x-employee-id", "x-socket", "x-blue-id"]
)
def test_a_name_of_something_else_is_not_enough(name: str) -> None:
    chance = random.Random(name)
    calls = [Call(chance, number, turns=3) for number in range(3)]
    for call in calls:
        call.headers.append((name, call.uuid()))
    finding = locate([it for call in calls for it in call.exchanges()])
    assert finding.verdict != "found"
    known = locate([it for call in calls for it in call.exchanges()], [calls[0].headers[0][1]])
    assert (known.verdict, str(known.paths[0])) == ("found", f"$request.header.{name}")


def test_two_places_without_a_name_leave_it_open() -> None:
    made = calls(6, [a_header("X-Blue", Call.uuid), a_header("X-Green", Call.uuid)])
    for call in made:
        call.turns = 3
    finding = found_in(recorded(made))
    assert finding.verdict == "insufficient"
    assert "--known-id" in finding.reasons[0]
    green = made[0].headers[1][1]
    assert str(found_in(recorded(made), green).paths[0]) == "$request.header.x-green"


def test_two_calls_of_one_request_each_need_one_difference_only() -> None:
    made = calls(7, [a_header("X-Conversation-Id"), a_header("X-Blue", Call.uuid)], count=2)
    for call in made:
        call.turns = 1
    assert found_in(recorded(made)).verdict == "insufficient"


def test_a_word_goes_as_far_as_it_goes() -> None:
    chance = random.Random(3)
    made = [Call(chance, number, turns=3) for number in range(3)]
    for call in made:
        call.prompt += f"\nSession: room7a.{call.word(9)}."
    finding = found_in(recorded(made))
    for call in made:
        text = call.exchanges()[0].request.json()["messages"][0]["content"]
        assert finding.paths[0].find(call.exchanges()[0].request) == text.split("Session: ")[1][:16]


def test_a_match_holds_no_word_about_whoever_calls() -> None:
    chance = random.Random(4)
    calls = [Call(chance, number, turns=2) for number in range(3)]
    for call, caller in zip(calls, ("Anna", "Ben", "Chloe"), strict=True):
        call.prompt += f"\nYou talk to {caller} in session: {call.word(12)}7"
    finding = locate([it for call in calls for it in call.exchanges()])
    assert finding.verdict == "found"
    assert "Anna" not in str(finding.paths[0])
    known = calls[0].prompt.rpartition(" ")[2]
    assert "Anna" not in str(locate(calls[0].exchanges(), [known]).paths[0])


def test_places_that_were_seen_in_one_call_each_tell_nobody_apart() -> None:
    chance = random.Random(5)
    calls = [Call(chance, number, turns=3) for number in range(2)]
    calls[0].headers.append(("X-Conversation-Id", calls[0].id))
    calls[1].headers.append(("X-Session-Id", calls[1].id))
    exchanges = [it for call in calls for it in call.exchanges()]
    assert locate(exchanges).verdict != "found"
    assert locate(exchanges, [call.id for call in calls]).verdict == "found"
