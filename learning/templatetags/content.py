from __future__ import annotations

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from concepts.links.public import is_public_address, may_be_shown_as
from concepts.markdown.quiz_text import render_choice, render_stem
from concepts.markdown.rendering import RENDERER_VERSION, render_markdown
from concepts.models import Resource, Tutorial
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState

register = template.Library()


@register.filter
def stem(text: str) -> SafeString:
    """A question as it was written, its code set as code. Sanitised, so it is safe to show."""
    return SafeString(render_stem(text))


@register.filter
def choice(text: str) -> SafeString:
    return SafeString(render_choice(text))


@register.filter
def rendered(tutorial: Tutorial) -> SafeString:
    """As it was stored. What another renderer let through may be forbidden now: it is redone."""
    if tutorial.renderer_version == RENDERER_VERSION:
        return SafeString(tutorial.html)
    return SafeString(render_markdown(tutorial.markdown))


@register.filter
def may_be_linked(resource: Resource) -> bool:
    """Judged anew: what was stored under older rules may be no link now."""
    return is_public_address(resource.url) and may_be_shown_as(resource.title, resource.url)


@register.filter
def duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if hours >= 10 or not rest:
        return _("%(hours)d h") % {"hours": round(minutes / 60)}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def is_open(run: GenerationRun | None) -> bool:
    return run is not None and RunState(run.state) in OPEN


@register.filter
def is_worth_a_look(run: GenerationRun | None) -> bool:
    """A run that goes on, or did not bring everything."""
    return run is not None and run.state != RunState.READY
