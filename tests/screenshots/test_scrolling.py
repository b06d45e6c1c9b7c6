"""What is moved sideways can be moved by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
_SCROLLED = re.compile(r'<div class="(?:scroll|log)"[^>]*>')


def test_every_box_that_scrolls_can_be_focused_and_has_a_name() -> None:
    boxes = [
        (path.name, box)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for box in _SCROLLED.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(boxes) > 5
    nameless = [
        (file, box)
        for file, box in boxes
        if 'tabindex="0"' not in box or "role=" not in box or "aria-label" not in box
    ]
    assert nameless == []
