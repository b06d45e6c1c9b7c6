"""Drawing a roadmap: bytes and milliseconds for 43, 120 and 300 concepts.

Beside it, what the same takes when every title is long and Chinese, and so has to be cut. Of many
runs the median, in processor time: it is arithmetic.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from learning.roadmap.picture import StageNode
from tests.learning.roadmap.scenes import ORDINARY, draw, make_way

ROUNDS = 50
MOST_MILLISECONDS = 8.0
MOST_BYTES = 420
LONG = "从零开始学习如何设计、编写、测试和部署一个可靠的网络应用程序" * 6


def main() -> dict[str, Any]:
    figures = {
        f"{concepts}{name}": _measure(make_way(concepts, in_work=2, title=title))
        for concepts in (43, 120, 300)
        for name, title in {"": ORDINARY, "_long": LONG}.items()
    }
    for name, figure in figures.items():
        assert figure["milliseconds"] <= MOST_MILLISECONDS, (name, figure)
        if not name.endswith("_long"):
            assert figure["bytes_a_concept"] <= MOST_BYTES, (name, figure)
    return figures


def _measure(stages: list[StageNode]) -> dict[str, float]:
    took = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        svg = draw(stages)
        took.append(time.process_time() - begun)
    nodes = [node for stage in stages for part in stage.modules for node in part.concepts]
    addresses = sum(len(node.address) for node in nodes if node.address in svg)
    return {
        "milliseconds": round(1_000 * statistics.median(took), 2),
        "bytes_a_concept": round((len(svg.encode()) - addresses) / len(nodes), 1),
    }
