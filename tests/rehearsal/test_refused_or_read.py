"""Whatever body comes, the stand-in model reads it or refuses it as OpenAI would."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.asked import Asked
from rehearsal.chat import request as chat
from rehearsal.counting import prompt_tokens
from rehearsal.eyes import Seen
from rehearsal.refusal import RefusalError
from rehearsal.responses import request as responses

NAMES = """
model messages input instructions tools stream role content type text image_url url detail call_id
tool_call_id tool_calls id function name arguments output summary parameters max_tokens
max_output_tokens temperature tool_choice
"""
SAYINGS = """
gpt-4o gpt-5 user assistant system tool message text input_text output_text image_url input_image
function function_call function_call_output reasoning c1 high data:image/png;base64,eA==
"""
KEYS = st.sampled_from(NAMES.split())
WORDS = st.sampled_from(SAYINGS.split())
PLAIN = st.none() | st.booleans() | st.integers(-2, 30) | st.floats(allow_nan=False) | WORDS
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PARTS = st.fixed_dictionaries(
    {"type": WORDS}, optional={"text": WORDS, "image_url": VALUES, "detail": WORDS}
)
SPEAKER = st.fixed_dictionaries(
    {"role": WORDS}, optional={"content": VALUES | st.lists(PARTS, max_size=2)}
)
ITEM = st.fixed_dictionaries(
    {"type": WORDS},
    optional={"call_id": WORDS, "name": WORDS, "arguments": WORDS, "output": VALUES},
)
SAID = VALUES | st.lists(SPEAKER | ITEM, min_size=1, max_size=4)


def asking(key: str) -> st.SearchStrategy[Any]:
    return VALUES | st.fixed_dictionaries(
        {"model": WORDS, key: SAID}, optional={"tools": VALUES, "instructions": VALUES}
    )


def check(read: Callable[[Any], Asked], body: Any) -> None:
    with suppress(RefusalError):
        asked = read(body)
        seen = [Seen("PNG", 8, 8, ("red",) * 4)] * len(asked.pictures)
        assert sum(piece.pictures for piece in asked.prompt) == len(seen)
        upto = prompt_tokens(asked.prompt, seen)
        assert list(upto) == sorted(upto)


@given(asking("messages"))
def test_a_chat_completions_body_is_read_or_refused(body: Any) -> None:
    check(chat.read, body)


@given(asking("input"))
def test_a_responses_body_is_read_or_refused(body: Any) -> None:
    check(responses.read, body)


@pytest.mark.parametrize("read", [chat.read, responses.read])
def test_a_refusal_is_always_openais_shape(read: Callable[[Any], Asked]) -> None:
    bodies: list[Any] = [None, 7, "hi", [], {}, {"model": {}}, {"model": "m", "x": 1}]
    for body in bodies:
        with pytest.raises(RefusalError) as caught:
            read(body)
        assert set(caught.value.as_json()["error"]) == {"message", "type", "param", "code"}
