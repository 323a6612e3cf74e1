"""What can be asked of one request to tell who sent it: each question is a function of its own.

Pure. Asked is what the platform writes: names of headers, parameters, members and tools, and the
agent's prompt. Never what was said: anybody can say anything.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from contract.exchange import Request
from contract.roles import is_prompt_role

Question: TypeAlias = Callable[[Request], bool]
"""A question that a request answers with yes or no."""


def body_of(request: Request) -> dict[str, Any]:
    """Return the body's JSON object; an empty one where the body is none."""
    body = request.json()
    return body if isinstance(body, dict) else {}


def messages_of(request: Request) -> Iterator[dict[str, Any]]:
    """Yield the messages of a body, of chat completions and of the Responses API alike."""
    for key in ("messages", "input"):
        listed = body_of(request).get(key)
        if isinstance(listed, list):
            yield from (message for message in listed if isinstance(message, dict))


def prompts_of(request: Request) -> Iterator[str]:
    """Yield the texts that the agent's maker wrote, in messages and in `instructions`."""
    contents: list[Any] = [body_of(request).get("instructions")]
    contents += [it.get("content") for it in messages_of(request) if is_prompt_role(it.get("role"))]
    for content in contents:
        for part in content if isinstance(content, list) else [content]:
            text = part.get("text") if isinstance(part, dict) else part
            if isinstance(text, str):
                yield text


def has_member(name: str) -> Question:
    """Ask for a member of the body that is not null."""
    return lambda request: body_of(request).get(name) is not None


def has_inside(name: str, *keys: str) -> Question:
    """Ask for an object in the body that has one of these keys."""

    def ask(request: Request) -> bool:
        value = body_of(request).get(name)
        return isinstance(value, dict) and any(key in value for key in keys)

    return ask


def has_prefixed(name: str, prefix: str) -> Question:
    """Ask for an object in the body that has a key with a prefix."""

    def ask(request: Request) -> bool:
        value = body_of(request).get(name)
        return isinstance(value, dict) and any(key.startswith(prefix) for key in value)

    return ask


def has_members(*names: str) -> Question:
    """Ask for all of these members in a body that holds no messages."""

    def ask(request: Request) -> bool:
        body = body_of(request)
        return "messages" not in body and all(name in body for name in names)

    return ask


def has_in_messages(*keys: str) -> Question:
    """Ask for a message that has something at these nested keys."""
    return lambda request: any(_nested(message, keys) for message in messages_of(request))


def has_tool(*names: str) -> Question:
    """Ask for a tool of one of these names, in the notation of either API."""

    def ask(request: Request) -> bool:
        tools = body_of(request).get("tools")
        return isinstance(tools, list) and any(_tool_name(tool) in names for tool in tools)

    return ask


def has_header(name: str, form: str = "") -> Question:
    """Ask for a header; where a form is given, for one whose whole value has it."""

    def ask(request: Request) -> bool:
        value = request.header(name)
        return value is not None and (not form or re.fullmatch(form, value) is not None)

    return ask


def has_parameter(name: str) -> Question:
    """Ask for a query parameter."""
    return lambda request: request.query(name) is not None


def names_itself(pattern: str) -> Question:
    """Ask whether the client, or the name of one of its headers, names the vendor."""
    vendor = re.compile(pattern, re.IGNORECASE)

    def ask(request: Request) -> bool:
        names = [name for name, _ in request.headers]
        return any(vendor.search(text) for text in [request.header("user-agent") or "", *names])

    return ask


def writes(pattern: str) -> Question:
    """Ask whether something of this form stands in a header or in the agent's prompt."""
    form = re.compile(pattern)

    def ask(request: Request) -> bool:
        texts = [*(value for _, value in request.headers), *prompts_of(request)]
        return any(form.search(text) for text in texts)

    return ask


def is_number(name: str, number: int) -> Question:
    """Ask whether a member of the body is this very number."""

    def ask(request: Request) -> bool:
        value = body_of(request).get(name)
        return isinstance(value, int) and value == number

    return ask


def _tool_name(tool: Any) -> Any:
    if not isinstance(tool, dict):
        return None
    function = tool.get("function")
    return function.get("name") if isinstance(function, dict) else tool.get("name")


def _nested(value: Any, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
