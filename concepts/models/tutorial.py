from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from concepts.models.artifact import ArtifactVersion


class Tutorial(models.Model):
    """Markdown as written, and the sanitised HTML rendered from it when it was saved."""

    version = models.OneToOneField(
        ArtifactVersion, on_delete=models.CASCADE, primary_key=True, related_name="tutorial"
    )
    markdown = models.TextField(_("markdown"))
    html = models.TextField(_("rendered HTML"))
    renderer_version = models.PositiveSmallIntegerField(_("renderer version"))
    reading_minutes = models.PositiveSmallIntegerField(_("reading time in minutes"))

    class Meta:
        verbose_name = _("tutorial")
        verbose_name_plural = _("tutorials")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(markdown=""), name="tutorial_not_empty"),
            models.CheckConstraint(
                condition=models.Q(LessThanOrEqual(Length("markdown"), TUTORIAL_MAX_CHARACTERS)),
                name="tutorial_not_endless",
            ),
        ]

    def __str__(self) -> str:
        return self.markdown[:60]
