"""The texts of the interface and their translations, without GNU gettext.

    python -m config.texts

brings `locale/*/LC_MESSAGES/django.po` up to date with the code and the templates, compiles them to
`.mo`, and lists what is not translated. It ends with 1 if something is not. Both files are in the
repository, so a server needs neither this nor Babel (which is in requirements/dev.in).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
APPS = ("accounts", "concepts", "config", "connection_budget", "generation", "learning", "roadmaps")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
HEADER = "# Texts of the interface. Made by `python -m config.texts`; people fill in msgstr."

_EVER = datetime(2026, 1, 1, tzinfo=UTC)

Found = tuple[str | tuple[str, ...], str | None, str]


def read_texts() -> Catalog:
    """All that the code and the templates say, with the files that say it."""
    catalog = Catalog(charset="utf-8")
    for text, context, place in sorted(_find_texts(), key=lambda found: found[2]):
        catalog.add(text, locations=[(place, 0)], context=context)
    return catalog


def _find_texts() -> Iterator[Found]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield from _extract(path, path.read_bytes())
    for path in sorted((ROOT / "templates").rglob("*.html")):
        # Of a template all is blanked out but its texts, which stand there as calls. In one line:
        # indentation means nothing in it.
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        yield from _extract(path, calls.replace("\n", " ").encode())


def _extract(path: Path, source: bytes) -> Iterator[Found]:
    place = path.relative_to(ROOT).as_posix()
    for _line, text, _comments, context in extract("python", BytesIO(source), keywords=KEYWORDS):
        yield text, context, place


def list_catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], charset="utf-8")


def renew(known: Catalog, texts: Catalog) -> Catalog:
    """What is said now, with the translations there are. Nothing is guessed or kept."""
    fresh = Catalog(locale=known.locale, charset="utf-8", header_comment=HEADER)
    for message in texts:
        if not message.id:
            continue
        old = known.get(message.id, message.context)
        fits = old is not None and isinstance(old.string, str) == isinstance(message.id, str)
        fresh.add(
            message.id,
            old.string if old is not None and fits else None,
            locations=sorted(set(message.locations)),
            flags=message.flags,
            context=message.context,
        )
    return fresh


def list_missing(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id and not _is_translated(message)]


def _is_translated(message: Message) -> bool:
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(said) and all(said) and not message.fuzzy


def write_text(catalogue: Catalog) -> bytes:
    """Without dates: the same texts make the same file."""
    file = BytesIO()
    write_po(file, catalogue, sort_output=True, include_lineno=False, omit_header=True, width=96)
    plural = catalogue.plural_forms
    head = f'{HEADER}\nmsgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f'{head}"Plural-Forms: {plural}\\n"\n\n'.encode() + file.getvalue().lstrip(b"\n")


def compile_catalogue(catalogue: Catalog) -> bytes:
    """The same bytes whenever it is done."""
    file = BytesIO()
    still = Catalog(
        locale=catalogue.locale, charset="utf-8", creation_date=_EVER, revision_date=_EVER
    )
    for message in catalogue:
        if message.id and _is_translated(message):
            still.add(message.id, message.string, context=message.context)
    write_mo(file, still)
    return file.getvalue()


def main() -> int:
    texts, missing = read_texts(), 0
    for path in list_catalogues():
        catalogue = renew(read_catalogue(path), texts)
        path.write_bytes(write_text(catalogue))
        path.with_suffix(".mo").write_bytes(compile_catalogue(catalogue))
        for message in list_missing(catalogue):
            missing += 1
            places = ", ".join(sorted({place for place, _line in message.locations}))
            sys.stdout.write(f"{path.parts[-3]}: {message.id!r} ({places})\n")
    sys.stdout.write(f"{len(texts)} texts, {missing} translations missing\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
