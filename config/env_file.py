"""Text files of the environment: .env, and what <NAME>_FILE names. Read whole, or refused."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

# As editors and shells of Windows write files. UTF-32 comes first: it begins like UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)\s*=(.*)", re.DOTALL)
_COMMENT = re.compile(r"\s#")
_CLOSING = {"'": re.compile("'"), '"': re.compile(r'(?<!\\)"')}


def read_text(path: Path, name: str) -> str:
    """What a file says; `name` is what people call it. Raises ImproperlyConfigured."""
    try:
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from None
    encoding = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ImproperlyConfigured(f"{name} ({path}) is not text in UTF-8; save it as that.")
    return text


def parse_assignments(text: str, name: str) -> dict[str, str]:
    """NAME=value, a line each. Raises ImproperlyConfigured where a line is something else.

    The line itself is not told, for it may hold a secret.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(_LINE_ENDS.split(text), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        assignment = _ASSIGNMENT.fullmatch(stripped)
        if assignment is None:
            raise ImproperlyConfigured(
                f"Line {number} of {name} is neither NAME=value nor a comment (# …)."
            )
        values[assignment[1]] = _unquote(_without_comment(assignment[2]))
    return values


def _without_comment(value: str) -> str:
    """As Compose reads it: a # behind white space begins a comment, but within quotes."""
    stripped = value.strip()
    closing = _CLOSING.get(stripped[:1])
    end = closing.search(stripped, 1) if closing else None
    if end and stripped[end.end() :].lstrip().startswith("#"):
        return stripped[: end.end()]
    comment = None if end else _COMMENT.search(value)
    return value[: comment.start()].strip() if comment else stripped


def _unquote(value: str) -> str:
    """As django-environ does it: what stands in single quotes is meant as it is written."""
    if len(value) < 2 or value[0] != value[-1] or value[0] not in "'\"":
        return value
    inner = value[1:-1]
    return inner if value[0] == "'" else re.sub(r"\\([^rnt])", r"\1", inner)
