"""Files without turns, files with much beside them, odd bodies, and files that are none."""

import json
from datetime import datetime
from random import Random

from bench.locate import forms
from bench.locate.case import INSUFFICIENT, UNREADABLE, Setup, kind
from bench.locate.draft import Draft, Request, body, carrying, header, in_words, own, prompt
from bench.locate.kinds.places import HEADERS, KEYS
from bench.locate.lures import noise
from bench.locate.platforms import elevenlabs
from bench.locate.talk import TOOL, Plan

_NO_TURN = frozenset({INSUFFICIENT})


def _get(path: str, *headers: tuple[str, str]) -> Request:
    return Request(
        "GET", f"https://llm.example.com{path}", (("Host", "llm.example.com"), *headers), ""
    )


def _post(path: str, content: object) -> Request:
    headers = (("Host", "llm.example.com"), ("Content-Type", "application/json"))
    return Request("POST", f"https://llm.example.com{path}", headers, json.dumps(content))


def health(_: datetime) -> Request:
    """A health check, with an ID of its own."""
    return _get("/healthz", ("User-Agent", "kube-probe/1.31"), ("X-Session-Id", "probe"))


def models(_: datetime) -> Request:
    """A list of models."""
    return _get("/v1/models", ("Authorization", "Bearer abc"))


def preflight(_: datetime) -> Request:
    """What a browser asks first."""
    asked = ("Access-Control-Request-Headers", "x-conversation-id")
    one = _get("/v1/chat/completions", ("Origin", "https://shop.example.com"), asked)
    return Request("OPTIONS", one.url, one.headers, "")


def webhook(at: datetime) -> Request:
    """A post-call event, with a conversation's ID in it."""
    data = {
        "agent_id": "agent_1",
        "conversation_id": forms.conv(Random(at.isoformat())),
        "status": "done",
    }
    event = {
        "type": "post_call_transcription",
        "event_timestamp": int(at.timestamp()),
        "data": data,
    }
    return _post("/webhooks/elevenlabs", event)


_BESIDE = (health, models, preflight, webhook, health, webhook)


@kind("unusual")
def no_entries(dice: Random) -> Setup:
    """An empty list of entries has no turn."""
    return Setup(elevenlabs(dice), verdicts=_NO_TURN, turns=False)


@kind("unusual")
def no_turns(dice: Random) -> Setup:
    """Health checks, lists of models, preflights and webhooks are no turns."""
    beside = tuple(dice.sample(_BESIDE, 4))
    return Setup(elevenlabs(dice), verdicts=_NO_TURN, turns=False, beside=beside)


@kind("unusual")
def much_beside_the_turns(dice: Random) -> Setup:
    """What is no turn is left out, though it lacks the ID or has another under its name."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(header(dice.choice(HEADERS), own(form)))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form, beside=_BESIDE)


@kind("unusual")
def one_conversation_and_webhooks(dice: Random) -> Setup:
    """Webhooks do not make a second conversation of one."""
    put = carrying(header("X-Conversation-Id", own(forms.conv)))
    plan = Plan(calls=(1, 1))
    return Setup(elevenlabs(dice), (put,), _NO_TURN, plan=plan, beside=_BESIDE)


@kind("unusual")
def compressed_requests(dice: Random) -> Setup:
    """Bodies that were sent compressed and that the tool wrote decoded, the header as it was."""
    form = dice.choice((forms.conv, forms.uuid))
    coding = header("Content-Encoding", lambda _: dice_coding)
    dice_coding = dice.choice(("gzip", "br", "zstd"))
    put = carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (coding, put), form=form)


_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    "hgGAWjR9awAAAABJRU5ErkJggg=="
)


def _with_picture(draft: Draft) -> None:
    if not draft.history:
        return
    parts = [
        {"type": "text", "text": "Look at this."},
        {"type": "image_url", "image_url": {"url": _PIXEL, "detail": "high"}},
    ]
    draft.history = (draft.history[0], {"role": "user", "content": parts}, *draft.history[1:])


@kind("unusual")
def pictures_in_messages(dice: Random) -> Setup:
    """Messages with pictures as data URIs; the ID stands where it stands without them."""
    form = dice.choice((forms.conv, forms.uuid))
    put = dice.choice(
        (
            carrying(header(dice.choice(HEADERS), own(form))),
            in_words(prompt("Conversation ID: {}", own(form), "end")),
        )
    )
    return Setup(elevenlabs(dice), (_with_picture, put), form=form)


def _in_parts(draft: Draft) -> None:
    draft.history = tuple(
        {**one, "content": [{"type": "text", "text": one["content"]}]}
        if one["role"] == "user"
        else one
        for one in draft.history or ()
    )


@kind("unusual")
def content_in_parts(dice: Random) -> Setup:
    """User messages as lists of parts."""
    form = dice.choice((forms.conv, forms.uuid))
    put = carrying(body(["elevenlabs_extra_body", dice.choice(KEYS)], own(form)))
    return Setup(elevenlabs(dice), (_in_parts, put), form=form)


@kind("unusual")
def long_tool_descriptions(dice: Random) -> Setup:
    """Two dozen tools whose descriptions speak of conversation IDs and hold none."""
    tools = [
        {
            "type": "function",
            "function": {
                "name": f"tool_{number}",
                "description": "Takes the conversation_id: a text such as conv_0000000000.",
                "parameters": {
                    "type": "object",
                    "properties": {"conversation_id": {"type": "string"}},
                },
            },
        }
        for number in range(24)
    ]
    put = carrying(header(dice.choice(HEADERS), own(forms.conv)))
    plan = Plan(events=frozenset({TOOL}))
    return Setup(elevenlabs(dice), (body(["tools"], lambda _: tools), put), plan=plan)


@kind("unusual")
def prompt_that_changes_between_calls(dice: Random) -> Setup:
    """Prompts of different lengths, since each names its caller at length; the line is the same."""
    story = lambda turn: f"{turn.call.person.name} " * (1 + turn.call.number * 7)  # noqa: E731
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("About the caller: {}", story, "start"),
        in_words(prompt("Session ID: {}", own(form), "end")),
    )
    return Setup(elevenlabs(dice), puts, form=form)


@kind("unusual")
def full_url_pasted(dice: Random) -> Setup:
    """`/v1/chat/completions/chat/completions` happens; the header is where it is."""

    def path(draft: Draft) -> None:
        draft.path = ["v1", "chat", "completions", "chat", "completions"]

    put = carrying(header(dice.choice(HEADERS), own(forms.conv)))
    return Setup(elevenlabs(dice), (path, put))


@kind("unusual")
def no_har_file(dice: Random) -> Setup:
    """A file that cannot be read is bad input: broken JSON, another JSON, or nothing at all."""
    wrong = dice.choice(
        ('{"log": {"entries": [', '{"entries": []}', "", "not a recording\n", '{"log": {}}')
    )
    return Setup(elevenlabs(dice), verdicts=frozenset({UNREADABLE}), turns=False, texts=(wrong,))


@kind("unusual")
def no_har_file_beside_a_good_one(dice: Random) -> Setup:
    """A file that cannot be read is bad input, also when another file is good."""
    good = json.dumps(
        {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}
    )
    texts = (good, '{"log": {"entries": [{"request": ')
    texts = texts if dice.random() < 0.5 else texts[::-1]
    return Setup(elevenlabs(dice), verdicts=frozenset({UNREADABLE}), turns=False, texts=texts)
