"""What IDs look like: each form is a function from dice to one new ID. Nothing else lives here."""

import base64
import string
from collections.abc import Callable
from random import Random
from typing import TypeAlias
from uuid import UUID

Form: TypeAlias = Callable[[Random], str]

_ULID = "0123456789abcdefghjkmnpqrstvwxyz"
ALNUM = string.ascii_letters + string.digits


def letters(dice: Random, alphabet: str, length: int) -> str:
    """Return so many characters of an alphabet."""
    return "".join(dice.choice(alphabet) for _ in range(length))


def conv(dice: Random) -> str:
    """Return an ElevenLabs ID of today: `conv_`, two digits, a ULID in lower case."""
    return f"conv_{letters(dice, string.digits, 2)}01{letters(dice, _ULID, 24)}"


def conv_old(dice: Random) -> str:
    """Return an ElevenLabs ID as it was: `conv_` and a ULID."""
    return f"conv_01{letters(dice, _ULID, 24)}"


def twenty(dice: Random) -> str:
    """Return an ElevenLabs ID of the first kind: 20 letters and digits, of both sorts."""
    return "".join(dice.sample([dice.choice(string.ascii_letters), dice.choice("23456789")], 2)) + (
        letters(dice, ALNUM, 18)
    )


def uuid(dice: Random) -> str:
    """Return a UUID in lower case."""
    return str(UUID(int=dice.getrandbits(128), version=4))


def uuid_upper(dice: Random) -> str:
    """Return a UUID in upper case."""
    return uuid(dice).upper()


def ulid(dice: Random) -> str:
    """Return a ULID."""
    return f"01{letters(dice, _ULID, 24)}".upper()


def hex32(dice: Random) -> str:
    """Return 32 hexadecimal digits."""
    return f"{dice.getrandbits(128):032x}"


def temporary_id(dice: Random) -> str:
    """Return what a picture waits under in Sightline."""
    return f"tmp_{hex32(dice)}"


def whole(dice: Random) -> str:
    """Return a whole number of five to nine digits: no time, no telephone number."""
    return str(dice.randrange(10_000, 10 ** dice.randint(6, 9)))


def short(dice: Random) -> str:
    """Return two to five characters, letter first, one digit at least: `k3f9`, `a7`."""
    middle = letters(dice, string.ascii_lowercase + string.digits, dice.randint(0, 3))
    return dice.choice("abcdefghkmnprstuwxyz") + middle + dice.choice("23456789")


def nanoid(dice: Random) -> str:
    """Return 21 characters of the URL-safe alphabet; a letter or a digit at both ends."""
    middle = letters(dice, ALNUM + "-_" * 6, 19)
    return dice.choice(string.ascii_letters) + middle + dice.choice(string.ascii_letters)


def dashed(dice: Random) -> str:
    """Return an ID whose prefix belongs to it: `sess-` and letters and digits."""
    return f"sess-{letters(dice, string.ascii_lowercase + string.digits, dice.randint(10, 14))}"


def twilio(dice: Random) -> str:
    """Return a Twilio call SID: `CA` and 32 hexadecimal digits."""
    return f"CA{hex32(dice)}"


def base64ish(dice: Random) -> str:
    """Return base64 with its padding, which belongs to the ID."""
    return base64.b64encode(dice.randbytes(16)).decode()


CLEAR: tuple[Form, ...] = (conv, uuid, ulid, hex32, nanoid, dashed, conv_old, twenty)
"""Forms that nobody takes for a word or a number."""
