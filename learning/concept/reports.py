"""What learners find wrong with a lesson: once a version and kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concepts.models import ArtifactKindLabel, ArtifactVersion, Concept
from learning.concept.lesson import Part
from learning.models import REPORT_MAX_CHARACTERS, Complaint, Learner, Report

_LONGEST_PART = 40


class ReportForm(forms.Form):
    """`part`: what was read, with the number of its version, such as "quiz-2"."""

    part = forms.CharField(label=_("What is it about?"), max_length=_LONGEST_PART)
    kind = forms.ChoiceField(
        label=_("What is wrong?"), choices=Complaint.choices, widget=forms.RadioSelect()
    )
    words = forms.CharField(
        label=_("In your own words, if you like"),
        max_length=REPORT_MAX_CHARACTERS,
        required=False,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "report-%s"
        self.fields["part"].widget = forms.Select(choices=parts)


def name_parts(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """What there is to be reported, and how a form names it."""
    return [
        (f"{part.kind}-{part.version.number}", str(ArtifactKindLabel(part.kind).label))
        for part in parts
        if part.version is not None
    ]


def find_version(concept: Concept, part: str) -> ArtifactVersion | None:
    """The version that was read, be there a newer one by now."""
    kind, _dash, number = part.rpartition("-")
    if not (number.isascii() and number.isdigit()):
        return None
    versions = ArtifactVersion.objects.filter(artifact__concept=concept, artifact__kind=kind)
    return versions.filter(number=min(int(number[:9]), 2**31 - 1)).first()


def save_report(learner: Learner, version: ArtifactVersion, kind: str, words: str) -> Report:
    """The one that there is, if it was said before."""
    report, _is_new = Report.objects.get_or_create(
        learner=learner, version=version, kind=kind, defaults={"words": words}
    )
    return report
