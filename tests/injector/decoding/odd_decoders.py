"""What a decoder may do to the child in which it runs: the picture's first word says which."""

import base64
import hashlib
import json
import os
import resource
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from contract.errors import NotAPicture
from injector.shared import Picture, Prepared, Received


def prepared(data: bytes, told: str = "") -> Prepared:
    """Return a picture that says which bytes it was made of."""
    uri = f'"data:image/png;base64,{base64.b64encode(data).decode()}"'.encode()
    digest = hashlib.sha256(data).hexdigest()
    picture = Picture(digest, "image/png", 1, 1, len(data), uri, digest, told)
    return Prepared(picture, Received("ODD", "image/odd", 1, 1, len(data)))


def obey(data: bytes, aim: Any) -> Prepared:
    """Do what the picture says, and then return it, if that is still possible."""
    word, _, rest = data.partition(b" ")
    argument = rest.split(b" ")[0]
    told = ""
    match word:
        case b"sleep":
            time.sleep(float(argument))
        case b"spin":
            sum(range(10**15))  # C code, which looks at no signal that Python handles
        case b"signal":
            os.write(2, b"private words of a picture\n" * 200)
            os.kill(os.getpid(), int(argument))
        case b"exit":
            os._exit(3)
        case b"allocate":
            bytearray(int(argument) << 20)
        case b"refuse":
            raise NotAPicture(rest.decode(), param="image")
        case b"fail":
            raise LookupError("private words of a picture")
        case b"nonsense":
            os.write(0, b"\xff" * 100_000)
        case b"forge":
            return Prepared(Picture("", "", 1, 1, 1, rest), prepared(b"").received)
        case b"impersonate":
            good = prepared(data)
            other = prepared(rest).picture.digest
            return replace(good, picture=replace(good.picture, digest=other))
        case b"who":
            told = json.dumps(_who(aim))
    return prepared(data, told)


def _who(aim: Any) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "nice": os.nice(0),
        "environment": dict(os.environ),
        "descriptors": sorted(str(Path(f"/proc/self/fd/{fd}").readlink()) for fd in (0, 1, 2)),
        "open": len(list(Path("/proc/self/fd").iterdir())),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "files": resource.getrlimit(resource.RLIMIT_FSIZE),
        "interrupt": signal.getsignal(signal.SIGINT) == signal.SIG_IGN,
        "modules": [name for name in ("aiohttp", "asyncio", "uvloop") if name in sys.modules],
        "model": aim.model,
    }
