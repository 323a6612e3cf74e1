"""The HTTP routes beside the WebSocket: signed URLs, tokens, files, and a page about itself.

I/O only. Any page may call them, as it may ElevenLabs'; any `xi-api-key` is taken and none needed.
What goes wrong is answered in ElevenLabs' shape, as far as that is known.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from rehearsal.convai import agents, welcome
from rehearsal.convai.agents import Refused
from rehearsal.convai.desk import File
from rehearsal.convai.parts import DESK, MANNER

CONVERSATION: Final = "/v1/convai/conversation"

_OPEN_TO_PAGES: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
}


def add_routes(app: web.Application) -> None:
    """Add the routes, and open all of the application's answers to pages of any origin."""
    app.on_response_prepare.append(_open_to_pages)
    app.router.add_get("/", _welcome)
    for name in ("get-signed-url", "get_signed_url"):
        app.router.add_get(f"{CONVERSATION}/{name}", _signed_url)
    app.router.add_get(f"{CONVERSATION}/token", _token)
    app.router.add_post("/v1/convai/conversations/{conversation_id}/files", _file)
    app.router.add_route("OPTIONS", "/{path:.*}", _preflight)


async def _open_to_pages(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_OPEN_TO_PAGES)


async def _preflight(_: web.Request) -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


async def _welcome(request: web.Request) -> web.Response:
    manner = request.app[MANNER]
    text = welcome.page(request.host, manner.endpoint, manner.agents)
    return web.Response(text=text, content_type="text/html")


async def _signed_url(request: web.Request) -> web.Response:
    agent_id = _agent_id(request)
    with_conversation = request.query.get("include_conversation_id", "").lower() == "true"
    name, identity = request.app[DESK].sign(agent_id, with_conversation=with_conversation)
    query = {"agent_id": agent_id, "conversation_signature": name}
    told = {} if identity is None else {"conversation_id": identity}
    scheme = "wss" if request.secure else "ws"
    url = f"{scheme}://{request.host}{CONVERSATION}?{urlencode(query | told)}"
    return web.json_response({"signed_url": url} | told)


async def _token(request: web.Request) -> web.Response:
    """Answer with a token, which the WebSocket takes here; ElevenLabs' is for WebRTC."""
    name, identity = request.app[DESK].sign(_agent_id(request), with_conversation=True)
    return web.json_response({"token": name, "conversation_id": identity})


def _agent_id(request: web.Request) -> str:
    try:
        return agents.find(request.app[MANNER].agents, request.query.get("agent_id", "")).id
    except Refused as refusal:
        raise _problem(web.HTTPNotFound, "agent_not_found", str(refusal)) from None


async def _file(request: web.Request) -> web.Response:
    desk, identity = request.app[DESK], request.match_info["conversation_id"]
    if not desk.is_on(identity):
        text = "This conversation is not being held: upload while it is"
        raise _problem(web.HTTPNotFound, "conversation_not_found", text)
    file = _picture((await _form(request)).get("file"))
    if not desk.is_on(identity) or not desk.has_room(len(file.data)):
        text = "This rehearsal has no room for one more file: end a conversation"
        raise _problem(web.HTTPServiceUnavailable, "no_room", text)
    return web.json_response({"file_id": desk.keep(identity, file)})


async def _form(request: web.Request) -> Mapping[str, Any]:
    try:
        return await request.post()
    except (ValueError, LookupError, RuntimeError, HttpProcessingError) as error:
        text = f"The body is no form: {' '.join(str(error).split())}"
        raise _problem(web.HTTPUnprocessableEntity, "malformed_form", text) from None


def _picture(field: Any) -> File:
    if not isinstance(field, web.FileField):
        text = "There is no file in the form's field `file`"
        raise _problem(web.HTTPUnprocessableEntity, "missing_file", text)
    if not field.content_type.startswith("image/"):
        text = f"Only pictures can be attached in a rehearsal, not {field.content_type}"
        raise _problem(web.HTTPUnsupportedMediaType, "unsupported_file", text)
    data = field.file.read()
    if not data:
        raise _problem(web.HTTPUnprocessableEntity, "empty_file", "The file holds no byte")
    return File(field.content_type, data)


def _problem(kind: type[web.HTTPError], status: str, message: str) -> web.HTTPError:
    text = web.json_response({"detail": {"status": status, "message": message}}).text
    return kind(text=text, content_type="application/json")
