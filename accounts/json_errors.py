"""The one shape of errors for programs: `{"error": {"code", "message", "fields"?}}`."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Schema

API_ROOT = "/api/"

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "server_error",
    503: "unavailable",
}
_WORDS = {
    400: _("This request cannot be read."),
    401: _("Sign in to do this."),
    403: _("This is not yours to do."),
    404: _("There is nothing here, or nothing that you may see."),
    405: _("This address cannot be asked in this way."),
    408: _("The request took too long to arrive."),
    409: _("This cannot be done as things stand."),
    413: _("The request is too large."),
    422: _("Something in this request is not as it should be."),
    429: _("That is enough for now; try again later."),
    503: _("The database is busy or away. Try again in a moment."),
}
_FAILED = _("Something went wrong here. It has been noted.")
_REFUSED = _("This request is refused.")


def json_error(
    status: int,
    message: str | Promise = "",
    *,
    code: str = "",
    fields: Mapping[str, str] | None = None,
) -> JsonResponse:
    """What has no message of its own gets the one of its status."""
    fallback = _REFUSED if status < 500 else _FAILED
    error: dict[str, object] = {
        "code": code or _CODES.get(status, "error"),
        "message": str(message or _WORDS.get(status, fallback)),
    }
    if fields:
        error["fields"] = dict(fields)
    return JsonResponse({"error": error}, status=status)


def is_for_programs(path: str) -> bool:
    return path.startswith(API_ROOT) or path == API_ROOT.rstrip("/")


def wants_json(request: HttpRequest) -> bool:
    """Whoever asks the API, or says so."""
    accepted = request.get_preferred_type(["text/html", "application/json"])
    return accepted == "application/json" or is_for_programs(request.path)


class WrongFields(Exception):
    """422: what is wrong, by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class Problem(Schema):
    """`fields` names what is wrong in the request, where something is."""

    code: str
    message: str
    fields: dict[str, str] | None = None


class Refusal(Schema):
    error: Problem


def refusals(*statuses: int) -> dict[int, type[Refusal]]:
    """For the documentation of an operation: what it may answer instead."""
    return dict.fromkeys((*statuses, 503), Refusal)
