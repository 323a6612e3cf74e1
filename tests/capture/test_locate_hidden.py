"""An ID is found in a recording in which nobody can read what was said."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from capture.locate import locate
from contract.exchange import Exchange, Request
from contract.redact import Redactor, Rules

JSON = (("Content-Type", "application/json"),)
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
SAID = (
    ("Hi, I am Anna.", "Hello Anna!", "What is in my picture?", "A cat on a wall.", "Thanks!"),
    ("Good morning.", "Good morning!", "Do you see a cup?", "Yes, and coffee.", "How much?"),
)


def calls(prompt: str, ids: tuple[str, str]) -> list[Exchange]:
    """Return two interleaved calls of three turns each, with their IDs in the prompt."""
    made = []
    for turn in range(3):
        for call, said in enumerate(SAID):
            at = START + timedelta(seconds=10 * turn + call)
            roles = ("user", "assistant") * 3
            spoken = [
                {"role": role, "content": text}
                for role, text in zip(roles, said[: 2 * turn + 1], strict=False)
            ]
            system = {"role": "system", "content": prompt.format(ids[call])}
            body = json.dumps({"messages": [system, *spoken], "stream": True}).encode()
            request = Request("POST", "http://h/v1/chat/completions", JSON, body)
            made.append(Exchange(f"{turn}-{call}", at, request))
    return made


@pytest.mark.parametrize(
    ("prompt", "ids"),
    [
        ("Be kind.\nConversation id: {}\nBe brief.", ("48213377", "59120466")),
        ("Be kind. The conversation ID is {}. Be brief.", ("a81f22", "7c90e1")),
        ("<conversation_id>{}</conversation_id> Be kind.", ("a81f22", "7c90e1")),
        ("Be kind.\nsession_id={}\n", ("81f2-22aa", "90e1-7c3b")),
        ("Your conversation is {}.", ("conv_8101k3m5a7x9", "conv_2201z4n6b8w0")),
    ],
)
def test_in_a_prompt(prompt: str, ids: tuple[str, str]) -> None:
    exchanges = calls(prompt, ids)
    hide = Redactor(Rules(text=True))
    hidden = [hide.redact(exchange) for exchange in exchanges]
    assert b"cat" not in b"".join(exchange.request.body for exchange in hidden)
    plain, found = locate(exchanges), locate(hidden)
    assert found.verdict == plain.verdict
    assert found.paths == plain.paths
    if found.paths:
        assert [found.paths[0].find(it.request) for it in exchanges] == [*ids] * 3
