"""axe-core, which finds what keeps people from using a page; `.ci/run` installs it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / ".cairn/tools/node_modules/axe-core/axe.min.js"
IS_MISSING = not PROGRAM.exists()
WHY_MISSING = "axe-core is not installed (.ci/run shows how)"
CONTRAST = "color-contrast"
_LOOK = """async ([context, options]) =>
  (await axe.run(context, {resultTypes: ['violations'], ...options}))
  .violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`))"""


def find_faults(
    page: Page, *, rules: Sequence[str] = (), but: Sequence[str] = (), beside: Sequence[str] = ()
) -> list[str]:
    """What axe finds wrong in the page, by its rules or by these only, but for some of them, and
    beside some elements (selectors)."""
    context = {"include": [["html"]], "exclude": [[selector] for selector in beside]}
    options: dict[str, Any] = {"rules": {name: {"enabled": False} for name in but}}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found: list[str] = page.evaluate(_LOOK, [context, options])
    return found
