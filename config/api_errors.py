"""Whatever goes wrong under /api/ is told in the one shape of errors, whoever tells it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from accounts.json_errors import WrongFields, is_for_programs, json_error
from accounts.limits.refusals import Closed, LimitReached, refuse
from generation.dispatch import KeyReused
from generation.port.errors import GoalRefused
from generation.runs.learner_words import explain_refusal

Answer = Callable[[HttpRequest], HttpResponseBase]
Later = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def shape_api_errors(get_response: Answer | Later) -> Answer | Later:
    """Pages of ours and of Django's, where a program asked: the resolver, other methods, DEBUG."""
    if not iscoroutinefunction(get_response):

        def answer(request: HttpRequest) -> HttpResponseBase:
            with _head_as_get(request):
                return _shaped(request, get_response(request))  # type: ignore[arg-type]  # the sync half

        return answer

    async def answer_later(request: HttpRequest) -> HttpResponseBase:
        with _head_as_get(request):
            return _shaped(request, await get_response(request))

    return markcoroutinefunction(answer_later)


@contextmanager
def _head_as_get(request: HttpRequest) -> Iterator[None]:
    """Ninja knows no HEAD; the server leaves out the body."""
    method = request.method
    if method == "HEAD" and is_for_programs(request.path_info):
        request.method = "GET"
    yield
    request.method = method


def _shaped(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Changed in place: cookies stay, and so does what Allow or Retry-After say."""
    if not is_for_programs(request.path_info) or not isinstance(response, HttpResponse):
        return response
    told = response.headers.get("Content-Type", "").startswith("application/json")
    if response.status_code >= 400 and not told:
        error = json_error(response.status_code)
        response.content = error.content
        response.headers["Content-Type"] = error.headers["Content-Type"]
        response.headers["Content-Length"] = str(len(error.content))
    return response


def handle_errors(api: NinjaAPI) -> None:
    """What operations raise. Anything else is Django's to log, and is shaped on its way out."""
    told: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
        HttpError: lambda _request, error: json_error(error.status_code, str(error)),
        ValidationError: lambda _request, error: _wrong_fields(_by_field(error.errors)),
        WrongFields: lambda _request, error: _wrong_fields(error.fields),
        Http404: lambda _request, _error: json_error(404),
        # Deleted between two looks.
        ObjectDoesNotExist: lambda _request, _error: json_error(404),
        PermissionDenied: _not_theirs,
        KeyReused: _key_reused,
        GoalRefused: _goal_refused,
        LimitReached: _limit_reached,
        Closed: _limit_reached,
        Exception: _let_django_handle,
    }
    for kind, handler in told.items():
        api.add_exception_handler(kind, handler)


def _by_field(errors: Iterable[dict[str, Any]]) -> dict[str, str]:
    """`("body", "goal", "level")` is the field `level`; `("query", "after")` is `after`."""
    fields: dict[str, str] = {}
    for error in errors:
        source, *path = [str(part) for part in error["loc"]]
        named = path[1:] if source == "body" else path
        fields.setdefault(".".join(named) or source, error["msg"].removeprefix("Value error, "))
    return fields


def _wrong_fields(fields: dict[str, str]) -> HttpResponse:
    return json_error(422, fields=fields)


def _not_theirs(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
    return json_error(403 if request.user.is_authenticated else 401)


def _key_reused(_request: HttpRequest, _error: KeyReused) -> HttpResponse:
    words = _("This Idempotency-Key stands for another order: choose a new one for this.")
    return json_error(409, words, fields={"Idempotency-Key": words})


def _goal_refused(_request: HttpRequest, error: GoalRefused) -> HttpResponse:
    words = explain_refusal(error.for_learners)
    return json_error(422, words, code="goal_refused", fields={"user_request": words})


def _limit_reached(request: HttpRequest, error: LimitReached | Closed) -> HttpResponse:
    return refuse(request, error, HttpResponse)


def _let_django_handle(_request: HttpRequest, error: Exception) -> HttpResponse:
    raise error
