"""The page's own files, and the policy that lets the browser run only these."""

import base64
import hashlib

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from capture.report.assets import environment, policy, sheet


def test_the_policy_names_the_two_files_and_allows_nothing_else() -> None:
    digests = [
        base64.b64encode(hashlib.sha256(sheet(name).encode()).digest()).decode()
        for name in ("page.js", "page.css")
    ]
    assert policy().split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{digests[0]}'",
        f"style-src 'sha256-{digests[1]}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_our_own_files_do_not_end_their_own_element() -> None:
    assert "</" not in sheet("page.js")
    assert "</" not in sheet("page.css")


def test_the_script_never_makes_markup_of_a_text() -> None:
    assert not any(
        word in sheet("page.js")
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval",
            "fetch",
        )
    )


def test_a_template_escapes_what_is_no_markup() -> None:
    template = environment().from_string("{{ a }}{{ b }}{{ c | shown }}")
    made = template.render(a="<", b=Markup("<b>"), c="\u202e<")
    assert made == '&lt;<b><span class="unseen">\\u202e</span>&lt;'


def test_a_name_that_a_template_misses_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nothing }}").render()
