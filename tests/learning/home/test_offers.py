"""The first page: what may be asked for, what one was at, and what it costs to show."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as configured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from generation.models import GenerationRun
from generation.providers.catalogue import load_catalogue
from learning.models import Learner
from roadmaps.models import Roadmap, Visibility
from tests.generation.cast import make_outline
from tests.learning.library import Page, QuickProvider, make_ready
from tests.learning.progress.cast import mark
from tests.visitors import make_visitors

pytestmark = pytest.mark.django_db

TITLES = [roadmap.outline.title for roadmap in load_catalogue()]
LANGUAGES = {one.outline.title: one.outline.language for one in load_catalogue()}
VARIABLES = ("LLM_", "CONTENT_PROVIDER", ".env")


@pytest.fixture
def mira(client: Client) -> Learner:
    user = User.objects.create_user("mira@knots.example", "rope-and-twine")
    client.force_login(user)
    return Learner.objects.create(user=user)


def home(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def with_model(settings: Settings) -> None:
    settings.CONTENT_PROVIDER = "openai"
    settings.LLM_MODEL = "rope-1"


def test_without_a_model_it_says_so_before_anybody_types_and_shows_what_is_built_in(
    client: Client,
) -> None:
    page = home(client)
    said, field = page.index("not written to order on this site"), page.index('name="goal"')
    assert said < field
    for title in TITLES:
        assert f'<button form="offer" name="goal" value="{title}">' in page
        assert f'value="{title}"' in home(client, f"/?goal={title}")


def test_with_a_model_examples_fill_the_form_and_nothing_is_said_of_limits(
    client: Client, with_model: None
) -> None:
    page = home(client)
    assert "not written to order" not in page
    assert all(f"/?goal={quote(title, safe='')}" in Page(page).links() for title in TITLES[:4])


@pytest.mark.parametrize("who", ["anonymous", "alice", "staff"])
def test_staff_alone_read_how_a_model_is_configured(who: str) -> None:
    client = make_visitors().client(who)
    goals = ("Watercolour painting", "Python web", "Python web development")
    refused = [client.post("/", {"goal": goal, "level": "advanced"}) for goal in goals]
    for page in [home(client), *(answer.content.decode() for answer in refused)]:
        assert ("LLM_BASE_URL" in page) is (who == "staff")
        assert any(word in page for word in VARIABLES) is (who == "staff")


def test_a_refused_goal_says_in_a_learners_words_what_can_be_had(client: Client) -> None:
    page = client.post("/", {"goal": "Watercolour painting"}).content.decode()
    assert "“Watercolour painting” is not built in" in page
    near = client.post("/", {"goal": "Python web"}).content.decode()
    assert "the closest built-in roadmap is “Python web development”" in near


def test_one_field_is_seen_first_and_the_rest_is_folded_but_there(client: Client) -> None:
    page = home(client)
    form = page.split('class="goal"')[1].split("</form>")[0]
    before, _, folded = form.partition('<details class="wishes">')
    assert 'name="goal"' in before
    for name in ("level", "language", "hours_per_week", "target_date"):
        assert f'name="{name}"' in folded
        assert f'name="{name}"' not in before


@pytest.mark.parametrize(
    "wish", [{"hours_per_week": "0"}, {"target_date": "2020-01-01"}, {"language": "xx"}]
)
def test_a_mistake_in_what_is_folded_opens_it(client: Client, wish: dict[str, str]) -> None:
    answer = client.post("/", {"goal": TITLES[0]} | wish)
    assert answer.status_code == 422
    assert '<details class="wishes" open>' in answer.content.decode()
    assert not Roadmap.objects.exists()


def test_language_and_day_reach_the_run(client: Client) -> None:
    day = timezone.localdate() + timedelta(days=300)
    wishes = {"language": "en", "target_date": day.isoformat(), "hours_per_week": "6"}
    assert client.post("/", {"goal": TITLES[0]} | wishes).status_code == 302
    run = GenerationRun.objects.select_related("roadmap").get()
    assert run.options["language"] == "en"
    assert run.roadmap.target_date == day


def test_what_one_learned_in_last_is_at_the_top_whoever_made_it(
    client: Client, mira: Learner
) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    one, two, *_ = run.roadmap.concepts.order_by("position")
    assert "data-next" not in home(client)
    mark(mira, one)
    top = home(client).split("data-next")[1].split("</p>")[0]
    assert f"{run.roadmap.get_absolute_url()}{two.slug}/" in Page(f"<p {top}").links()
    assert "1 of 4 behind you" in top


def test_what_one_may_not_see_any_more_is_not_at_the_top(client: Client, mira: Learner) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    mark(mira, run.roadmap.concepts.order_by("position")[0])
    Roadmap.objects.update(visibility=Visibility.PRIVATE)
    page = home(client)
    assert "data-next" not in page
    assert run.roadmap.get_absolute_url() not in page


def test_one_s_own_show_the_number_that_progress_is_everywhere_and_what_comes_next(
    client: Client, mira: Learner
) -> None:
    run = make_ready(QuickProvider(make_outline(6)), owner=mira.user, visibility=Visibility.PRIVATE)
    one, two, three, *_ = run.roadmap.concepts.order_by("position")
    mark(mira, one)
    mark(mira, two)
    own = home(client).split('id="own"')[1].split("</section>")[0]
    assert "2 of 6 behind you (33%)" in own
    assert "Continue with <span" in own
    assert f"{run.roadmap.get_absolute_url()}{three.slug}/" in Page(own).links()
    assert "2 of 6 behind you" in client.get(run.roadmap.get_absolute_url()).content.decode()


def test_each_roadmap_in_a_list_has_its_picture_filled_as_far_as_one_is(
    client: Client, mira: Learner
) -> None:
    run = make_ready(QuickProvider(make_outline(4)))
    make_ready(QuickProvider(make_outline(8)))
    for concept in run.roadmap.concepts.all():
        mark(mira, concept)
    public = home(client).split('id="public"')[1]
    pictures = public.split('<svg class="card-way"')[1:]
    assert len(pictures) == 2
    assert ['class="open"' in one for one in pictures] == [True, False]


@pytest.mark.parametrize("roadmaps", [1, 8])
def test_the_first_page_costs_eight_queries_however_many_roadmaps_there_are(
    client: Client, mira: Learner, roadmaps: int
) -> None:
    for _ in range(roadmaps):
        run = make_ready(QuickProvider(make_outline(4)), owner=mira.user)
        mark(mira, run.roadmap.concepts.order_by("position")[0])
    with CaptureQueriesContext(connection) as asked:
        page = home(client)
    assert page.count("Continue with") == 2 * roadmaps  # one's own are public, too
    assert len(asked) == 8


def test_the_first_page_tells_what_it_is_to_those_who_share_it(client: Client) -> None:
    metas = [meta for tag, meta in Page(home(client)).tags if tag == "meta"]
    told = {meta.get("property") or meta.get("name"): meta.get("content") for meta in metas}
    assert told["og:url"] == configured.SITE_URL + "/"
    assert told["description"] == told["og:description"]
    assert len(told["description"] or "") > 50


def written(title: str, owner: User | None) -> Roadmap:
    roadmap = Roadmap.objects.create(
        title=title,
        slug=f"{title.lower().replace(' ', '-')}-{owner}",
        language="en",
        owner=owner,
        visibility=Visibility.PUBLIC,
        goal=title,
        goal_key=title.lower(),
    )
    GenerationRun.objects.create(roadmap=roadmap, state="ready", provider="catalogue")
    return roadmap


def test_what_is_built_in_and_written_already_is_read_not_asked_for(client: Client) -> None:
    roadmap = written(TITLES[0], owner=None)
    page = home(client)
    offered = page.partition('id="offers"')[2].partition("</section>")[0]
    assert f'value="{TITLES[0]}"' not in offered
    assert offered.count("Ask for this") == len(TITLES) - 1
    assert roadmap.get_absolute_url() in Page(page.partition('id="public"')[2]).links()


def test_what_is_built_in_stands_once_on_the_page(client: Client) -> None:
    for title, language in LANGUAGES.items():
        roadmap = written(title, owner=None)
        Roadmap.objects.filter(pk=roadmap.pk).update(language=language)
    page = home(client)
    assert 'id="offers"' not in page
    assert [page.count(f">{title}</") for title in TITLES] == [1] * len(TITLES)
    # Above what a search has found there is none of the rest.
    assert 'id="offers"' not in home(client, f"/?q={quote(TITLES[0])}")


@pytest.mark.parametrize("wish", [{}, {"level": "LEVEL"}, {"language": "LANGUAGE"}])
def test_asked_for_by_any_name_what_is_built_in_is_opened_and_not_copied(
    client: Client, wish: dict[str, str]
) -> None:
    built_in = load_catalogue()[0]
    roadmap = written(TITLES[0], owner=None)
    Roadmap.objects.filter(pk=roadmap.pk).update(language=built_in.outline.language)
    said = {"LEVEL": built_in.outline.level, "LANGUAGE": built_in.outline.language}
    answer = client.post(
        "/", {"goal": built_in.goals[-1]} | {name: said[one] for name, one in wish.items()}
    )
    assert answer.headers["Location"] == roadmap.get_absolute_url()
    assert Roadmap.objects.count() == 1


@pytest.mark.parametrize("change", [{"visibility": Visibility.PRIVATE}, {"is_readable": False}])
def test_what_is_not_there_for_all_to_read_is_written_for_whoever_asks(
    client: Client, change: dict[str, object]
) -> None:
    written(TITLES[0], owner=None)
    Roadmap.objects.update(**change, language=LANGUAGES[TITLES[0]])
    assert client.post("/", {"goal": load_catalogue()[0].goals[-1]}).status_code == 302
    assert Roadmap.objects.count() == 2


def test_whoever_has_a_pace_of_their_own_gets_a_copy(client: Client) -> None:
    written(TITLES[0], owner=None)
    Roadmap.objects.update(language=LANGUAGES[TITLES[0]])
    client.post("/", {"goal": TITLES[0], "hours_per_week": "6"})
    assert Roadmap.objects.filter(hours_per_week=6).count() == 1


def test_an_offer_never_leads_to_somebodys_roadmap_of_the_same_name(client: Client) -> None:
    written(TITLES[0], owner=User.objects.create_user("eve@knots.example", "rope-and-twine"))
    offered = home(client).partition('id="offers"')[2].partition("</section>")[0]
    assert offered.count("Ask for this") == len(TITLES)
