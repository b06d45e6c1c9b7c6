"""Who wrote a part of a lesson, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from concepts.models import ArtifactVersion, Origin
from learning.templatetags.content import day


def _writer(version: ArtifactVersion) -> str:
    """The model, and the prompt it was asked with."""
    name = version.model or version.provider
    if not version.prompt_version:
        return name
    return _("%(model)s (prompt %(prompt)s)") % {"model": name, "prompt": version.prompt_version}


def describe_origin(version: ArtifactVersion, *, has_code: bool) -> str:
    """Who wrote it and when, and whether people have looked at it; `has_code` its lesson."""
    if version.origin == Origin.AUTHORED:
        return _describe_built_in(version, has_code=has_code)
    values: dict[str, Any] = {
        "writer": _writer(version),
        "date": day(version.created_at),
        "reviewed": day(version.reviewed_on) if version.reviewed_on else "",
    }
    line = (
        _("Written by %(writer)s on %(date)s, reviewed %(reviewed)s")
        if version.reviewed_on
        else _("Written by %(writer)s on %(date)s, not reviewed")
    )
    return line % values


def _describe_built_in(version: ArtifactVersion, *, has_code: bool) -> str:
    """What was done to it before it was built in: `tests/generation` does it again each time."""
    if version.reviewed_on is None:
        return (
            _("Built in: code run, quizzes checked, not read yet")
            if has_code
            else _("Built in: quizzes checked, not read yet")
        )
    words = (
        _("Built in: code run, quizzes checked, read on %(date)s")
        if has_code
        else _("Built in: quizzes checked, read on %(date)s")
    )
    return words % {"date": day(version.reviewed_on)}
