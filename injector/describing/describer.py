"""Which pictures are described: each once, a few at a time, and none that is forgotten meanwhile.

What waits its turn is known by its temporaryIds alone. The pixels are asked of the store when the
model can be asked, so a picture that was forgotten is neither kept in memory for it nor shown.
"""

import asyncio
from collections.abc import Callable
from typing import Literal, TypeAlias

from aiohttp import web

from contract.config import Injector
from contract.errors import StoreFailed, UnknownPicture
from injector.body import manner
from injector.describing.asking import Client
from injector.describing.wording import NotDescribed, description, question
from injector.shared import Picture, Upload
from injector.store import Store
from injector.wire import log

AT_ONCE, WAITING = 2, 32
"""How many pictures the model is asked about at the same time, and how many more wait for that."""

Result: TypeAlias = Literal["kept", "failed", "skipped"]
"""What became of a picture: `skipped` where the model was not asked."""

_SHOWN = 12  # characters of a digest that name a picture in the log


class Describer:
    """Has pictures described in the background; what fails costs the description alone.

    Args:
        injector: the model's side, and how it is asked.
        store: has the pictures, and takes what is said of them.
        counted: is told what became of each.
    """

    def __init__(self, injector: Injector, store: Store, counted: Callable[[Result], None]) -> None:
        self._manner = manner(injector)
        self._client = Client(injector.upstream)
        self._store = store
        self._counted = counted
        self._obstacle = obstacle(injector)
        self._is_told = False
        self._is_closed = False
        self._room = asyncio.Semaphore(AT_ONCE)
        self._uploads: dict[str, list[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, upload: Upload) -> bool:
        """Have a picture described, and return at once whether it is, or will be if all goes well.

        A picture that is being described, or is described already, is not described again.
        """
        digest = upload.picture.digest
        if upload.picture.description:
            return True
        if digest in self._uploads:
            self._uploads[digest].append(upload.temporary_id)
            return True
        if not self._can_begin(digest):
            self._counted("skipped")
            return False
        self._uploads[digest] = [upload.temporary_id]
        task = asyncio.create_task(self._describe(digest), name="description")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def close(self) -> None:
        """Give up what is not described yet."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    def _can_begin(self, digest: str) -> bool:
        if self._is_closed:
            return False
        if self._obstacle:
            if not self._is_told:
                log.warning("pictures are not described: %s", self._obstacle)
            self._is_told = True
            return False
        if len(self._uploads) < AT_ONCE + WAITING:
            return True
        _tell(digest, f"{len(self._uploads)} others wait for it")
        return False

    async def _describe(self, digest: str) -> None:
        result: Result = "failed"
        try:
            async with self._room:
                result = await self._described(digest)
        except (NotDescribed, StoreFailed) as error:
            _tell(digest, str(error))
        except asyncio.CancelledError:
            result = "skipped"
            raise
        except Exception as error:  # noqa: BLE001 - its words may hold what was said: only its name
            _tell(digest, type(error).__name__)
        finally:
            del self._uploads[digest]
            self._counted(result)

    async def _described(self, digest: str) -> Result:
        picture = await self._wanted(digest)
        if picture is None or picture.description:
            return "skipped"
        answer = await self._client.ask(question(picture, self._manner))
        await self._store.describe(digest, description(answer))
        return "kept"

    async def _wanted(self, digest: str) -> Picture | None:
        """Return the picture, if anybody of those who have uploaded it still has it."""
        for temporary_id in self._uploads[digest]:
            try:
                return (await self._store.waiting(temporary_id)).picture
            except UnknownPicture:
                continue
        return None


DESCRIBER = web.AppKey("describer", Describer)


def obstacle(injector: Injector) -> str:
    """Return why the model cannot be asked for descriptions; empty where it can."""
    upstream = injector.upstream
    if upstream.model is None:
        return "injector.upstream.model is null, so only a turn says which model to ask; name one"
    if not upstream.api_key and not injector.bearer:
        return (
            "injector.upstream.api_key is empty, so the platform's own key is passed on, and an "
            "upload brings none; set OPENAI_API_KEY"
        )
    return ""


def _tell(digest: str, why: str) -> None:
    log.warning("picture %s is not described: %s", digest[:_SHOWN], why)
