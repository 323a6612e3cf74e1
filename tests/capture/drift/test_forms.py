"""Forms: what nobody chose is told from what is a name or a choice."""

import pytest

from capture.drift.forms import form_of, is_id_like, is_unique

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    "text",
    [
        "17",
        "2026-11-24",
        "2026-11-24T10:00:00Z",
        "+49 151 2345678",
        "10.0.0.1",
        "fe80::1",
        "a.b@example.com",
        UUID,
        "conv_abcdef",
        "call_9fKj2mQx81LmPzR3",
        "chatcmpl-9fKj2mQx81LmPzR3",
        "user-48213",
        "agent_7101k5zvyjhmfg983brhmhkd98n6",
        "3f9a1c77b2",
        "call_abcDEFghiJKLmn7o",
    ],
)
def test_a_key_that_is_an_id_is_no_name(text: str) -> None:
    assert is_id_like(text)


@pytest.mark.parametrize(
    "text",
    [
        "user-agent",
        "tool_call_id",
        "tool_calls",
        "agent_name",
        "workspace-secret",
        "additionalProperties",
        "elevenlabs_extra_body",
        "previous_response_id2",
        "x-amz-content-sha256",
        "gpt-4o-mini-transcribe",
        "Authorization",
        "May",
        "v1",
        "x-b3-traceid",
        "conversations",
    ],
)
def test_a_name_is_none_however_much_it_looks_like_an_id(text: str) -> None:
    assert not is_id_like(text)


@pytest.mark.parametrize(
    "value", [UUID, "conv_abcdef", "x@y.de", "9:05", "Monday", "::1", "a-1234"]
)
def test_what_the_next_call_has_otherwise_is_unique(value: str) -> None:
    assert is_unique(value)


@pytest.mark.parametrize("value", ["default", "free", "pro", "en-US", "1.5", "webCall", "Anna"])
def test_a_word_that_several_may_choose_is_not_unique(value: str) -> None:
    assert not is_unique(value)


def test_ids_of_known_forms_have_a_name() -> None:
    assert [form_of(it) for it in (UUID, "conv_abcdef", "free")] == ["UUIDs", "conv_… IDs", None]
