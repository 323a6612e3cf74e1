"""Where an ElevenLabs agent can be made to put the conversation ID, conventional or odd."""

import base64
import json
from dataclasses import replace
from random import Random

from bench.locate import forms
from bench.locate.case import ABSENT, FOUND, INSUFFICIENT, Setup, kind
from bench.locate.draft import (
    Draft,
    Put,
    Value,
    body,
    carrying,
    constant,
    fixed,
    fresh,
    header,
    in_words,
    own,
    prompt,
    query,
    second_system,
    segment,
)
from bench.locate.lures import noise
from bench.locate.platforms import elevenlabs, elevenlabs_responses
from bench.locate.talk import Plan, Turn

HEADERS = (
    "X-Conversation-Id",
    "x-conversation-id",
    "X-Session-Id",
    "Conversation-Id",
    "X-ElevenLabs-Conversation-Id",
    "X-Call-Id",
    "conversation_id",
    "X-Conv-Id",
    "XI-Conversation-ID",
    "Session-ID",
)
ODD_HEADERS = ("X-Zebra", "X-Foo", "X-Sightline", "X-Custom-1", "My-Header", "X-El", "X-Ref")
KEYS = ("conversation_id", "conversationId", "session_id", "sessionId", "call_id", "conv_id")


def clear(dice: Random) -> forms.Form:
    """Return some form of ID that nobody takes for a word."""
    return dice.choice(forms.CLEAR)


def wrapped(template: str, form: forms.Form) -> Value:
    """Return the ID inside a longer text; `{}` stands for it."""
    return lambda turn: template.replace("{}", own(form)(turn) or "")


def chat(dice: Random, *puts: Put) -> Setup:
    """Return ElevenLabs with chat completions, some noise, and these puts."""
    return Setup(elevenlabs(dice), (*noise(dice), *puts))


@kind("places")
def header_conventional(dice: Random) -> Setup:
    """A header whose name says conversation, session or call holds an ID: that is the place."""
    form = clear(dice)
    name = dice.choice(HEADERS)
    return Setup(elevenlabs(dice), (*noise(dice), carrying(header(name, own(form)))), form=form)


