from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from concepts.content import ArtifactKind, TutorialContent
from concepts.markdown.quiz_text import render_choice, render_stem
from concepts.markdown.rendering import RENDERER_VERSION
from concepts.models import ArtifactVersion, Choice, Concept, Question, Resource, Tutorial
from generation.models import GenerationRun
from generation.port.errors import ContentError
from generation.run_states import RunState
from generation.runs import lifecycle
from roadmaps.models import Module, Roadmap, Stage, Visibility
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, concept_page, make_ready, open_order

pytestmark = pytest.mark.django_db

HOSTILE = """
## Knots <script>alert("heading")</script>

<script>alert(1)</script> <img src=x onerror=alert(2)> <style>*{display:none}</style>

![a picture](https://evil.example/pixel.png) [click](javascript:alert(3))
[again](  JaVaScRiPt:alert(4)) <a href="javascript:alert(5)" onclick="alert(6)">link</a>

<iframe src="https://evil.example"></iframe> <svg onload=alert(7)>

```html
<script>alert("code")</script>
```
"""


def read(client: Client, run: GenerationRun, key: str = "c02") -> str:
    return client.get(concept_page(run, key)).content.decode()


def test_it_shows_everything_that_was_written(client: Client) -> None:
    page = read(client, make_ready())
    assert "The knot c02" in page
    assert "Tie it" in page
    assert '<h2 id="t-tying-c02">Tying c02</h2>' in page
    assert "What holds c02 1?" in page


def test_a_tutorial_is_shown_as_it_was_rendered_when_it_was_written(client: Client) -> None:
    run = make_ready()
    Tutorial.objects.update(html="<p>the stored row</p>")
    assert "<p>the stored row</p>" in read(client, run)


def test_a_tutorial_of_another_renderer_is_rendered_again(client: Client) -> None:
    run = make_ready()
    let_through = '<p><a href="mailto:a@b.example">write</a></p>'
    Tutorial.objects.update(html=let_through, renderer_version=RENDERER_VERSION - 1)
    page = read(client, run)
    assert let_through not in page
    assert '<h2 id="t-tying-c02">Tying c02</h2>' in page


def test_links_to_other_sites_are_marked_as_not_ours(client: Client) -> None:
    page = Page(read(client, make_ready()))
    resources = [link for tag, link in page.tags if "knots.example" in link.get("href", "")]
    assert len(resources) == 3
    assert {link["rel"] for link in resources} == {"nofollow noopener ugc"}


def test_it_leads_to_what_comes_before_and_after(client: Client) -> None:
    run = make_ready()
    page = read(client, run)
    assert f'rel="prev" href="{concept_page(run, "c01")}"' in page
    assert f'rel="next" href="{concept_page(run, "c03")}"' in page
    assert 'rel="prev"' not in read(client, run, "c01")
    assert 'rel="next"' not in read(client, run, "c04")


def test_what_it_requires_is_linked(client: Client) -> None:
    run = make_ready()
    page = read(client, run)
    requires = page.split('id="requires"')[1].split("</section>")[0]
    assert concept_page(run, "c01") in requires


def test_the_page_of_a_quiz_holds_no_key(client: Client) -> None:
    run = make_ready()
    Choice.objects.filter(is_correct=True).update(rationale="SECRET-RATIONALE")
    Question.objects.update(explanation="SECRET-EXPLANATION")
    page = read(client, run)
    assert "friction" in page
    assert "SECRET" not in page
    assert "correct" not in page.lower()


def test_the_key_is_not_even_read_from_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = concept_page(make_ready())
    with django_assert_num_queries(2) as captured:
        client.get(page)
    asked = [query["sql"] for query in captured.captured_queries]
    # Another one counts what was answered rightly.
    read_columns = " ".join(sql for sql in asked if "concepts_choice" in sql)
    assert '"text"' in read_columns
    for column in ("is_correct", "rationale", "explanation"):
        assert f'"{column}"' not in read_columns


def test_hostile_markup_in_a_tutorial_never_reaches_the_page(client: Client) -> None:
    content = {("c02", ArtifactKind.TUTORIAL): TutorialContent(markdown=HOSTILE)}
    page = Page(read(client, make_ready(QuickProvider(make_outline(4), content=content))))
    assert page.offences == []
    article = [tag for tag, _ in page.tags]
    assert article.count("img") == 1  # ours, in the header
    assert not {"iframe", "style", "svg"} & set(article)
    assert all("/static/js/" in link["src"] for tag, link in page.tags if tag == "script")
    assert not any("javascript" in link.lower() for link in page.links())


def test_hostile_markdown_in_a_quiz_never_reaches_the_page(client: Client) -> None:
    run = make_ready()
    hostile = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) [y](mailto:a@b.c) `ok`"
    Question.objects.update(stem=hostile)
    Choice.objects.update(text=Concat("text", Value(f" {hostile}")))
    page = Page(read(client, run))
    assert page.offences == []
    assert ("code", {}) in page.tags
    assert not any("mailto" in link for link in page.links())


def test_questions_and_choices_are_shown_as_they_were_written(client: Client) -> None:
    run = make_ready()
    Question.objects.update(stem="## Tying c02\n\nWhat is __init__?")
    Choice.objects.update(text=Concat(Value(r"# \d+\.\d+ *args "), "text"))
    page = read(client, run)
    assert "<p>## Tying c02</p>\n<p>What is __init__?</p>" in page
    assert r'<span dir="ltr"># \d+\.\d+ *args friction' in page


