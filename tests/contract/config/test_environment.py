"""Variables inside values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.config import environment
from contract.errors import ConfigError

ENVIRON = {"NAME": "value", "EMPTY": "", "DOLLAR": "${NAME}"}


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("${NAME}", "value"),
        ("a ${NAME} b${NAME}", "a value bvalue"),
        ("${EMPTY}", ""),
        ("${EMPTY:-default}", "default"),
        ("${UNSET:-}", ""),
        ("${UNSET:-a:-b}", "a:-b"),
        ("${DOLLAR}", "${NAME}"),
        ("$${NAME}", "${NAME}"),
        ("$$${NAME}", "$${NAME}"),
        ("$request.header.x", "$request.header.x"),
        (r"^id$|\$(\w+)$", r"^id$|\$(\w+)$"),
    ],
)
def test_variables_are_replaced_and_nothing_else(text: str, expanded: str) -> None:
    assert environment.expand(text, ENVIRON) == expanded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${UNSET}", r"the variable UNSET is not set; .*\$\{UNSET:-default\}"),
        ("${", "write"),
        ("${1}", "write"),
        ("${NAME", "write"),
        ("${NAME:default}", "write"),
    ],
)
def test_what_is_no_variable_or_not_set_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        environment.expand(text, ENVIRON)


@given(st.text(alphabet="${}:-aN"))
def test_an_escaped_text_survives_any_environment(text: str) -> None:
    assert environment.expand(environment.escape(text), {}) == text
    assert not environment.has_variable(environment.escape(text))
