from datetime import UTC, datetime

from contract.config import Injector, Upstream
from injector.picture.families import tokens
from injector.shared import Context, Picture, Received, Shared, Upload
from injector.sharing import told
from injector.sharing.told import Looking

HOW = Looking("gpt-4o", "high")
PICTURE = Picture("d" * 64, "image/jpeg", 1024, 768, 90_000, b'"data:"', "s" * 64)
SHOWN = {
    "mediaType": "image/jpeg",
    "width": 1024,
    "height": 768,
    "bytes": 90_000,
    "tokens": tokens(1024, 768, "gpt-4o", "high"),
}


def test_how_the_model_looks_is_what_is_configured() -> None:
    assert told.looking(Injector()) == HOW
    assert told.looking(Injector(upstream=Upstream(model=None))).model is None


def test_a_picture_is_told_as_the_model_gets_it_and_without_a_pixel() -> None:
    assert told.picture(PICTURE, HOW) == SHOWN


def test_an_upload_is_told_with_its_secret_its_model_and_its_end() -> None:
    ends = datetime(2026, 11, 24, 15, 0, 0, 500, tzinfo=UTC)
    assert told.upload(Upload("tmp_1", PICTURE, ends), HOW) == {
        "temporaryId": "tmp_1",
        **SHOWN,
        "model": "gpt-4o",
        "detail": "high",
        "expiresAt": "2026-11-24T15:00:00+00:00",
    }


def test_what_was_received_is_told_by_its_own_bytes() -> None:
    assert told.received(Received("HEIC", "image/heic", 4032, 3024, 1_900_000)) == {
        "format": "HEIC",
        "mediaType": "image/heic",
        "width": 4032,
        "height": 3024,
        "bytes": 1_900_000,
    }


def test_a_conversation_is_told_picture_by_picture_with_its_words() -> None:
    described = Picture("e" * 64, "image/png", 8, 8, 90, b'"data:"', "", "A red square.")
    known = Context((Shared(PICTURE), Shared(described)), awaited=True, expires=1_764_000_000.0)
    answer = told.context("conv_1", known, HOW)
    first, second = answer.pop("images")
    assert first == SHOWN
    assert second["description"] == "A red square."
    until = answer.pop("expiresAt")
    assert datetime.fromisoformat(until).timestamp() == 1_764_000_000
    assert answer == {"conversationId": "conv_1", "pending": True}


def test_a_conversation_without_pictures_never_ends() -> None:
    assert told.context("conv_1", Context(), HOW) == {
        "conversationId": "conv_1",
        "images": [],
        "pending": False,
        "expiresAt": None,
    }
