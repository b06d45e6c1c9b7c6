"""What the documents say is so: their links lead somewhere, and their ceiling is one."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connection_budget.budget import WEB, Budget, Role

PACKAGE = Path(__file__).resolve().parents[3] / "connection_budget"
PAGES = [PACKAGE / "README.md", PACKAGE / "CHANGELOG.md", *sorted(PACKAGE.glob("docs/*.md"))]
LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_to_a_file_of_the_sdist(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).is_file()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES[2:], ids=lambda page: page.stem)
def test_every_document_is_found_from_the_readme(page: Path) -> None:
    assert f"docs/{page.name}" in (PACKAGE / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def most_pods() -> Any:
    """The function of the recipe, as it stands there."""
    recipes = (PACKAGE / "docs" / "recipes.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(def most_pods.*?)```", recipes, re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102 - our own document
    return names["most_pods"]


@pytest.mark.parametrize("max_connections", [60, 63, 64, 100, 300])
@pytest.mark.parametrize("surge", [0, 1])
def test_the_ceiling_of_an_autoscaler_is_the_last_that_fits(
    most_pods: Any, max_connections: int, surge: int
) -> None:
    web = Role("web", connections=4, processes=4, instances=2, kind=WEB)
    other = Role("mailer", connections=1, processes=3, kind=WEB)
    budget = Budget((web, other), max_connections=max_connections, operations_reserved=10)
    pods = most_pods(budget, "web", surge) + surge

    def with_pods(number: int) -> Budget:
        return replace(budget, roles=(replace(web, instances=number, processes=2 * number), other))

    assert (with_pods(pods).fits, with_pods(pods + 1).fits) == (True, False)
