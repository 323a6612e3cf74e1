"""Names: whose a value is decides whether another one is news."""

import pytest

from capture.drift.naming import is_id, is_parameter, is_personal, is_secret

Steps = tuple[str, ...]


@pytest.mark.parametrize(
    "steps",
    [
        ("body", "model"),
        ("body", "max_completion_tokens"),
        ("body", "reasoning", "effort"),
        ("body", "response_format", "type"),
        ("headers", "user-agent"),
        ("headers", "accept-encoding"),
        ("headers", "x-api-version"),
        ("query", "api-version"),
        ("answers", "status"),
    ],
)
def test_a_parameter_is_what_somebody_chose_once(steps: Steps) -> None:
    assert is_parameter(steps)
    assert not is_personal(steps)


@pytest.mark.parametrize(
    "steps",
    [
        ("body", "user_id"),
        ("body", "call", "customer", "name"),
        ("body", "startedAt"),
        ("body", "previous_conversation_id"),
        ("headers", "x-request-id"),
        ("headers", "x-forwarded-for"),
    ],
)
def test_what_each_caller_or_request_has_of_its_own_is_personal(steps: Steps) -> None:
    assert is_personal(steps)
    assert not is_parameter(steps)


@pytest.mark.parametrize(
    "steps",
    [
        ("body", "call", "language"),
        ("body", "call", "state"),
        ("body", "call", "type"),
        ("body", "plan"),
        ("body",),
    ],
)
def test_what_may_be_a_callers_or_chosen_is_neither(steps: Steps) -> None:
    assert not is_personal(steps)
    assert not is_parameter(steps)


@pytest.mark.parametrize(
    "steps",
    [
        ("body", "call", "id"),
        ("headers", "x-conversation-id"),
        ("query", "session"),
        ("body", "chat"),
    ],
)
def test_a_conversations_own_place_is_an_id(steps: Steps) -> None:
    assert is_id(steps)
    assert not is_parameter(steps)
    assert not is_personal(steps)


@pytest.mark.parametrize(
    ("steps", "secret"),
    [
        (("body", "workspace-secret"), True),
        (("body", "auth", "value"), True),
        (("headers", "x-api-key-too"), True),
        (("headers", "authorization"), False),  # only its scheme is compared
        (("body", "max_tokens"), False),
        (("messages", "token"), False),
    ],
)
def test_a_secret_is_known_by_any_name_around_it(steps: Steps, secret: bool) -> None:
    assert is_secret(steps) is secret
