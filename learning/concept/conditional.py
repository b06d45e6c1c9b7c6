"""Whether somebody has the page of a concept already, as it would be now.

The tag holds all that it is made of: what the rows say to this visitor, who that is, how pages are
shown to them, and the release. Of the token against forged forms it holds the cookie, not the mask,
which is another one each time: a page from before posts as well as a new one.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language

from accounts.models import User

_ROOT = Path(__file__).resolve().parents[2]
_OURS = ("accounts", "concepts", "config", "generation", "learning", "locale", "roadmaps", "static",
         "templates")  # fmt: skip
_SHOWN_OF_ACCOUNTS = (
    "pk", "email", "first_name", "last_name", "is_staff", "is_superuser", "interface_language",
    "time_zone",
)  # fmt: skip
_MADE_OF = {".css", ".html", ".js", ".po", ".py", ".svg"}


def tag_page(request: HttpRequest, state: str) -> str:
    """`state`: what the rows say (`Snapshot.state`)."""
    said = json.dumps([state, _who(request), _how(request), release()], default=str)
    return f'W/"{hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:40]}"'


def _who(request: HttpRequest) -> list[object]:
    visitor = request.user
    if not isinstance(visitor, User):
        return [request.session.session_key, dict(request.session.items())]
    shown = [getattr(visitor, name) for name in _SHOWN_OF_ACCOUNTS]
    return [request.session.session_key, dict(request.session.items()), shown]


def _how(request: HttpRequest) -> list[object]:
    """Theme and language among them; the secret behind tokens, too."""
    return [get_language(), sorted(request.COOKIES.items())]


@functools.cache
def release() -> str:
    """The same in all processes of a release, and another in the next."""
    said = hashlib.sha256()
    for file in sorted(_files()):
        said.update(str(file).encode() + file.read_bytes())
    return said.hexdigest()


def _files() -> list[Path]:
    folders = (_ROOT / name for name in _OURS)
    return [file for folder in folders for file in folder.rglob("*") if file.suffix in _MADE_OF]


def not_modified(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    """304 where the visitor has it; else None."""
    answer = get_conditional_response(request, etag=tag)
    return None if answer is None else keep_by(answer, tag)


def keep_by(answer: HttpResponseBase, tag: str) -> HttpResponseBase:
    """A browser may keep it, for this visitor, and asks each time."""
    answer.headers["ETag"] = tag
    patch_cache_control(answer, private=True, no_cache=True)
    patch_vary_headers(answer, ["Cookie"])
    return answer
