"""Which drawings a tutorial may show: those shipped beside it, and only while it is as shipped."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import structlog

from concepts.drafts import content_hash_of
from concepts.markdown.figures import SCHEME, FigureRefused, draw_figure
from generation.providers.catalogue import CatalogueProvider, load_catalogue, read_tutorial

log = structlog.get_logger(__name__)

_NONE: Mapping[str, str] = MappingProxyType({})


def figures_of(provider: str, content_hash: str) -> Mapping[str, str]:
    """By name. Whoever says to be the catalogue and wrote something else gets none."""
    if provider != CatalogueProvider.name:
        return _NONE
    folder = _shipped_with_figures().get(content_hash)
    return _NONE if folder is None else _draw_all(folder)


@functools.cache
def _shipped_with_figures() -> dict[str, Path]:
    """Where the drawings of a tutorial are, by the hash of what is shipped."""
    folders: dict[str, Path] = {}
    for roadmap in load_catalogue():
        figures = roadmap.folder / "figures"
        if not figures.is_dir():
            continue
        for file in (roadmap.folder / "concepts").glob("*.md"):
            tutorial = read_tutorial(file)
            if f"]({SCHEME}" in tutorial.markdown:
                folders[content_hash_of(tutorial)] = figures
    return folders


@functools.cache
def _draw_all(folder: Path) -> Mapping[str, str]:
    drawn: dict[str, str] = {}
    for file in sorted(folder.glob("*.svg")):
        try:
            drawn[file.stem] = draw_figure(file.stem, file.read_text(encoding="utf-8"))
        except FigureRefused as refusal:
            log.warning("figure_refused", figure=file.name, error=str(refusal))
    return drawn