def test_a_quiz_is_rendered_once_however_often_it_is_read(client: Client) -> None:
    run = make_ready()
    read(client, run)
    rendered = [render_stem.cache_info().misses, render_choice.cache_info().misses]
    read(client, run)
    assert [render_stem.cache_info().misses, render_choice.cache_info().misses] == rendered


TITLE = "</title></h1><img src=x onerror=alert(1)>"
ATTRIBUTE = '" onfocus="alert(1)'


def test_what_a_model_calls_things_is_text_on_every_page(client: Client) -> None:
    run = make_ready()
    Roadmap.objects.update(title=TITLE, summary=TITLE, language=ATTRIBUTE)
    Stage.objects.update(title=TITLE, summary=TITLE)
    Module.objects.update(title=TITLE, summary=TITLE)
    Concept.objects.update(title=TITLE, summary=TITLE, objectives=[TITLE], keywords=[TITLE])
    Resource.objects.update(
        title=TITLE, why=TITLE, language=ATTRIBUTE, url=f"https://a.example/{ATTRIBUTE}"
    )
    for address in ("/", run.roadmap.get_absolute_url(), concept_page(run), run.get_absolute_url()):
        html = client.get(address).content.decode()
        assert "&lt;img src=x onerror=alert(1)&gt;" in html, address
        assert Page(html).offences == [], address


def test_it_says_who_wrote_it_and_that_nobody_reviewed_it(client: Client) -> None:
    run = make_ready()
    assert "Written by rope-1 on " in read(client, run)
    assert ", not reviewed" in read(client, run)


def test_what_is_built_in_says_what_was_done_to_it(client: Client) -> None:
    run = make_ready()
    Tutorial.objects.update(html="<pre><code>rope</code></pre>")
    ArtifactVersion.objects.update(origin="authored", reviewed_on=date(2026, 11, 23))
    assert read(client, run).count("Built in: code run, quizzes checked, read on 23 Nov 2026") == 1
    ArtifactVersion.objects.update(reviewed_on=None)
    assert read(client, run).count("Built in: code run, quizzes checked, not read yet") == 1


def test_no_code_is_said_to_be_run_where_there_is_none(client: Client) -> None:
    run = make_ready()
    ArtifactVersion.objects.update(origin="authored", reviewed_on=date(2026, 11, 23))
    assert read(client, run).count("Built in: quizzes checked, read on 23 Nov 2026") == 1
    ArtifactVersion.objects.update(reviewed_on=None)
    assert read(client, run).count("Built in: quizzes checked, not read yet") == 1


def test_a_day_is_told_as_the_language_of_the_interface_tells_it(client: Client) -> None:
    run = make_ready()
    ArtifactVersion.objects.update(origin="authored", reviewed_on=date(2026, 11, 23))
    for address in (concept_page(run), run.roadmap.get_absolute_url()):
        page = client.get(address, headers={"Accept-Language": "zh-hans"}).content.decode()
        assert "2026年11月23日" in page


def test_a_part_of_what_is_built_in_that_was_read_later_says_so_itself(client: Client) -> None:
    run = make_ready()
    ArtifactVersion.objects.update(origin="authored", reviewed_on=date(2026, 11, 23))
    ArtifactVersion.objects.filter(artifact__kind="quiz").update(reviewed_on=None)
    quiz = read(client, run).split('id="quiz"')[1]
    assert "quizzes checked, not read yet" in quiz


def test_what_models_wrote_says_of_each_part_who_wrote_it(client: Client) -> None:
    assert read(client, make_ready()).count('<p class="origin">Written by rope-1 on ') == 3


def test_what_is_missing_says_what_it_waits_for(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    run = GenerationRun.objects.get(pk=scribe.run_id)
    assert read(client, run).count("This is written next.") == 3
    scribe.claim(100)
    assert read(client, run).count(">This is being written now.") == 3


def test_what_failed_says_why(client: Client) -> None:
    fail = {("c02", ArtifactKind.QUIZ): ContentError("The rope was too short.")}
    page = read(client, make_ready(QuickProvider(make_outline(4), fail=fail)))
    assert "This could not be written: The rope was too short." in page


def test_what_a_stopped_run_left_out_says_so(client: Client) -> None:
    scribe = open_order()
    scribe.plan()
    lifecycle.stop_run(scribe.run_id, RunState.PAUSED, "The key was refused.")
    run = GenerationRun.objects.get(pk=scribe.run_id)
    page = read(client, run)
    assert page.count("Writing has stopped before this was its turn.") == 3
    assert "Nothing can be written here at the moment." in page
    assert "The key was refused." not in page


def test_a_public_lesson_tells_what_it_is_to_those_who_share_it(client: Client) -> None:
    run = make_ready()
    told = {
        meta.get("property") or meta.get("name"): meta.get("content")
        for tag, meta in Page(read(client, run)).tags
        if tag == "meta"
    }
    assert told["og:title"] == "The knot c02"
    assert told["description"] == told["og:description"] == "A knot."
    assert told["og:url"] == settings.SITE_URL + concept_page(run)
    assert "og:" not in read(client, make_ready(visibility=Visibility.UNLISTED))
