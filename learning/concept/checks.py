"""What learners check their exercises with: a file to take home. We never run it."""

from __future__ import annotations

import re

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from concepts.markdown.folding import Check
from concepts.markdown.rendering import find_checks
from concepts.models import ArtifactKindLabel, Concept, Tutorial

# As the renderer leaves it: where the link belongs, whose address it cannot know.
_PLACE = re.compile(r'<p class="check" data-check="(\d{1,3})"></p>')
_ENDINGS = {
    "python": "py", "py": "py", "python3": "py", "javascript": "js", "js": "js", "typescript": "ts",
    "bash": "sh", "sh": "sh", "shell": "sh", "ruby": "rb", "go": "go", "rust": "rs", "java": "java",
    "c": "c", "cpp": "cpp", "sql": "sql", "php": "php", "html": "html", "css": "css",
}  # fmt: skip


def link_checks(html: SafeString, roadmap_slug: str, slug: str) -> SafeString:
    """A tutorial with the addresses of its checks."""

    def link(place: re.Match[str]) -> str:
        address = reverse("learning:check", args=[roadmap_slug, slug, int(place[1])])
        words = _("Save this check, and run it on your own computer")
        return format_html('<p class="check"><a href="{}" download>{}</a></p>', address, words)

    return SafeString(_PLACE.sub(link, html))


def get_check(concept: Concept, number: int) -> Check:
    """Of the tutorial that is shown. Raises Http404."""
    current = Tutorial.objects.filter(
        version__current_of__concept=concept, version__artifact__kind=ArtifactKindLabel.TUTORIAL
    )
    markdown = current.values_list("markdown", flat=True).first()
    check = find_checks(markdown).get(number) if markdown else None
    if check is None:
        raise Http404
    return check


def send_check(check: Check, number: int) -> HttpResponse:
    """As text, whatever it holds: no browser shows it, nor runs it."""
    ending = _ENDINGS.get(check.language.casefold(), "txt")
    return HttpResponse(
        check.code,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="exercise-{number}.{ending}"'},
    )
