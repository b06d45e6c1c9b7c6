"""What is asked of a built-in roadmap beyond what is asked of all: by its ground, and by the
language that it is written in. A new roadmap gets a line in GROUNDS, a new language in TONGUES."""

from __future__ import annotations

import re
from dataclasses import dataclass

from concepts.languages.tags import primary_language
from generation.providers.catalogue import CatalogueRoadmap


@dataclass(frozen=True)
class Ground:
    """So many concepts and stages at least. Each lesson has blocks in the language `code`; where
    there is none, lessons have no code at all."""

    concepts: int
    stages: int
    code: str = ""


@dataclass(frozen=True)
class Tongue:
    """Lengths are in words, ideographs counting one each (`concepts.lint.tutorial.count_words`).

    `sitting`: a text before its exercises, code and all; `prose`: the whole without its code;
    `milestone`: what the heading of one holds, and how its conditions begin;
    `leaning`: how a rationale begins that leans on its neighbour's.
    """

    sitting: tuple[int, int]
    prose: int
    filler: re.Pattern[str]
    milestone: tuple[str, str]
    leaning: re.Pattern[str]


GROUNDS = {
    "python-web-development": Ground(concepts=55, stages=5, code="python"),
    "postgresql": Ground(concepts=24, stages=4, code="sql"),
    "machine-learning-zh": Ground(concepts=18, stages=4, code="python"),
    "spanish-for-travel": Ground(concepts=16, stages=4),
}
TONGUES = {
    "en": Tongue(
        sitting=(500, 1_400),
        prose=500,
        filler=re.compile(
            r"in this tutorial|in this (section|article|lesson|chapter)|let'?s dive|dive into"
            r"|delve|in today's|in conclusion|congratulations|happy coding"
            r"|it is important to note|it's worth noting|as we all know|simply put"
            r"|unlock the power|game.changer|seamless|leverage|robust",
            re.IGNORECASE,
        ),
        milestone=("Milestone", "accepted when"),
        leaning=re.compile(r"So (is|was|do|does|did|has|will) |(It|This|That), too\b|Likewise"),
    ),
    "zh": Tongue(
        sitting=(900, 3_000),
        prose=900,
        filler=re.compile(
            r"在本(教程|节|文|章|课)中|让我们(一起)?(深入|开始|来)|众所周知|值得注意的是|综上所述"
            r"|总而言之|总的来说|需要指出的是|不难发现|恭喜你|随着.{0,12}的(快速|飞速|不断)?发展"
            r"|赋能|抓手|闭环|一站式|干货"
        ),
        milestone=("里程碑", "验收"),
        leaning=re.compile("同样(是|也)|同上|这也|它也"),
    ),
}


def ground_of(roadmap: CatalogueRoadmap) -> Ground:
    return GROUNDS[roadmap.folder.name]


def tongue_of(roadmap: CatalogueRoadmap) -> Tongue:
    return TONGUES[primary_language(roadmap.outline.language)]
