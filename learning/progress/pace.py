"""How fast learners may send what makes rows."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.limits.refusals import take_places
from accounts.limits.rules import address_of, answer_windows
from learning.learners import name_learner

TOO_FAST = _(
    "That was a great deal at once. Nothing was saved just now; please try again %(when)s."
)


def count_answer(request: HttpRequest) -> None:
    """One more thing that a learner sends. Raises LimitReached."""
    windows = answer_windows(name_learner(request.user, request.session), address_of(request))
    take_places(windows, words=TOO_FAST, closed=TOO_FAST)
