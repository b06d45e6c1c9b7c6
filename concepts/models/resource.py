from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from concepts.bounds import LINE_MAX_CHARACTERS, WEB_ADDRESS_MAX_CHARACTERS
from concepts.models.artifact import ArtifactVersion
from roadmaps.bounds import LANGUAGE_TAG_MAX_CHARACTERS


class ResourceKind(models.TextChoices):
    """`concepts.content.ResourceKindName`, in words for people."""

    DOCS = "docs", _("documentation")
    ARTICLE = "article", _("article")
    VIDEO = "video", _("video")
    BOOK = "book", _("book")
    COURSE = "course", _("course")
    TOOL = "tool", _("tool")
    EXERCISE = "exercise", _("exercise")


class Resource(models.Model):
    """A link worth following; `url_canonical` is what makes two spellings one link."""

    version = models.ForeignKey(ArtifactVersion, on_delete=models.CASCADE, related_name="resources")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=LINE_MAX_CHARACTERS)
    url = models.URLField(_("address"), max_length=WEB_ADDRESS_MAX_CHARACTERS)
    url_canonical = models.CharField(_("canonical address"), max_length=WEB_ADDRESS_MAX_CHARACTERS)
    kind = models.CharField(_("kind"), max_length=16, choices=ResourceKind.choices)
    language = models.CharField(_("language"), max_length=LANGUAGE_TAG_MAX_CHARACTERS)
    why = models.TextField(_("why it is worth reading"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    is_free = models.BooleanField(_("free of charge"), default=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering: ClassVar = ["version_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "position"], name="resource_position_unique"
            ),
            models.UniqueConstraint(fields=["version", "url_canonical"], name="resource_unique"),
            models.CheckConstraint(
                condition=models.Q(url__startswith="https://")
                | models.Q(url__startswith="http://"),
                name="resource_is_web_address",
            ),
        ]

    def __str__(self) -> str:
        return self.title