@kind("places")
def header_odd_name(dice: Random) -> Setup:
    """The name says nothing, but the form `conv_…` is what ElevenLabs uses for conversations."""
    form = dice.choice((forms.conv, forms.conv_old))
    put = carrying(header(dice.choice(ODD_HEADERS), own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def header_odd_name_opaque(dice: Random) -> Setup:
    """Neither name nor form says conversation; whether the rules trust it is open, so every verdict
    is accepted, and only a wrong place is wrong.
    """
    form = dice.choice((forms.uuid, forms.hex32, forms.nanoid))
    put = carrying(header(dice.choice(ODD_HEADERS), own(form)))
    return Setup(elevenlabs(dice), (put,), frozenset({FOUND, ABSENT, INSUFFICIENT}), form)


@kind("places")
def extra_body_flat(dice: Random) -> Setup:
    """`elevenlabs_extra_body` holds what the client passed; here its own ID, under such a name."""
    form = clear(dice)
    puts = (
        body(["elevenlabs_extra_body", "client"], fixed("web")),
        carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form))),
    )
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("places")
def extra_body_nested(dice: Random) -> Setup:
    """As flat, some objects deeper, and under keys that a JSON pointer must escape."""
    form = clear(dice)
    middle = dice.choice((["context"], ["client", "state"], ["a/b"], ["x~y", "ctx"]))
    put = carrying(body(["elevenlabs_extra_body", *middle, dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def extra_body_list(dice: Random) -> Setup:
    """As flat, in a list whose order is fixed: the index is a part of the place."""
    form = clear(dice)
    index = dice.randint(0, 3)
    name = dice.choice(("conversation_ids", "sessions", "conversation"))
    put = carrying(body(["elevenlabs_extra_body", name, index], own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


def _json_text(key: str, form: forms.Form, compact: bool) -> Value:
    def value(turn: Turn) -> str:
        content = {"v": 1, key: own(form)(turn), "channel": "web", "at": turn.number}
        return json.dumps(content, separators=(",", ":") if compact else None)

    return value


@kind("places")
def extra_body_json_in_string(dice: Random) -> Setup:
    """JSON inside a JSON string is text, so the place is found with a pattern."""
    form, key = clear(dice), dice.choice(KEYS)
    value = _json_text(key, form, dice.random() < 0.5)
    put = carrying(body(["elevenlabs_extra_body", dice.choice(("context", "data"))], value))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def header_with_json(dice: Random) -> Setup:
    """A header that holds JSON with a key for the conversation; a pattern takes out the ID."""
    form, key = clear(dice), dice.choice(KEYS)
    put = carrying(header("X-Context", _json_text(key, form, dice.random() < 0.5)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def user_id_is_the_conversation(dice: Random) -> Setup:
    """Somebody put the conversation ID into `user_id`; its form says so, and it is nowhere else."""
    form = dice.choice((forms.conv, forms.conv_old))
    return Setup(elevenlabs(dice), (carrying(body(["user_id"], own(form))),), form=form)


@kind("places")
def user_is_the_conversation(dice: Random) -> Setup:
    """As `user_id`, in OpenAI's own field `user`."""
    form = dice.choice((forms.conv, forms.conv_old))
    return Setup(elevenlabs(dice), (carrying(body(["user"], own(form))),), form=form)


@kind("places")
def metadata(dice: Random) -> Setup:
    """`metadata.<key>` under the name of a conversation or session."""
    form = clear(dice)
    put = carrying(body(["metadata", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def dynamic_variables(dice: Random) -> Setup:
    """`dynamic_variables` with the platform's own variable for the conversation."""
    key = dice.choice(("system__conversation_id", "conversation_id"))
    put = carrying(body(["dynamic_variables", key], own(forms.conv)))
    others = (
        body(["dynamic_variables", "system__agent_id"], fixed(f"agent_{forms.ulid(dice).lower()}")),
        body(["dynamic_variables", "system__call_duration_secs"], lambda turn: turn.number * 7),
    )
    return chat(dice, *others, put)


@kind("places")
def body_top_level(dice: Random) -> Setup:
    """A key at the top of the body, as servers of many platforms read it."""
    form = clear(dice)
    put = carrying(body([dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def path_segment(dice: Random) -> Setup:
    """A path segment after `sessions` or `conversations` is new for each call, and the ID."""
    form = dice.choice((forms.conv, forms.uuid, forms.dashed))
    word = dice.choice(("sessions", "conversations", "c"))
    if word == "c":
        form = forms.conv
    puts = (segment(1, fixed(word)), carrying(segment(2, own(form))))
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("places")
def query_parameter(dice: Random) -> Setup:
    """A query parameter under the name of a conversation or session."""
    form = clear(dice)
    puts = (query("tenant", fixed("acme")), carrying(query(dice.choice(KEYS), own(form))))
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("places")
def query_encoded(dice: Random) -> Setup:
    """Query values are percent-decoded: the ID has characters that a URL must encode."""
    form = dice.choice((forms.base64ish, lambda d: f"{forms.hex32(d)[:9]}+{forms.hex32(d)[:7]}"))
    puts = (carrying(query(dice.choice(KEYS), own(form))), query("v", fixed("2")))
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("places")
def responses_instructions(dice: Random) -> Setup:
    """The Responses API with the prompt in `instructions`, and the ID in its words."""
    where = dice.choice(("start", "middle", "end"))
    put = carrying(prompt("Conversation ID: {}", own(forms.conv), where))
    return Setup(elevenlabs_responses(dice), (*noise(dice), put))


@kind("places")
def responses_input_list(dice: Random) -> Setup:
    """The Responses API with the prompt as the first item of `input`."""
    put = in_words(prompt("Session: {}", own(forms.conv), dice.choice(("start", "end"))))
    return Setup(elevenlabs_responses(dice, prompt_in="list"), (*noise(dice), put))


@kind("places")
def responses_header(dice: Random) -> Setup:
    """The Responses API with a header: the protocol does not change where a header is."""
    form = clear(dice)
    put = carrying(header(dice.choice(HEADERS), own(form)))
    prompt_in = dice.choice(("instructions", "list"))
    return Setup(elevenlabs_responses(dice, prompt_in=prompt_in), (*noise(dice), put), form=form)


@kind("places")
def responses_input_text(dice: Random) -> Setup:
    """`input` is one text, so each call has one request; a well-named header is the only difference
    beside the words, and the rules say that this is enough.
    """
    put = carrying(header(dice.choice(HEADERS[:5]), own(forms.conv)))
    plan = Plan(calls=(3, 4), turns=(1, 1))
    return Setup(elevenlabs_responses(dice, prompt_in="text"), (put,), plan=plan)


@kind("places")
def responses_metadata(dice: Random) -> Setup:
    """`metadata` is a field of the Responses API; here it holds the session."""
    form = clear(dice)
    put = carrying(body(["metadata", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs_responses(dice), (*noise(dice), put), form=form)


@kind("places")
def developer_role(dice: Random) -> Setup:
    """The prompt has the role `developer`; its place is the same as that of a system message."""
    put = in_words(prompt("Conversation ID: {}", own(forms.conv), dice.choice(("start", "end"))))
    return Setup(elevenlabs(dice, role="developer"), (*noise(dice), put))


@kind("places")
def second_system_message(dice: Random) -> Setup:
    """The ID stands in a second message of role system, always at the same index."""
    form = dice.choice((forms.conv, forms.uuid))
    template = dice.choice(("Conversation ID: {}", "session_id={}", "This is conversation {}."))
    put = in_words(second_system(template, own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form)


@kind("places")
def prompt_in_parts(dice: Random) -> Setup:
    """The prompt's content is a list of parts; the pointer leads into the first."""
    put = in_words(prompt("Conversation ID: {}", own(forms.conv), dice.choice(("start", "end"))))
    return Setup(elevenlabs(dice, parts=True), (*noise(dice), put))


@kind("places")
def baggage(dice: Random) -> Setup:
    """W3C baggage with a member for the conversation, beside members of a trace."""
    form, key = dice.choice((forms.conv, forms.uuid)), dice.choice(KEYS)

    def value(turn: Turn) -> str:
        return (
            f"sentry-release=1.4,{key}={own(form)(turn)},sentry-trace_id={forms.hex32(turn.dice)}"
        )

    return Setup(elevenlabs(dice), (carrying(header("baggage", value)),), form=form)


@kind("places")
def header_of_pairs(dice: Random) -> Setup:
    """A header of pairs like a cookie's; the value of `sid` or `conversation_id` is bare."""
    form = clear(dice)
    key = dice.choice(("sid", "conversation_id", "session"))
    template = dice.choice(
        ("{k}={}; tenant=acme; v=1", "tenant=acme; {k}={}", "v=1;{k}={};lang=en")
    )
    value = wrapped(template.replace("{k}", key), form)
    return Setup(
        elevenlabs(dice), (*noise(dice), carrying(header("X-Agent-Context", value))), form=form
    )


@kind("places")
def cookie_of_the_conversation(dice: Random) -> Setup:
    """A cookie that is named for the conversation and has its form: the place if any is, but a
    cookie's session is as a rule a login, so that absent is right as well.
    """
    value = wrapped("lang=en; conversation_id={}; theme=dark", forms.conv)
    setup = chat(dice, carrying(header("Cookie", value)))
    return replace(setup, verdicts=frozenset({FOUND, ABSENT}))


@kind("places")
def repeated_header(dice: Random) -> Setup:
    """Of repeated headers the first counts; the second is new in each request, or the same."""
    form, name = clear(dice), dice.choice(HEADERS[:4])
    second = header(name, dice.choice((fresh(form), fixed("default"))))
    return Setup(elevenlabs(dice), (carrying(header(name, own(form))), second), form=form)


@kind("places")
def repeated_parameter(dice: Random) -> Setup:
    """Of repeated parameters the first counts."""
    form, name = clear(dice), dice.choice(KEYS)
    second = query(name, fixed("default"))
    return Setup(elevenlabs(dice), (carrying(query(name, own(form))), second), form=form)


@kind("places")
def claim_of_a_bearer_token(dice: Random) -> Setup:
    """The ID stands in a signed token only: no field path decodes base64, so there is no answer."""

    def token(turn: Turn) -> str:
        claims = {
            "sub": "agent",
            "conversation_id": own(forms.conv)(turn),
            "iat": int(turn.call.start.timestamp()),
        }
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        coded = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in parts
        ]
        return ".".join([*coded, turn.call.value("signature", forms.nanoid)])

    name = dice.choice(("Authorization", "X-Agent-Token"))
    value: Value = lambda turn: f"Bearer {token(turn)}"  # noqa: E731
    return Setup(elevenlabs(dice), (header(name, value, first=True),), frozenset({ABSENT}))


@kind("places")
def beside_an_id_of_the_turn(dice: Random) -> Setup:
    """A turn has an ID of its own under a like name; only the conversation's stays."""
    puts = (
        header("X-Turn-Id", fresh(forms.uuid)),
        body(["metadata", "message_id"], fresh(forms.uuid)),
        carrying(header("X-Thread-Id", own(forms.conv))),
        header("X-Account", constant("account", forms.short)),
    )
    return Setup(elevenlabs(dice), puts)


@kind("places")
def object_named_for_the_conversation(dice: Random) -> Setup:
    """The key is `id`, and the object around it says whose: a conversation's, a session's."""
    form = dice.choice(forms.CLEAR)
    around = dice.choice((["conversation"], ["session"], ["elevenlabs_extra_body", "conversation"]))
    puts = (
        body(["agent", "id"], fixed(forms.uuid(dice))),
        carrying(body([*around, "id"], own(form))),
    )
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("places")
def responses_conversation(dice: Random) -> Setup:
    """The Responses API has a field `conversation`; `previous_response_id` is new in each turn."""
    keys = dice.choice((["conversation"], ["conversation", "id"]))
    form: forms.Form = lambda d: f"conv_{forms.hex32(d)}"  # noqa: E731
    puts = (
        body(["previous_response_id"], fresh(lambda d: f"resp_{forms.hex32(d)}")),
        carrying(body(keys, own(form))),
    )
    return Setup(elevenlabs_responses(dice), puts, form=form)


@kind("places")
def keys_that_are_odd(dice: Random) -> Setup:
    """Keys with spaces, dots, digits alone or letters beyond ASCII; a pointer takes them all."""
    key = dice.choice(
        ("0", "conversation id", "conversation.id", "Gesprächs-ID", "id/conversation")
    )
    put = carrying(body(["elevenlabs_extra_body", key], own(forms.conv)))
    return chat(dice, put)


@kind("places")
def referer(dice: Random) -> Setup:
    """The page from which somebody calls has the conversation in its address."""
    page = dice.choice(
        (
            "https://app.example.com/conversations/{}",
            "https://app.example.com/?conversation_id={}&t=1",
        )
    )
    return chat(dice, carrying(header("Referer", wrapped(page, forms.conv))))


@kind("places")
def list_of_ids_in_a_header(dice: Random) -> Setup:
    """Agent and conversation in one header, told apart by their prefixes."""
    agent = f"agent_{forms.ulid(dice).lower()}"
    template = dice.choice((f"{agent}, {{}}", f"{agent}/{{}}", f"{{}} {agent}"))
    return chat(dice, carrying(header("X-El-Ids", wrapped(template, forms.conv))))


@kind("places")
def header_in_varying_case(dice: Random) -> Setup:
    """The header's name changes its case from request to request; it is one header."""

    def put(draft: Draft) -> None:
        name = ("X-Conversation-Id", "x-conversation-id", "X-CONVERSATION-ID")[
            draft.turn.number % 3
        ]
        draft.headers.append((name, draft.id))

    return chat(dice, carrying(put))


@kind("places")
def parameter_of_a_tool(dice: Random) -> Setup:
    """A tool's parameter is fixed to the conversation's ID, in the list of tools that is sent."""

    def put(draft: Draft) -> None:
        fixed_to = {"type": "string", "const": draft.id}
        parameters = {"type": "object", "properties": {"conversation_id": fixed_to}}
        function = {"name": "note", "description": "Takes a note.", "parameters": parameters}
        draft.extra["tools"] = [{"type": "function", "function": function}]

    return chat(dice, carrying(put))


@kind("places")
def responses_input_parts(dice: Random) -> Setup:
    """The Responses API with the prompt as a part of the first item of `input`."""
    put = in_words(prompt("Conversation ID: {}", own(forms.conv), dice.choice(("start", "end"))))
    return Setup(elevenlabs_responses(dice, prompt_in="parts"), (*noise(dice), put))
