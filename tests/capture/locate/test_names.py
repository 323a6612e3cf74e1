"""What the name of a place says for it and against it."""

import pytest

from capture.locate.names import about, against, name_of, standing, words
from capture.locate.vocabulary import About, Standing
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
    assert standing(name_of(path)) <= Standing.SESSION
    assert against(path) is None


@pytest.mark.parametrize("expression", CALL_NAMED)
def test_a_telephone_calls_name_is_known(expression: str) -> None:
    path = parse(expression)
    assert standing(name_of(path)) in {Standing.CALL, Standing.PROVIDER}
    assert against(path) is None


@pytest.mark.parametrize("expression", AGAINST)
def test_a_name_can_speak_against(expression: str) -> None:
    path = parse(expression)
    assert standing(name_of(path)) == Standing.NONE
    assert against(path)


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
    assert (against(path) is not None) == speaks


def test_a_word_of_a_header_is_no_better_than_its_header() -> None:
    match = r"Root\s*=\s*([A-Za-z0-9][A-Za-z0-9_-]*)"
    assert against(parse({"from": "$request.header.x-amzn-trace-id", "match": match}))
    assert not against(parse({"from": "$request.header.x-context", "match": match}))


def test_what_says_nothing_by_itself_is_named_with_its_object() -> None:
    assert name_of(parse("$request.body#/phoneNumber/id")) == "phone number id"
    assert words("X-ConversationID") == "x conversation id"
    assert words("sessionid") == "session id"
    assert words("Gesprächs-ID") == "gesprachs id"


@pytest.mark.parametrize("header", ["cookie", "authorization"])
def test_a_session_that_is_a_login_is_no_conversation(header: str) -> None:
    path = FieldPath("header", (header,), r"\bsession=\s*([a-z0-9]+)")
    assert against(path) == About.LOGIN


OTHERS = {
    "previous conversation id": About.OTHER_CALL,
    "parent session id": About.OTHER_CALL,
    "voice id": About.WHO,
    "x uid": About.WHO,
    "x employee id": About.WHO,
    "x socket": About.TRACE,
    "history hash": About.COUNT,
    "whatever else id": About.THING,
    "customer in this conversation": About.WHO,
    "language of conversation": About.PROTOCOL,
    "mood of this chat": About.THING,
    "previous ref": About.OTHER_CALL,
    "room number": About.WHERE,
    "x ssl session id": About.TRACE,
    "x lb session": About.TRACE,
    "x sticky session": About.TRACE,
    "x affinity": About.TRACE,
    "x auth session": About.LOGIN,
    "past sessions": About.COUNT,
}


@pytest.mark.parametrize(("name", "expected"), OTHERS.items())
def test_a_name_says_what_else_is_there(name: str, expected: About) -> None:
    assert about(name) == expected


@pytest.mark.parametrize(
    "name",
    ["id of the conversation", "key for this session", "session identifier for this call is"],
)
def test_what_is_said_of_a_conversation_may_be_its_id(name: str) -> None:
    assert standing(name) <= Standing.SESSION
    assert about(name) is None


@pytest.mark.parametrize("name", ["x ref", "ctx", "key", "x el id", "metadata value", "blue"])
def test_a_name_may_leave_it_open(name: str) -> None:
    assert (about(name), standing(name)) == (None, Standing.NONE)


@pytest.mark.parametrize("name", ["id de la conversacion", "gesprachs id", "sitzungs id lautet"])
def test_other_languages_name_a_conversation_too(name: str) -> None:
    assert standing(name) <= Standing.SESSION
