"""Having the tutorial, the resources or the quiz of a concept written anew, as somebody wishes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.refusals import Closed, LimitReached, refuse
from accounts.limits.rules import address_of
from concepts.artifact_states import ArtifactState
from concepts.bounds import INSTRUCTION_MAX_CHARACTERS
from concepts.models import Artifact, ArtifactKindLabel, Concept, Origin
from generation.models import GenerationRun
from generation.port.provider import Provider
from generation.rewrites import find_writer, order_rewriting
from generation.runs.lifecycle import find_open_rewriting
from generation.runs.rewriting import NotRewritten, dismiss, show_kept
from learning.concept.access import get_visible_concept
from roadmaps.access import keep_to_visitors, may_change
from roadmaps.makers import made_roadmaps
from roadmaps.text import without_directions


class _Lines(forms.CharField):
    """Browsers send lines in two ways, and count them in one. Nothing turns them around."""

    def to_python(self, value: Any) -> str:
        said = without_directions(str(super().to_python(value)))
        return said.replace("\r\n", "\n").replace("\r", "\n").strip()


class RewriteForm(forms.Form):
    """`key` makes a second click the same order."""

    part = forms.ChoiceField(
        label=gettext_lazy("What is to be written anew?"), choices=ArtifactKindLabel.choices
    )
    instruction = _Lines(
        label=gettext_lazy("What should be different?"),
        help_text=gettext_lazy(
            "Say it in your own words: what to explain more or less, which examples to take, what "
            "was wrong. At most 2,000 characters."
        ),
        max_length=INSTRUCTION_MAX_CHARACTERS,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "rewrite-%s"
        # A browser would cut what is pasted, and say nothing.
        del self.fields["instruction"].widget.attrs["maxlength"]


@dataclass(frozen=True)
class Choice:
    """A part of the lesson, or why it is none that can be written anew."""

    kind: str
    label: str
    refusal: str = ""
    # What was wished for the version that is shown.
    instruction: str = ""


class EndForm(forms.Form):
    """What becomes of the notice, and of a version that was kept."""

    run = forms.UUIDField()
    do = forms.ChoiceField(choices=[("show", ""), ("dismiss", "")])


@require_POST
def end_rewriting(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    """Said twice it is said once; of what is not there any more nothing has to be said."""
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    if not may_change(request.user, concept.roadmap, made_roadmaps(request.session)):
        raise PermissionDenied
    form = EndForm(request.POST)
    if form.is_valid():
        run = GenerationRun.objects.filter(pk=form.cleaned_data["run"], artifact__concept=concept)
        end = show_kept if form.cleaned_data["do"] == "show" else dismiss
        if run.exists():
            end(form.cleaned_data["run"])
    return redirect(reverse("learning:concept", args=[concept.roadmap.slug, concept.slug]))


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_cache=True)
def show_rewriting(request: HttpRequest, roadmap_slug: str, slug: str) -> HttpResponse:
    concept = get_visible_concept(request.user, roadmap_slug, slug)
    if not may_change(request.user, concept.roadmap, made_roadmaps(request.session)):
        raise PermissionDenied
    writer = find_writer(concept.roadmap.goal)
    if request.method != "POST":
        return _render(request, concept, writer, RewriteForm())
    form = RewriteForm(request.POST)
    if writer is None or not form.is_valid():
        return _render(request, concept, writer, form, status=422)
    return _order(request, concept, writer, form)


def _order(
    request: HttpRequest, concept: Concept, writer: Provider, form: RewriteForm
) -> HttpResponse:
    said = form.cleaned_data
    try:
        order_rewriting(
            _get_artifact(concept, said["part"]),
            said["instruction"],
            writer,
            request.user,
            request.session,
            address=address_of(request),
            form_key=said["key"] or uuid.uuid4(),
        )
    except NotRewritten:
        words = _("This part cannot be written anew just now. Below it is said why.")
        return _render(request, concept, writer, form, words, status=409)
    except (LimitReached, Closed) as refusal:
        return refuse(
            request, refusal, lambda words: _render(request, concept, writer, form, words)
        )
    page = reverse("learning:concept", args=[concept.roadmap.slug, concept.slug])
    return redirect(f"{page}#{_ANCHORS[said['part']]}")


def _get_artifact(concept: Concept, kind: str) -> Artifact:
    artifact = Artifact.objects.filter(concept=concept, kind=kind).first()
    if artifact is None:
        raise NotRewritten("there is none")
    return artifact


# What has a heading of its own on the page of the concept.
_ANCHORS = {"tutorial": "", "resources": "resources", "quiz": "quiz"}


def list_choices(concept: Concept) -> list[Choice]:
    """All parts that there may be, in the order of the page."""
    artifacts = Artifact.objects.filter(concept=concept).select_related("current_version")
    by_kind = {artifact.kind: artifact for artifact in artifacts}
    return [
        _choice(kind, str(label), by_kind.get(kind)) for kind, label in ArtifactKindLabel.choices
    ]


def _choice(kind: str, label: str, artifact: Artifact | None) -> Choice:
    version = artifact.current_version if artifact else None
    if artifact is None or version is None or artifact.state != ArtifactState.READY:
        return Choice(kind, label, _("This is not written yet."))
    if version.origin == Origin.AUTHORED:
        return Choice(kind, label, str(_BUILT_IN))
    if find_open_rewriting(artifact.pk) is not None:
        return Choice(kind, label, _("A new version is being written already."))
    return Choice(kind, label, instruction=version.instruction)


_BUILT_IN = gettext_lazy(
    "This is built in: no model wrote it, and it was checked before it came here, so it is not "
    "written anew. If something is wrong with it, please report that."
)


def _render(
    request: HttpRequest,
    concept: Concept,
    writer: Provider | None,
    form: RewriteForm,
    notice: str = "",
    *,
    status: int = 200,
) -> HttpResponse:
    choices = list_choices(concept)
    impossible = [one for one in choices if one.refusal]
    reasons = {one.refusal for one in choices}
    context = {
        "roadmap": concept.roadmap,
        "concept": concept,
        "form": form,
        "notice": notice,
        "can_write": writer is not None,
        "possible": [one for one in choices if not one.refusal],
        "impossible": impossible,
        # The same of all parts is said once.
        "refusal": reasons.pop() if len(reasons) == 1 else "",
    }
    response = render(request, "learning/rewrite.html", context, status=status)
    return keep_to_visitors(response, concept.roadmap)
