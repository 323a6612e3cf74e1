"""The files that the page is made of, and the policy that lets the browser run only these.

This is the one door to Jinja.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from capture.report.text import shown


def policy() -> str:
    """Return the page's Content Security Policy."""
    style, script = _digest("page.css"), _digest("page.js")
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(name: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(_file(name).encode()).digest()).decode()}"


def sheet(name: str) -> Markup:
    """Return a file of our own as it stands in the page: a style sheet or a script."""
    return Markup(_file(name))  # noqa: S704  nothing captured is in it


@cache
def _file(name: str) -> str:
    return files("capture.report").joinpath("template", name).read_text("utf-8")


@cache
def environment() -> Environment:
    """Return what renders the templates: all that is no HTML already is escaped."""
    made = Environment(
        autoescape=True,
        loader=PackageLoader("capture.report", "template"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shown"] = shown
    return made
