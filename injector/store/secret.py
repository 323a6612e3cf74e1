"""The secrets that say whose a picture is, and what a store keeps of them. Pure, but for chance.

A store keeps digests alone, so that nobody who reads its file or its memory can claim a picture.
The token of a conversation follows from the temporaryId that made it: whoever asks the same again,
since the answer was lost on the way, is told the same token, and the store need not know it.
"""

import hashlib
import hmac
import re
import secrets

from contract.ownsecret import CONTEXT_TOKEN, TEMPORARY_ID
from injector.shared import Right

_TEMPORARY_ID = re.compile(rf"{TEMPORARY_ID}[0-9a-f]{{32}}")


def is_temporary_id(text: str) -> bool:
    """Tell whether a text has the form of what `new_temporary_id` gives out."""
    return _TEMPORARY_ID.fullmatch(text) is not None


def new_temporary_id() -> str:
    """Return a secret of 128 random bits."""
    return f"{TEMPORARY_ID}{secrets.token_hex(16)}"


def digest_of(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def token_of(conversation_id: str, temporary_id: str) -> str:
    """Return the token of a conversation whose first picture waited under `temporary_id`."""
    key, told = (text.encode("utf-8", "surrogatepass") for text in (temporary_id, conversation_id))
    digits = hmac.new(key, b"context:" + told, hashlib.sha256).hexdigest()[:32]
    return f"{CONTEXT_TOKEN}{digits}"


def is_allowed(right: Right, token_digest: str) -> bool:
    """Tell whether a right is enough for a conversation that has a picture, in constant time."""
    return right.bearer or hmac.compare_digest(digest_of(right.token), token_digest)
