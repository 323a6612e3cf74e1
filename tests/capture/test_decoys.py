"""Why a value that behaves like an ID is none, and what speaks for one."""

import pytest

from capture.decoys import against_name, against_value, is_call_named, is_named, is_shaped, words
from contract.fieldpath import FieldPath, parse

NAMED = [
    "$request.header.X-Conversation-Id",
    "$request.header.conversation_id",
    "$request.header.x-session",
    "$request.query.custom_session_id",
    "$request.query.threadKey",
    "$request.body#/conversation/id",
    "$request.body#/elevenlabs_extra_body/conversationId",
    "$request.body#/user/conversation_id",
    "$request.body#/chat_uuid",
    "$request.body#/dialogueRef",
]
CALL_NAMED = [
    "$request.header.x-twilio-callsid",
    "$request.header.x-call-id",
    "$request.body#/call/id",
    "$request.body#/call_control_id",
    "$request.body#/dynamic_variables/system__call_sid",
    "$request.body#/room/sid",
]
AGAINST = [
    "$request.body#/session_started_at",
    "$request.body#/conversation_start_time",
    "$request.body#/session/created",
    "$request.body#/session_user_id",
    "$request.body#/call/customer/number",
    "$request.body#/call/createdAt",
    "$request.body#/customer/id",
    "$request.body#/customer/profile/ref",
    "$request.body#/user_id",
    "$request.body#/metadata/trace/id",
    "$request.body#/tool_call_id",
    "$request.body#/prompt_cache_key",
    "$request.header.x-request-id",
    "$request.header.x-amzn-trace-id",
    "$request.header.traceparent",
    "$request.header.x-b3-spanid",
    "$request.header.cf-ray",
    "$request.header.cookie",
    "$request.header.x-forwarded-for",
    "$request.header.x-real-ip",
    "$request.header.idempotency-key",
    "$request.header.content-length",
    "$request.header.user-agent",
    "$request.query.caller",
    "$request.query.ts",
]


@pytest.mark.parametrize("expression", NAMED)
def test_a_conversations_own_name_is_known(expression: str) -> None:
    path = parse(expression)
    assert is_named(path)
    assert against_name(path) is None


@pytest.mark.parametrize("expression", CALL_NAMED)
def test_a_telephone_calls_name_is_known(expression: str) -> None:
    path = parse(expression)
    assert is_call_named(path)
    assert not is_named(path)
    assert against_name(path) is None


@pytest.mark.parametrize("expression", AGAINST)
def test_a_name_can_speak_against(expression: str) -> None:
    path = parse(expression)
    assert not is_named(path)
    assert not is_call_named(path)
    assert against_name(path)


LABELS = {
    r"Customer\s+ID\s*:\s*([A-Za-z0-9]+)": True,
    r"Account\s+number\s+is\s+([A-Za-z0-9]+)": True,
    r"The\s+session\s+started\s+at\s*:\s*([A-Za-z0-9]+)": True,
    r"The\s+conversation\s+is\s+([A-Za-z0-9]+)": False,
    r"\bconv_[a-zA-Z0-9]+": False,
}


@pytest.mark.parametrize(("match", "speaks"), LABELS.items())
def test_the_word_before_a_value_in_a_text_is_its_name(match: str, *, speaks: bool) -> None:
    path = parse({"from": "$request.body#/messages/0/content", "match": match})
    assert (against_name(path) is not None) == speaks


def test_a_word_of_a_header_is_no_better_than_its_header() -> None:
    match = r"Root\s*=\s*([A-Za-z0-9][A-Za-z0-9_-]*)"
    assert against_name(parse({"from": "$request.header.x-amzn-trace-id", "match": match}))
    assert not against_name(parse({"from": "$request.header.x-context", "match": match}))


SHAPES = {
    "203.0.113.7": "address",
    "203.0.113.7:4711": "address",
    "2001:db8::1": "address",
    "::ffff:203.0.113.7": "address",
    "+49 30 123456": "telephone",
    "sip:ada@pbx.example": "telephone",
    "ada@mail.example": "mail",
    "2026-11-23": "time",
    "2026-11-23T06:24:06.123Z": "time",
    "2026-11-23T06:24:06+00:00": "time",
    "2026-11-23 06.24.06": "time",
    "20261123T062406Z": "time",
    "20261123062406": "time",
    "23.11.2026 06:24": "time",
    "11/23/2026, 6:24:06 AM": "time",
    "Mon, 23 Nov 2026 06:24:06 GMT": "time",
    "23 November 2026 at 06:24": "time",
    "Monday, 23rd November": "time",
    "Nov 23, 2026 6:24 PM": "time",
    "23-Nov-2026": "time",
    "6:24 am": "time",
    "1763879046": "time",
    "1763879046.25": "time",
    "1763879046123": "time",
    "1763879046123456": "time",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": "trace",
    "call_abcdefghijklmnop1234": "tool call",
    "chatcmpl-abc123": "request",
}


@pytest.mark.parametrize(("value", "reason"), SHAPES.items())
def test_a_form_can_speak_against(value: str, reason: str) -> None:
    assert reason in (against_value(value) or "")


IDS = [
    "conv_9801m4394evfexfsqb05pv6z39x3",
    "conv_marchwind0001abcdefghijkl",
    "0b9f2a44-6a0e-4b3e-9b2c-3d1f0c9f2b11",
    "0b9f2a12-deca-feb1-9b2c-3d1f0c9f2b11",
    "CA0123456789abcdef0123456789abcdef",
    "redacted-0123456789abcdef",
]


@pytest.mark.parametrize("value", IDS)
def test_an_id_has_the_form_of_one(value: str) -> None:
    assert is_shaped(value)
    assert against_value(value) is None


@pytest.mark.parametrize(
    "value", ["gpt-4o", "true", "hello there you all 12", "abcdefghijklmnopqrst"]
)
def test_an_ordinary_word_has_not(value: str) -> None:
    assert not is_shaped(value)


def test_what_says_nothing_by_itself_is_named_with_its_object() -> None:
    assert words(parse("$request.body#/phoneNumber/id")) == "phone number id"
    assert words(parse("$request.header.X-ConversationId")) == "x conversation id".replace(
        " id", "id"
    )


@pytest.mark.parametrize(
    "value",
    [
        "20261123T070839123Z",
        "D:20261123070839Z",
        "23Nov2026-07:08:39Z",
        "23/Nov/2026:07:08:39",
        "2026-W48-1T07:08:39Z",
        "2026-327T07:08:39Z",
        "2026_11_23_07_08_39Z",
        "t1763881719123",
        "0x692304f7",
        "639018677190000000",
        "7:08h",
        "(555) 123-4567",
        "004915112345678",
    ],
)
def test_a_time_or_a_number_in_an_odd_notation_is_still_one(value: str) -> None:
    assert against_value(value)


@pytest.mark.parametrize("header", ["cookie", "authorization"])
def test_a_session_that_is_a_login_is_no_conversation(header: str) -> None:
    path = FieldPath("header", (header,), r"\bsession=\s*([a-z0-9]+)")
    assert against_name(path) == "says who is logged in"
