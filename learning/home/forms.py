from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from generation.port.errors import GoalRefused
from generation.port.goals import HOURS_PER_WEEK
from generation.port.request import OutlineRequest
from roadmaps.bounds import GOAL_MAX_CHARACTERS
from roadmaps.models import Level


class GoalForm(forms.Form):
    """What somebody wants to learn. `key` makes a second click the same order."""

    goal = forms.CharField(
        label=_("What do you want to learn?"),
        max_length=GOAL_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "go"}),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("any")), *Level.choices], required=False
    )
    hours_per_week = forms.IntegerField(
        label=_("Hours a week"),
        min_value=HOURS_PER_WEEK.start,
        max_value=HOURS_PER_WEEK.stop - 1,
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    suggestions: tuple[str, ...] = ()

    def to_request(self) -> OutlineRequest:
        data = self.cleaned_data
        return OutlineRequest(
            goal=data["goal"], level=data["level"] or None, hours_per_week=data["hours_per_week"]
        )

    def refuse(self, refusal: GoalRefused) -> None:
        self.add_error("goal", str(refusal))
        self.suggestions = refusal.suggestions
