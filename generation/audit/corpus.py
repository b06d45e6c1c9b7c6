"""The corpus: items with the flaws that a careful reader finds in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# libyaml's, ten times as fast, where PyYAML was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HALVES = ("blind", "seen")
SORTS = ("quiz", "outlines", "tutorials")


@dataclass(frozen=True)
class Case:
    """`sort` is one of SORTS, `data` what its file says of it."""

    id: str
    half: str
    sort: str
    flaws: frozenset[str]
    data: dict[str, Any]


def load_corpus(root: Path) -> list[Case]:
    """Raises ValueError where the corpus is not what its README says."""
    cases = [case for half in HALVES for sort in SORTS for case in _load(root, half, sort)]
    if len({case.id for case in cases}) < len(cases):
        raise ValueError("two items of the corpus have one id")
    return cases


def _load(root: Path, half: str, sort: str) -> Iterator[Case]:
    for path in sorted((root / half / sort).glob("*.yaml")):
        # The loader is a safe one, whichever of the two it is.
        for data in yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader):  # noqa: S506 - see above
            if data["provenance"] != half:
                raise ValueError(f"{data['id']} stands in {half}/ and says {data['provenance']}")
            yield Case(data["id"], half, sort, frozenset(data["flaws"]), data)
