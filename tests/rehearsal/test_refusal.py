from typing import Any

import pytest

from rehearsal.refusal import RefusalError, kind_of, missing, unsupported, wrong_type


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "a boolean"),
        (3, "an integer"),
        (3.5, "a decimal"),
        ("3", "a string"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_a_type_is_named_as_openai_names_it(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_a_refusal_has_the_shape_of_openais_errors() -> None:
    refused = RefusalError("no", status=404, param="model", code="model_not_found")
    assert refused.status == 404
    assert refused.as_json() == {
        "error": {
            "message": "no",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }
    }


@pytest.mark.parametrize(
    ("refused", "message", "code"),
    [
        (
            wrong_type("n", "an integer", "x"),
            "Invalid type for 'n': expected an integer, but got a string instead.",
            "invalid_type",
        ),
        (missing("n"), "Missing required parameter: 'n'.", "missing_required_parameter"),
        (
            unsupported("n", "x", ("a", "b", "c")),
            "Invalid value: 'x'. Supported values are: 'a', 'b', and 'c'.",
            "invalid_value",
        ),
    ],
)
def test_a_refusal_names_the_part_at_fault(refused: RefusalError, message: str, code: str) -> None:
    assert (str(refused), refused.param, refused.code) == (message, "n", code)
