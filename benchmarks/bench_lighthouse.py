"""What Lighthouse says of the public pages: home, a roadmap, a concept.

Of three looks the median, as a phone on a slow line would see them (Lighthouse's own default).
Lighthouse comes from npm, and `.ci/run` shows how; Chromium is the system's.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

from screenshots.cast import make_cast
from screenshots.shots import list_shots
from screenshots.site import open_database, open_site

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ROOT / ".cairn/tools/node_modules/lighthouse/cli/index.js"
CHROMIUM = Path("/usr/bin/chromium")
LOOKS = 3
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 95}
PAGES = {"home": "home", "roadmap": "roadmap-ready", "concept": "concept-ready"}


def main() -> dict[str, Any]:
    node = shutil.which("node")
    if node is None or not PROGRAM.exists():
        return {"skipped": "lighthouse is not installed (.ci/run shows how)"}
    if not CHROMIUM.exists():
        return {"skipped": "chromium is not installed"}
    figures = _measure(node)
    low = {
        page: {name: score for name, score in scores.items() if score < LEAST[name]}
        for page, scores in figures.items()
    }
    assert not any(low.values()), (low, figures)
    return figures


def _measure(node: str) -> dict[str, dict[str, float]]:
    with open_database():
        addresses = {shot.name: shot.address for shot in list_shots(make_cast())}
        with open_site() as site:
            return {
                page: _median([_look(node, site + addresses[shot]) for _ in range(LOOKS)])
                for page, shot in PAGES.items()
            }


def _look(node: str, address: str) -> dict[str, float]:
    """Scores of 100 by category."""
    command = [node, str(PROGRAM), address, "--quiet", "--output=json", "--output-path=stdout"]
    options = [
        f"--only-categories={','.join(LEAST)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        "--no-enable-error-reporting",
    ]
    answer = subprocess.run(  # noqa: S603 - our own program, and an address of ours
        [*command, *options],
        env=os.environ | {"CHROME_PATH": str(CHROMIUM)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=180,
    )
    report = json.loads(answer.stdout)
    assert "runtimeError" not in report, report["runtimeError"]
    return {name: round(100 * report["categories"][name]["score"]) for name in LEAST}


def _median(looks: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(look[name] for look in looks) for name in LEAST}
