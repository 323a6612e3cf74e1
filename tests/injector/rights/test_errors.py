"""Errors about temporary IDs help to find one, and claim nothing."""

from collections.abc import Callable

import pytest

from contract.errors import RequestError
from injector.store import picture_taken, unknown_picture
from injector.store.secret import new_temporary_id


@pytest.mark.parametrize("error", [unknown_picture, picture_taken])
def test_an_error_does_not_repeat_a_temporary_id(error: Callable[[str], RequestError]) -> None:
    temporary_id = new_temporary_id()
    told = str(error(temporary_id))
    assert f"temporaryId '{temporary_id[:8]}…'" in told
    assert temporary_id[8:20] not in told


@pytest.mark.parametrize(
    ("given", "told"),
    [("", "''"), ("tmp_abcd", "'tmp_abcd'"), ("a\x1b[2Jbcdefg", r"'a\x1b[2Jbcd…'")],
)
def test_what_is_short_or_odd_is_told_as_it_can_be_written(given: str, told: str) -> None:
    assert f"temporaryId {told}" in str(unknown_picture(given))
