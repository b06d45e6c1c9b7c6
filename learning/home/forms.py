from __future__ import annotations

import uuid
from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from concepts.languages.tables import LANGUAGES
from generation.port.errors import GoalRefused
from generation.port.goals import HOURS_PER_WEEK
from generation.port.request import OutlineRequest
from generation.runs.learner_words import explain_refusal
from roadmaps.bounds import GOAL_MAX_CHARACTERS
from roadmaps.models import Level

# As tags of content are written; each language is named as its speakers do.
_TAGS = {"zh": "zh-Hans", "zh-hant": "zh-Hant"}


def list_languages() -> list[tuple[str, str]]:
    named = [(_TAGS.get(tag, tag), language.own_name) for tag, language in LANGUAGES.items()]
    return sorted(named, key=lambda pair: pair[1].casefold())


class GoalForm(forms.Form):
    """What somebody wants to learn. `key` makes a second click the same order."""

    goal = forms.CharField(
        label=_("What do you want to learn?"),
        max_length=GOAL_MAX_CHARACTERS,
        error_messages={"required": _("Say what you want to learn.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "go"}),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("any")), *Level.choices], required=False
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("", _("that of the goal")), *list_languages()],
        required=False,
    )
    hours_per_week = forms.IntegerField(
        label=_("Hours a week"),
        min_value=HOURS_PER_WEEK.start,
        max_value=HOURS_PER_WEEK.stop - 1,
        required=False,
    )
    target_date = forms.DateField(
        label=_("To be finished by"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    plan_first = forms.BooleanField(
        label=_("Show me the plan first"),
        help_text=_("You can change it before anything is written."),
        initial=True,
        required=False,
    )
    outline = forms.CharField(
        label=_("Your outline"),
        help_text=_(
            "A line for each stage (## …), module (### …) and concept (- …); indented or numbered "
            "lists do as well, and so do tables whose columns are named stage, module, concept. "
            "[x] marks what you know already."
        ),
        widget=forms.Textarea({"rows": 8, "dir": "auto", "spellcheck": "false"}),
        required=False,
        strip=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    suggestions: tuple[str, ...] = ()
    WISHES = ("level", "language", "hours_per_week", "target_date")

    def clean_target_date(self) -> date | None:
        wanted: date | None = self.cleaned_data["target_date"]
        if wanted is not None and wanted < timezone.localdate() + timedelta(days=1):
            raise forms.ValidationError(_now("This day is not in the future."))
        return wanted

    def has_wishes(self) -> bool:
        """Whether what is folded is to be seen: it was filled in, or something is wrong in it."""
        return any(self[name].errors or self[name].value() for name in self.WISHES)

    def to_request(self) -> OutlineRequest:
        data = self.cleaned_data
        return OutlineRequest(
            goal=data["goal"],
            level=data["level"] or None,
            language=data["language"] or None,
            hours_per_week=data["hours_per_week"],
            target_date=data["target_date"],
            plan_first=data["plan_first"],
        )

    def refuse(self, refusal: GoalRefused, *, for_staff: bool) -> None:
        """Staff are told what they can do about it, others what they can."""
        self.add_error("goal", str(refusal) if for_staff else explain_refusal(refusal.for_learners))
        self.suggestions = refusal.suggestions
