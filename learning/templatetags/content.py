from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date

from django import template
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from concepts.links.public import is_public_address, may_be_shown_as
from concepts.markdown.quiz_text import render_choice, render_stem
from concepts.models import Resource
from concepts.times import Times
from generation.models import GenerationRun
from generation.run_states import OPEN, RunState
from generation.runs.learner_words import explain_run

register = template.Library()

_BETWEEN_LETTERS = re.compile(r"(?<=[^\x00-\xff])(?=[^\x00-\xff])")

# Languages, and scripts that others may be written in.
_RIGHT_TO_LEFT = {
    "ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "ks", "lrc", "mzn", "nqo", "pnb", "ps", "sd",
    "syr", "ug", "ur", "yi", "arab", "aran", "hebr", "nkoo", "syrc", "thaa", "adlm", "rohg",
}  # fmt: skip


@register.filter
def stem(text: str) -> SafeString:
    """A question as it was written, its code set as code. Sanitised, so it is safe to show."""
    return SafeString(render_stem(text))


@register.filter
def choice(text: str) -> SafeString:
    return SafeString(_tell_whole(render_choice(text)))


def _tell_whole(paragraph: str) -> str:
    """A choice that is code and nothing else may look as it does in a file."""
    _, is_code, rest = paragraph.partition("><code>")
    is_whole = is_code and rest.find("</code>") == len(rest) - len("</code></p>")
    return paragraph.replace("<p", '<p class="whole"', 1) if is_whole else paragraph


@register.filter
def choice_line(text: str) -> SafeString:
    """A choice where no paragraph may stand, such as in a label."""
    paragraph = _tell_whole(render_choice(text))
    return SafeString(f"<span{paragraph.removeprefix('<p').removesuffix('</p>')}</span>")


@register.filter
def may_be_linked(resource: Resource) -> bool:
    """Judged anew: what was stored under older rules may be no link now."""
    return is_public_address(resource.url) and may_be_shown_as(resource.title, resource.url)


@register.filter
def link_state(resource: Resource) -> str:
    """What was found when it was followed, and when: the day in UTC, for it is the same text for
    everybody."""
    words: str = resource.get_state_display()
    if resource.checked_at is None:
        return words
    checked = day(resource.checked_at.astimezone(UTC).date())
    return _("%(state)s (checked on %(date)s)") % {"state": words, "date": checked}


@register.filter
def any_checked(resources: Iterable[Resource]) -> bool:
    """Where nobody has followed a link, it is said once, not of each."""
    return any(resource.checked_at is not None for resource in resources)


@register.filter
def language_label(tag: str) -> str:
    """What a language is called in that of the interface; its tag where nobody knows."""
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag


@register.filter
def direction(tag: str) -> str:
    """Which way a text in this language runs. Said, not guessed from its first letter: a heading
    may begin with a word of another language."""
    subtags = set(tag.casefold().split("-"))
    return "rtl" if subtags & _RIGHT_TO_LEFT and "latn" not in subtags else "ltr"


@register.filter(expects_localtime=True)
def day(when: date) -> str:
    """In the order in which the language of the interface tells it."""
    # Translators: how a day is written, in the letters of Django's format of dates.
    return str(date_format(when, _("j M Y")))


@register.filter
def duration(minutes: int) -> str:
    """No line ends between a number and its unit, nor between two letters of a unit, as it may in
    scripts that know no spaces."""
    return _BETWEEN_LETTERS.sub("\u2060", _tell_minutes(minutes).replace(" ", "\u00a0"))


@register.simple_tag
def times(told: Times, *, leaves_reading: bool = False) -> SafeString:
    """Not a template of its own: a roadmap tells of 300 concepts."""
    said = []
    if told.lesson or not told.practice:
        said.append(_("lesson %(time)s") % {"time": duration(told.lesson)})
    if told.practice:
        said.append(_("practice %(time)s") % {"time": duration(told.practice)})
    what_is_done = escape(" · ".join(said))
    if leaves_reading or not told.reading:
        return what_is_done
    optional = _("optional reading %(time)s") % {"time": duration(told.reading)}
    return format_html('{} <span class="optional">{}</span>', what_is_done, optional)


def _tell_minutes(minutes: int) -> str:
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


@register.filter
def told_to_learners(run: GenerationRun) -> str:
    """Why it was stopped or is not whole; what the run itself keeps of that is for staff."""
    return explain_run(run.state, run.reason, resumes_at=run.resumes_at)
