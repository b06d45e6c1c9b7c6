"""Values of types that libraries define, made of a hostile text."""

from __future__ import annotations

import io
import random
import re
import typing
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
from django.http import HttpRequest, QueryDict
from markdown_it.token import Token
from pydantic_ai.messages import ModelResponse, TextPart

_ADDRESS = "http://localhost/v1/chat/completions"


def _request(text: str) -> HttpRequest:
    """As a stranger may send it."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", f"/{text}", f"/{text}"
    names = ("QUERY_STRING", "REMOTE_ADDR", "CONTENT_TYPE", "HTTP_HOST", "HTTP_COOKIE",
             "HTTP_X_FORWARDED_FOR", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER")  # fmt: skip
    request.META = dict.fromkeys(names, text)
    request.COOKIES, request.content_type = {"sessionid": text}, text
    request.content_params = {"charset": text}
    return request


def _match(text: str) -> re.Match[str]:
    found = re.match(r"(?s)(?P<all>.*)", text)
    assert found
    return found


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


BORROWED: dict[Any, Callable[[str], Any]] = {
    HttpRequest: _request,
    QueryDict: lambda text: QueryDict(f"q={text.replace('&', '%26')}"),
    re.Match[str]: _match,
    Token: lambda text: Token("text", "", 0, content=text, attrs={"href": text}),
    ModelResponse: lambda text: ModelResponse(parts=[TextPart(content=text)]),
    httpx2.Request: lambda text: httpx2.Request("POST", _ADDRESS, content=_encoded(text)),
    httpx2.Response: lambda text: httpx2.Response(
        200, content=_encoded(text), request=httpx2.Request("POST", _ADDRESS)
    ),
    Exception: ValueError,
    BaseException: ValueError,
    typing.IO[bytes]: lambda text: io.BytesIO(_encoded(text)),
    random.Random: lambda _text: random.Random(0),
    uuid.UUID: lambda _text: uuid.UUID(int=7),
}
# Those that hold nothing of it.
BARE = {random.Random, uuid.UUID}


# So many texts stand in what `anything` makes.
TEXTS_OF_ANYTHING = 24


def anything(text: str) -> dict[str, Any]:
    """What stands in a mapping of anything: a request as a server hands it over, an answer of a
    model, and what nobody asked for."""
    raw = _encoded(text)
    names = (b"x-forwarded-for", b"cookie", b"authorization", b"origin")
    call = {"index": 0, "function": {"name": text, "arguments": text}}
    said = {"role": text, "content": text, "refusal": text, "tool_calls": [call]}
    return {
        "type": "http", "method": "GET", "path": f"/{text}", "query_string": raw,
        "headers": [(name, raw) for name in names], "client": (text, 1),
        "choices": [{"message": said, "delta": said, "finish_reason": text}],
        "error": {"message": text, "code": text, "type": text}, "usage": {"prompt_tokens": text},
        "model": text, "messages": [said], "title": text, "summary": text, text: text,
    }  # fmt: skip
