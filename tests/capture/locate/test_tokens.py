"""Claims inside a bearer token, which no field path reads."""

import base64
import json
from typing import Any

import pytest

from capture.locate.tokens import claims_of
from contract.exchange import Request


def a_token(claims: Any) -> str:
    parts = ({"alg": "HS256"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(it).encode()).decode() for it in parts)
    return ".".join([*(it.rstrip("=") for it in encoded), "c2lnbmF0dXJl"])


def claims(value: str) -> set[tuple[str, str, str]]:
    return set(claims_of(Request("POST", "http://h/", (("Authorization", value),))))


def test_claims_are_read_with_their_places() -> None:
    found = claims(f"Bearer {a_token({'sub': 'u1', 'call': {'conversation_id': 'größe-1'}})}")
    assert ("authorization", "sub", "u1") in found
    assert ("authorization", "call/conversation_id", "größe-1") in found
    assert ("authorization", "alg", "HS256") in found


@pytest.mark.parametrize("value", ["Bearer sk-123", "eyJ", "Bearer eyJ.eyJ.x", "Basic dTpw", ""])
def test_what_is_no_token_has_none(value: str) -> None:
    assert claims(value) == set()
