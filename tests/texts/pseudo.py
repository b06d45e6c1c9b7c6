"""A language that puts every text between brackets, Django's own texts included.

What a page then shows outside of brackets is content, or was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation
from django.utils.safestring import SafeData, mark_safe

OPEN, CLOSE = "⟦", "⟧"
# What people read of an element beside its text.
READ = ("title", "alt", "aria-label", "placeholder", "data-done", "data-copied", "data-label")
SILENT = {"script", "style", "code", "pre", "template"}
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
# What parts one text from another on a page.
_BETWEEN = re.compile(f"{OPEN}|[·›|]")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, in this process."""
    real: Any = vars(translation)["_trans"]

    def bracketed(text: str) -> str:
        # An empty text is the header of a catalogue.
        marked = f"{OPEN}{text}{CLOSE}" if text else text
        return mark_safe(marked) if isinstance(text, SafeData) else marked  # noqa: S308 - as Django

    def plural(one: str, many: str, number: int) -> str:
        return bracketed(one if number == 1 else many)

    monkeypatch.setattr(real, "gettext", bracketed, raising=False)
    monkeypatch.setattr(real, "ngettext", plural, raising=False)
    monkeypatch.setattr(real, "pgettext", lambda _, text: bracketed(text), raising=False)
    monkeypatch.setattr(real, "npgettext", lambda _, *rest: plural(*rest), raising=False)


class Said(HTMLParser):
    """All that a page says: its texts, and what is read of attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self._run = ""
        self.feed(html)
        self.close()
        self._end_run()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_run_at(tag)
        self._silent += tag in SILENT
        given = {name: value or "" for name, value in attrs}
        self.texts += [given[name] for name in READ if name in given]
        if tag == "meta" and given.get("name") == "description":
            self.texts.append(given.get("content", ""))
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self.texts.append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._end_run_at(tag)
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._run += data

    def _end_run_at(self, tag: str) -> None:
        """Words that only an inline mark parts stand in one pair of brackets."""
        if tag not in {"strong", "em", "b", "i", "kbd"}:
            self._end_run()

    def _end_run(self) -> None:
        self.texts.append(self._run)
        self._run = ""


def untranslated(html: str, content: Iterable[str]) -> list[str]:
    """What stands outside of brackets, is made of words, and is none of the content."""
    known = _squeeze("\n".join(content))
    found = []
    for text in Said(html).texts:
        for rest in _BETWEEN.split(_outside(_squeeze(text))):
            words = rest.strip(" .,:;–—-()“”0123456789%/")
            if _LETTERS.search(words) and words not in known:
                found.append(words)
    return found


def _outside(text: str) -> str:
    """A bracket is left where a text was taken out."""
    while (shorter := _INNERMOST.sub("\x00", text)) != text:
        text = shorter
    return text.replace("\x00", OPEN)


def _squeeze(text: str) -> str:
    return " ".join(text.split())
