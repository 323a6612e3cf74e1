"""What the name of a place says: that it is a conversation's own, or that something else is there.

A name is a header's, a parameter's, a key's, or the words before a value in a text. Its last noun
counts: `conversation_id` is a conversation's, `conversation_owner` somebody's. A name alone never
makes an ID and never saves one; it is one witness beside what the values do.
"""

import re
import unicodedata
from functools import lru_cache

from capture.locate import vocabulary
from capture.locate.vocabulary import About, Standing
from contract.fieldpath import FieldPath


@lru_cache(maxsize=65536)
def words(name: str) -> str:
    """Return the words of a name in lower case, without accents: `X-ConversationID` in three."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(it for it in plain if not unicodedata.combining(it))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return vocabulary.FUSED.sub(r"\1 \2", " ".join(re.findall(r"[^\W_]+", spaced.lower())))


def name_of(path: FieldPath, context: str | None = None) -> str:
    """Return the words of a place's name.

    What says nothing by itself is named with the nearest thing around it that does: `customer id`.

    Args:
        path: the place.
        context: what names it better than its key: the words before it in a text, the segment
            before it in a URL, the `name` beside a `value`.
    """
    if path.place == "path" and path.match is None:
        return f"{words(context).removesuffix('s')} id".strip() if context else ""
    if context is not None:
        return words(context)
    if path.match is not None:
        return words(before_match(path.match))
    name = "" if path.keys[-1].isdigit() else words(path.keys[-1])
    longer = name
    for key in reversed(path.keys[:-1] if path.place == "body" else ()):
        if longer and not vocabulary.CONTAINER.fullmatch(longer):
            return longer
        outer = words(key)
        if not outer.isdigit():
            longer = f"{outer} {longer}".strip()
    return name if vocabulary.CONTAINER.fullmatch(longer) else longer


def before_match(match: str) -> str:
    """Return the words that a `match` expects before the ID."""
    before = match.partition("(")[0]
    before = re.sub(r"\\s[*+]|\\[bA]|\\\\\*|\[[^\]]*\][*+?]?", " ", before)
    return re.sub(r"\\(.)", r"\1", before)


@lru_cache(maxsize=65536)
def standing(name: str) -> Standing:
    """Return how plainly a name, by its words, says that a conversation's ID is here."""
    if vocabulary.NOT_OWN.fullmatch(name) or vocabulary.TOOL_CALL.fullmatch(name):
        return Standing.NONE
    if vocabulary.OF_A_CONNECTION.fullmatch(name) or vocabulary.OF_A_LOGIN.fullmatch(name):
        return Standing.NONE
    said = vocabulary.HEAD.fullmatch(name)
    if said and (own := standing(said["head"])) != Standing.NONE:
        return own
    if said and not _is_head_of_an_id(said["head"]):
        return Standing.NONE
    if vocabulary.PROVIDER.fullmatch(name):
        return Standing.PROVIDER
    kinds = vocabulary.OWN_NAME.items()
    return next((kind for kind, pattern in kinds if pattern.fullmatch(name)), Standing.NONE)


def _is_head_of_an_id(head: str) -> bool:
    """Tell whether what is said of something is its ID: `the id` of a conversation."""
    return bool(vocabulary.ENDS_GENERIC.fullmatch(head)) and about(head) in {None, About.THING}


@lru_cache(maxsize=65536)
def about(name: str) -> About | None:
    """Return what else than a conversation a name, by its words, is about; None if it is open."""
    if vocabulary.NOT_OWN.fullmatch(name) and _is_of_a_call(name):
        return About.OTHER_CALL
    if standing(name) != Standing.NONE:
        return None
    if vocabulary.TOOL_CALL.fullmatch(name) or vocabulary.OF_A_CONNECTION.fullmatch(name):
        return About.TRACE
    if vocabulary.OF_A_LOGIN.fullmatch(name):
        return About.LOGIN
    if name in vocabulary.USER_NAMES:
        return About.WHO
    if vocabulary.NUMBER_OF.fullmatch(name):
        return About.WHERE
    if vocabulary.COUNTED.fullmatch(name):
        return About.COUNT
    if vocabulary.ONLY_NEUTRAL.fullmatch(name):
        return None
    if vocabulary.PROTOCOL_NAMES.fullmatch(name):
        return About.PROTOCOL
    bare = vocabulary.NEUTRAL_END.sub("", name)
    for kind, pattern in vocabulary.ABOUT_NAME.items():
        if pattern.fullmatch(name) or pattern.fullmatch(bare):
            return kind
    said = vocabulary.HEAD.fullmatch(name)
    if said:
        return about(said["head"]) or About.THING
    return About.THING if vocabulary.ENDS_GENERIC.fullmatch(name) or _own_noun(name) else None


def _is_of_a_call(name: str) -> bool:
    """Tell whether what is another one's is a call: `previous session`, or just `previous ref`."""
    rest = " ".join(vocabulary.OTHERS.sub(" ", name).split())
    return _own_noun(name) or vocabulary.ONLY_NEUTRAL.fullmatch(rest) is not None


def is_person(name: str) -> bool:
    """Tell whether a name, by its words, is one of a single person's or a device's."""
    return vocabulary.PERSON.fullmatch(name) is not None and about(name) == About.WHO


def _own_noun(name: str) -> bool:
    return any(
        re.search(rf"\b(?:{nouns})\b", name)
        for kind, nouns in vocabulary.OWN.items()
        if kind != Standing.CALL
    )


def against(path: FieldPath, context: str | None = None) -> About | None:
    """Return what speaks against a place, by its name and by the names of what it is in."""
    name = name_of(path, context)
    plain = standing(name)
    if path.place == "header" and path.keys[0] in vocabulary.LOGIN_HEADERS:
        return None if path.match and plain == Standing.CONVERSATION else About.LOGIN
    kind = about(name)
    if kind == About.MODEL and (path.place != "body" or len(path.keys) > 1 or path.match):
        kind = None  # only the body itself has the parameters of the model
    if kind is not None or plain != Standing.NONE:
        return kind
    outer = (words(key) for key in _outer(path))
    return next(
        (it for name in outer if not vocabulary.CONTAINER.fullmatch(name) and (it := about(name))),
        None,
    )


def _outer(path: FieldPath) -> tuple[str, ...]:
    """Return the names of what a place is in: the objects of a body, the header of a word."""
    if path.place == "body":
        return tuple(key for key in path.keys[:-1] if key not in {"messages", "input", "content"})
    return path.keys if path.match and path.place == "header" else ()
