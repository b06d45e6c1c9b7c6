"""One too many is told when it is worth coming again: in words, and for programs."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.limits.refusals import Closed, LimitReached, refuse, say_when, take_places
from accounts.limits.windows import Window


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "in 1 second"),
        (59.2, "in 60 seconds"),
        (90, "in 90 seconds"),
        (90.5, "in 2 minutes"),
        (120, "in 2 minutes"),
        (121, "in 3 minutes"),
        (90 * 60, "in 90 minutes"),
        (90 * 60 + 1, "in 2 hours"),
        (86_400, "in 24 hours"),
    ],
)
def test_the_wait_is_rounded_up(seconds: float, said: str) -> None:
    assert say_when(seconds, None) == said


@pytest.mark.parametrize(("seconds", "at"), [(1, "12:01"), (60, "12:01"), (61, "12:02")])
def test_who_has_a_time_zone_is_told_a_minute_at_which_the_wait_is_over(
    monkeypatch: pytest.MonkeyPatch, seconds: float, at: str
) -> None:
    noon = datetime(2027, 3, 14, 12, 0, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    assert say_when(seconds, zoneinfo.ZoneInfo("Etc/UTC")).endswith(f" (at {at}, Etc/UTC)")


@pytest.mark.parametrize(("seconds", "told"), [(0.0, 1), (0.2, 1), (1.0, 1), (59.1, 60)])
def test_nobody_is_told_to_come_before_it_is_worth_it(seconds: float, told: int) -> None:
    assert LimitReached("No.", seconds).seconds == told


def test_a_window_that_is_full_refuses_and_one_that_holds_nothing_is_closed() -> None:
    words = {"words": "Enough, %(when)s.", "closed": "Not without an account."}
    one, none = Window("refusals:one", 1, 60), Window("refusals:none", 0, 60)
    with pytest.raises(Closed, match="Not without an account"):
        take_places([one, none], **words)
    take_places([one], **words)
    with pytest.raises(LimitReached, match="Enough") as refusal:
        take_places([one], **words)
    assert 59 <= refusal.value.seconds <= 60


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("refusal", [LimitReached("Enough, %(when)s.", 60), Closed("Closed.")])
def test_pages_and_programs_get_the_status_and_the_time(
    refusal: LimitReached | Closed, accept: str
) -> None:
    def show(words: str) -> HttpResponse:
        return HttpResponse(f"<p>{words}</p>")

    answer = refuse(_ask(accept), refusal, show)
    reached = isinstance(refusal, LimitReached)
    said = "Enough, in 60 seconds." if reached else "Closed."
    assert (answer.status_code, said in answer.content.decode()) == (429 if reached else 403, True)
    assert answer.headers.get("Retry-After") == ("60" if reached else None)
    assert ("<p>" in answer.content.decode()) is (accept == "text/html")


def _ask(accept: str) -> HttpRequest:
    request = RequestFactory().get("/", headers={"accept": accept})
    request.user = None  # type: ignore[assignment]  # nobody's time zone is known
    return request
