"""The grammar of a tutorial on the page: checks to take home, and drawings of what is built in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client

from concepts.content import ArtifactKind, TutorialContent
from concepts.drafts import content_hash_of
from concepts.markdown.rendering import render_markdown
from concepts.models import ArtifactVersion, Tutorial
from generation.models import GenerationRun
from generation.providers.catalogue import (
    CatalogueRoadmap,
    find_roadmap,
    load_catalogue,
    read_tutorial,
)
from learning.concept import figures
from roadmaps.models import Visibility
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, concept_page, make_ready
from tests.visitors import VISITORS, make_visitors

pytestmark = pytest.mark.django_db

CODE = "assert tied()  # <script>\n"
TEXT = f"""## Tying

![Two turns](figure:turns)

### Exercise 1: Tie it

#### Check

```python
{CODE}```
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0"/></svg>'


@pytest.fixture(autouse=True)
def nothing_is_kept() -> Iterator[None]:
    caches["texts"].clear()
    yield
    caches["texts"].clear()


def make_run(visibility: Visibility = Visibility.PUBLIC, **options: object) -> GenerationRun:
    content = {("c02", ArtifactKind.TUTORIAL): TutorialContent(markdown=TEXT)}
    provider = QuickProvider(make_outline(4), content=content)
    return make_ready(provider, visibility=visibility, **options)  # type: ignore[arg-type]  # an owner


def check_of(run: GenerationRun, number: object = 1, key: str = "c02") -> str:
    slug = concept_page(run, key).strip("/").split("/")[-1]
    return f"{run.roadmap.get_absolute_url()}-/check/{slug}/{number}/"


def test_a_check_is_a_link_and_a_file_of_text_that_no_browser_runs(client: Client) -> None:
    run = make_run()
    page = Page(client.get(concept_page(run)).content.decode())
    assert check_of(run) in page.links()
    answer = client.get(check_of(run))
    assert answer.content.decode() == CODE
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="exercise-1.py"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("number", [0, 2, 9_999_999_999, "1" * 5_000, "x", -1])
def test_a_check_that_is_not_there_is_not_found(client: Client, number: object) -> None:
    run = make_run()
    assert client.get(check_of(run, number)).status_code == 404
    assert client.get(check_of(run, 1, "c01")).status_code == 404


@pytest.mark.parametrize("visitor", VISITORS)
def test_a_check_is_there_for_those_who_see_the_roadmap(visitor: str) -> None:
    visitors = make_visitors()
    run = make_run(Visibility.PRIVATE, owner=visitors.alice)
    expected = 200 if visitor in {"alice", "staff"} else 404
    assert visitors.client(visitor).get(check_of(run)).status_code == expected


def test_a_text_without_a_check_has_no_link(client: Client) -> None:
    page = client.get(concept_page(make_run(), "c01")).content.decode()
    assert "/-/check/" not in page


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A built-in roadmap whose tutorial is TEXT, with a drawing beside it."""
    (tmp_path / "concepts").mkdir()
    (tmp_path / "figures").mkdir()
    file = tmp_path / "concepts" / "c02.md"
    file.write_text(f"---\nreviewed: 2026-01-01\n---\n{TEXT}", encoding="utf-8")
    (tmp_path / "figures" / "turns.svg").write_text(SVG, encoding="utf-8")
    known = load_catalogue()[0]
    ours = CatalogueRoadmap(tmp_path, known.outline, known.goals, known.reviewed)
    monkeypatch.setattr(figures, "load_catalogue", lambda: (ours,))
    forget = (figures._shipped_with_figures.cache_clear, figures._draw_all.cache_clear)
    for one in forget:
        one()
    yield tmp_path
    for one in forget:
        one()


def as_shipped(run: GenerationRun) -> None:
    shown = content_hash_of(TutorialContent(markdown=TEXT.strip()))
    Tutorial.objects.filter(markdown=TEXT).update(markdown=TEXT.strip())
    ArtifactVersion.objects.filter(tutorial__markdown=TEXT.strip()).update(
        provider="catalogue", content_hash=shown
    )


def drawings(client: Client, run: GenerationRun) -> int:
    caches["texts"].clear()
    page = Page(client.get(concept_page(run)).content.decode())
    return [attributes.get("aria-label") for _, attributes in page.tags].count("Two turns")


def test_what_is_built_in_is_shown_with_its_drawings(client: Client, shipped: Path) -> None:
    run = make_run()
    as_shipped(run)
    assert drawings(client, run) == 1


def test_a_drawing_is_only_for_the_catalogue_and_only_for_what_it_ships(
    client: Client, shipped: Path
) -> None:
    run = make_run()
    assert drawings(client, run) == 0  # a model wrote the same words
    as_shipped(run)
    ArtifactVersion.objects.filter(provider="catalogue").update(content_hash="0" * 64)
    assert drawings(client, run) == 0  # the catalogue, but not what is shipped
    as_shipped(run)
    ArtifactVersion.objects.filter(provider="catalogue").update(provider="openai")
    assert drawings(client, run) == 0  # the hash alone is no proof
    assert "Two turns" in client.get(concept_page(run)).content.decode()


def test_a_drawing_that_is_refused_leaves_its_description(client: Client, shipped: Path) -> None:
    run = make_run()
    as_shipped(run)
    (shipped / "figures" / "turns.svg").write_text(SVG.replace("<path", "<script"), "utf-8")
    assert drawings(client, run) == 0
    assert "<p>Two turns</p>" in client.get(concept_page(run)).content.decode()


def test_every_drawing_that_is_shipped_can_be_shown() -> None:
    for roadmap in load_catalogue():
        folder = roadmap.folder / "figures"
        assert {file.stem for file in folder.glob("*.svg")} == figures._draw_all(folder).keys()


def test_a_figure_of_the_built_in_roadmap_is_drawn_for_readers_of_copies_too() -> None:
    """The one of what is really shipped: by its hash, which a copy keeps."""
    roadmap = find_roadmap("Python web development")
    assert roadmap is not None
    markdown = read_tutorial(roadmap.folder / "concepts" / "cookies.md").markdown
    drawn = figures.figures_of("catalogue", content_hash_of(TutorialContent(markdown=markdown)))
    html = render_markdown(markdown, drawn)
    assert (
        html.count('<figure class="figure"><svg role="img" aria-label="Browser and server, ') == 1
    )
    assert "<figcaption>The server says it once." in html


def test_a_model_brings_no_figure_in_and_programs_read_what_it_would_have_shown(
    client: Client, shipped: Path
) -> None:
    run = make_run()
    concept = run.roadmap.concepts.get(outline_key="c02")
    told = client.get(f"/api/v1/roadmaps/{run.roadmap_id}/concepts/{concept.stable_key}").json()
    assert "![Two turns](figure:turns)" in told["tutorial"]["markdown"]
    assert "<p>Two turns</p>" in told["tutorial"]["html"]
    assert "<svg" not in told["tutorial"]["html"]
