"""What everybody who opens the page is told of the configuration: `GET /page.json`. Pure.

Nothing in it is a secret: no bearer, no key, and of tickets only whether one is needed.
"""

from functools import cache
from importlib.metadata import version
from typing import Any

from contract.config import Config
from contract.fieldpath import FieldPath

EXTRA_BODY = "elevenlabs_extra_body"
"""Where a platform's request holds what a page has passed as `customLlmExtraBody`."""


def public(config: Config) -> dict[str, Any]:
    """Return what the page needs to know of the endpoint, as the members of a JSON object."""
    injector = config.injector
    return {
        "agentId": injector.page.agent_id,
        "signedUrl": injector.page.signed_url,
        "rehearsal": injector.page.rehearsal,
        "inBand": keys_inside(injector.images.in_band),
        "maxUpload": injector.images.max_upload,
        "maxImages": injector.images.max_per_conversation,
        "ticketNeeded": bool(injector.browser.ticket_secret),
        "model": injector.upstream.model,
        "version": _version(),
    }


@cache
def _version() -> str:
    """Return what is installed, looked up once: that reads files, and turns would wait for it."""
    return version("sightline")


def keys_inside(path: FieldPath | None) -> list[str] | None:
    """Return the keys inside `customLlmExtraBody` at which a field path looks, or None elsewhere.

    `$request.body#/elevenlabs_extra_body/a/b` is `["a", "b"]`.
    """
    if path is None or path.place != "body":
        return None
    first, *keys = path.keys or ("",)
    return keys if first == EXTRA_BODY and keys else None
