"""The list of public roadmaps in pages, and its search."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from generation.models import GenerationRun
from learning.home.views import OWN_ON_A_PAGE, ROADMAPS_ON_A_PAGE
from roadmaps.makers import MADE_ROADMAPS
from roadmaps.models import Roadmap, Visibility
from tests.learning.library import Page

pytestmark = pytest.mark.django_db

BAD_NUMBERS = ("0", "-1", "1.5", "two", "", "²", "٣", str(10**30), "9" * 10_000, "1e3")
BAD_ENDS = ("", "x", "0-0", f"{10**16}-{'f' * 32}", f"{10**30}-{'f' * 32}", "7" * 10_000)


def list_roadmaps(titles: Sequence[str], *, ready: bool = True, **fields: object) -> list[Roadmap]:
    """One second for all of them: what is equally new needs an order, too."""
    common = {"goal": "knots", "goal_key": "knots", "visibility": Visibility.PUBLIC} | fields
    roadmaps = Roadmap.objects.bulk_create(
        Roadmap(title=title, slug=f"{common['goal']}-{number}-{uuid4().hex}", **common)
        for number, title in enumerate(titles)
    )
    Roadmap.objects.update(created_at=datetime(2026, 11, 26, tzinfo=UTC))
    if ready:
        GenerationRun.objects.bulk_create(
            GenerationRun(roadmap=roadmap, state="ready", provider="scripted")
            for roadmap in roadmaps
        )
    return roadmaps


def read(client: Client, address: str = "/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def titles_in(html: str, section: str = "public") -> list[str]:
    part = html.partition(f'id="{section}"')[2].partition("</section>")[0]
    links = r'<h3 dir="auto"><a [^>]*dir="auto">([^<]*)</a>'
    return [unescape(title) for title in re.findall(links, part)]


def search(client: Client, text: str) -> list[str]:
    answer = client.get("/", {"q": text})
    assert answer.status_code == 200
    return titles_in(answer.content.decode())


def linked(html: str, rel: str) -> str | None:
    found = [link for tag, link in Page(html).tags if tag == "a" and link.get("rel") == rel]
    return found[0]["href"] if found else None


def test_the_first_page_has_thirty_and_leads_to_the_next(client: Client) -> None:
    list_roadmaps([f"Knot {number}" for number in range(31)])
    page = read(client)
    assert len(titles_in(page)) == ROADMAPS_ON_A_PAGE == 30
    assert linked(page, "prev") is None
    assert len(titles_in(read(client, f"/{linked(page, 'next')}"))) == 1


def test_a_list_that_fits_one_page_offers_no_other(client: Client) -> None:
    list_roadmaps([f"Knot {number}" for number in range(30)])
    page = read(client)
    assert (linked(page, "next"), linked(page, "prev")) == (None, None)


def test_going_from_page_to_page_shows_every_roadmap_once(client: Client) -> None:
    roadmaps = list_roadmaps([f"Knot {number}" for number in range(65)])
    seen: list[str] = []
    address: str | None = ""
    while address is not None:
        page = read(client, f"/{address}")
        seen += titles_in(page)
        address = linked(page, "next")
    assert sorted(seen) == sorted(roadmap.title for roadmap in roadmaps)


def test_a_page_may_be_asked_for_by_its_number(client: Client) -> None:
    list_roadmaps([f"Knot {number}" for number in range(65)])
    by_number = [titles_in(read(client, f"/?page={number}")) for number in (1, 2, 3)]
    assert [len(titles) for titles in by_number] == [30, 30, 5]
    assert by_number[1] == titles_in(read(client, f"/{linked(read(client), 'next')}"))


def test_what_came_meanwhile_moves_nothing_on_the_next_page(client: Client) -> None:
    roadmaps = list_roadmaps([f"Knot {number}" for number in range(40)])
    first = read(client)
    newer = list_roadmaps(["Newer"], goal="newer")[0]
    Roadmap.objects.filter(pk=newer.pk).update(created_at=datetime(2027, 1, 1, tzinfo=UTC))
    second = titles_in(read(client, f"/{linked(first, 'next')}"))
    assert sorted(titles_in(first) + second) == sorted(roadmap.title for roadmap in roadmaps)


def test_the_way_back_leads_to_newer_ones(client: Client) -> None:
    list_roadmaps([f"Knot {number}" for number in range(65)])
    third = read(client, "/?page=3")
    second = read(client, f"/{linked(third, 'prev')}")
    assert titles_in(second) == titles_in(read(client, "/?page=2"))


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_number_that_is_none_is_the_first_page(client: Client, number: str) -> None:
    list_roadmaps(["Knot"])
    answer = client.get("/", {"page": number, "own": number})
    assert (answer.status_code, titles_in(answer.content.decode())) == (200, ["Knot"])


@pytest.mark.parametrize("end", BAD_ENDS)
def test_an_end_that_is_none_does_no_harm(client: Client, end: str) -> None:
    list_roadmaps(["Knot"])
    answer = client.get("/", {"page_after": end, "own_after": end})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", [2, 21, 9999])
def test_a_page_behind_the_last_says_so_and_leads_back(client: Client, number: int) -> None:
    list_roadmaps(["Knot"])
    page = read(client, f"/?page={number}")
    assert titles_in(page) == []
    assert "There are no more of them." in page
    back = linked(page, "prev")
    assert back is not None


def test_one_s_own_come_in_pages_too(client: Client) -> None:
    alice = User.objects.create_user("alice@knots.example", "rope-and-twine")
    client.force_login(alice)
    list_roadmaps([f"Mine {n}" for n in range(15)], owner=alice, visibility=Visibility.PRIVATE)
    first = read(client)
    assert len(titles_in(first, "own")) == OWN_ON_A_PAGE
    assert len(titles_in(read(client, f"/{linked(first, 'next')}"), "own")) == 3


def test_what_an_anonymous_visitor_made_comes_in_pages_too(client: Client) -> None:
    made = list_roadmaps([f"Made {n}" for n in range(15)], visibility=Visibility.UNLISTED)
    session = client.session
    session[MADE_ROADMAPS] = [str(roadmap.pk) for roadmap in made]
    session.save()
    first = read(client)
    second = read(client, f"/{linked(first, 'next')}")
    assert len(titles_in(first, "own") + titles_in(second, "own")) == 15


TITLES = (
    *("Python web development", "机器学习入门", "C++ for the curious", "C and its compilers"),
    *("Node.js & TCP/IP", "Основы Python", "Café crème, naïvement", "ＦＵＬＬ width", "学习 Rust"),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("python", {"Python web development", "Основы Python"}),
        ("PYTH", {"Python web development", "Основы Python"}),
        ("development python", {"Python web development"}),
        ("学习", {"机器学习入门", "学习 Rust"}),
        ("器学", {"机器学习入门"}),
        ("习学", set()),
        ("入", {"机器学习入门"}),
        ("c++", {"C++ for the curious"}),
        ("js", {"Node.js & TCP/IP"}),
        ("tcp/ip", {"Node.js & TCP/IP"}),
        ("основы", {"Основы Python"}),
        ("CAFÉ", {"Café crème, naïvement"}),
        ("full", {"ＦＵＬＬ width"}),
        ("py\u200bthon\ufeff", {"Python web development", "Основы Python"}),
        ("\u202epython", {"Python web development", "Основы Python"}),
        ("cafe\u0301", {"Café crème, naïvement"}),
        ("%", set()),
        ("' OR 1=1 --", set()),
        ("C & compilers", {"C and its compilers"}),
        ("&", set()),
        ("🪢", set()),
    ],
)
def test_a_search_finds_titles(client: Client, text: str, found: set[str]) -> None:
    list_roadmaps(TITLES)
    assert set(search(client, text)) == found


def test_a_search_finds_only_what_is_public_and_ready(client: Client) -> None:
    list_roadmaps(["Secret knots"], goal="a", visibility=Visibility.PRIVATE)
    list_roadmaps(["Unlisted knots"], goal="b", visibility=Visibility.UNLISTED)
    list_roadmaps(["Unfinished knots"], goal="c", ready=False)
    assert search(client, "knots") == []


def test_what_is_not_found_is_told_with_its_words(client: Client) -> None:
    list_roadmaps(TITLES)
    text = '<b>"bowline"</b>'
    page = client.get("/", {"q": text}).content.decode()
    assert f"Nothing found for “{escape(text)}”" in page
    assert Page(page).offences == []


def test_the_search_is_a_labelled_form_that_works_without_a_script(client: Client) -> None:
    list_roadmaps(TITLES)
    page = read(client, "/?q=python")
    form = page.split('role="search"')[1].split("</form>")[0]
    assert '<label for="search">Search by title</label>' in form
    assert re.search(r'<input type="search" name="q" id="search" value="python"', form)


def test_pages_of_a_search_keep_what_was_searched(client: Client) -> None:
    list_roadmaps([f"Knot {number}" for number in range(31)] + ["Splice"] * 9)
    first = read(client, "/?q=knot")
    second = titles_in(read(client, f"/{linked(first, 'next')}"))
    assert len(second) == 1
    assert second[0].startswith("Knot")


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "学" * 10_000, "a b " * 3_000, "\ud800", "   ", "\\"]
)
def test_whatever_is_searched_the_page_comes(client: Client, text: str) -> None:
    list_roadmaps(TITLES)
    query = text.encode("utf-8", "surrogatepass").hex()
    encoded = "".join(f"%{query[i : i + 2]}" for i in range(0, len(query), 2))
    assert client.get(f"/?q={encoded}").status_code == 200
