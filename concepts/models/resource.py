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


class LinkState(models.TextChoices):
    """What was found when a link was followed last."""

    UNCHECKED = "unchecked", _("link not checked yet")
    WORKS = "works", _("link works")
    MOVED = "moved", _("link has moved, and works")
    RESTRICTED = "restricted", _("link opens for some only")
    DEAD = "dead", _("link does not open any more")


class Resource(models.Model):
    """A link worth following; `url_canonical` is what makes two spellings one link.

    `state` and `checked_at` change together, and are all that changes of a version's rows.
    """

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
    state = models.CharField(
        _("state of the link"),
        max_length=16,
        choices=LinkState.choices,
        default=LinkState.UNCHECKED,
        db_default=LinkState.UNCHECKED,
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=models.Q(state__in=LinkState.values), name="resource_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=LinkState.UNCHECKED, checked_at__isnull=True)
                | models.Q(~models.Q(state=LinkState.UNCHECKED), checked_at__isnull=False),
                name="resource_state_has_a_day",
            ),
        ]
        indexes: ClassVar = [
            # Few of very many, for the staff.
            models.Index(
                fields=["state", "-id"],
                condition=~models.Q(state__in=[LinkState.UNCHECKED, LinkState.WORKS]),
                name="resource_of_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title
