"""A learner's private note on a concept: saved by whoever read the newest, lost by nobody."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db import transaction
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from concepts.markdown.rendering import render_markdown
from concepts.models import Concept
from learning.models import NOTE_MAX_CHARACTERS, Learner, Note

_REVISION_MAX = 2**31 - 1
# A note's headings would bear the names of the tutorial's.
_ID = re.compile(r'(<h[2-6]) id="[^"<>]*"')


class NoteChanged(Exception):
    """Another window saved meanwhile; `note` is what it saved."""

    def __init__(self, note: Note) -> None:
        super().__init__(f"revision {note.revision}")
        self.note = note


class NoteForm(forms.Form):
    """`revision`: of the note that whoever writes has read; 0: of none."""

    markdown = forms.CharField(
        label=_("Your note"),
        help_text=_("Only you see it. Markdown works."),
        max_length=NOTE_MAX_CHARACTERS,
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 6, "dir": "auto"}),
    )
    revision = forms.IntegerField(min_value=0, max_value=_REVISION_MAX, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = "note-%s"
        # A browser would cut what is pasted, and say nothing.
        del self.fields["markdown"].widget.attrs["maxlength"]

    def clean_markdown(self) -> str:
        """Browsers send lines in two ways."""
        return str(self.cleaned_data["markdown"]).replace("\r\n", "\n").replace("\r", "\n")


def form_of(note: Note | None) -> NoteForm:
    said = (note.markdown, note.revision) if note else ("", 0)
    return NoteForm(initial=dict(zip(("markdown", "revision"), said, strict=True)))


@transaction.atomic
def save_note(learner: Learner, concept: Concept, markdown: str, revision: int) -> Note:
    """Raises NoteChanged. What is the same already is saved, however often it is sent."""
    note, _is_new = Note.objects.select_for_update().get_or_create(learner=learner, concept=concept)
    if note.markdown == markdown:
        return note
    if note.revision != revision:
        raise NoteChanged(note)
    note.markdown = markdown
    note.revision += 1
    note.save(update_fields=["markdown", "revision", "updated_at"])
    return note


def render_note(note: Note | None) -> SafeString:
    """Kept nowhere: it is one person's."""
    if note is None or not note.markdown.strip():
        return SafeString("")
    return SafeString(_ID.sub(r"\1", render_markdown(note.markdown)))
