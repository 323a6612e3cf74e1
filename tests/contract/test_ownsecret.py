"""Sightline's own secrets are known by their form, and nothing else is taken for one."""

import json

import pytest

from contract.ownsecret import own_secrets
from contract.redact import Redactor, Rules
from injector.store.secret import new_temporary_id, token_of
from tests.contract.test_redact import JSON, exchange


def test_what_the_store_gives_out_is_found_wherever_it_stands() -> None:
    temporary_id = new_temporary_id()
    token = token_of("conv_1", temporary_id)
    text = f'{{"a":"{temporary_id}"}} /uploads/{temporary_id} Bearer {token}'.encode()
    named = [("temporaryId", temporary_id[4:])] * 2 + [("contextToken", token[4:])]
    assert list(own_secrets(text)) == named


@pytest.mark.parametrize(
    "text", ["tmp_" + "0" * 31, "tmp_" + "0" * 33, "tmp_" + "G" * 32, "0" * 32]
)
def test_what_has_another_form_is_none(text: str) -> None:
    assert list(own_secrets(text.encode())) == []


def test_none_is_left_in_a_recording_and_equal_ones_stay_equal() -> None:
    temporary_id = new_temporary_id()
    body = json.dumps({"elevenlabs_extra_body": {"picture": temporary_id}, "again": temporary_id})
    url = f"https://example.test/uploads/{temporary_id}"
    one = Redactor(Rules(), b"k" * 32).redact(exchange((JSON,), body.encode(), url))
    assert temporary_id[4:] not in f"{one.request.url} {one.request.body!r}"
    told = json.loads(one.request.body)
    assert told["again"] == told["elevenlabs_extra_body"]["picture"] == one.request.url[29:]
    assert told["again"].startswith("tmp_redacted-")
    assert "temporaryId" in one.redacted
