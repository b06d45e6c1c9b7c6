from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from learning.roadmap.picture import MOST_CONCEPTS, WIDTH, ConceptNode, ModuleNode, StageNode, cut
from learning.roadmap.states import ConceptState
from tests.learning.library import Page
from tests.learning.roadmap.scenes import STATES, draw, make_way

TITLES = [
    "Relations between models",
    "机器学习入门：从线性代数到神经网络，再到大型语言模型的训练、对齐与部署实践指南",
    "مقدمة في تطوير تطبيقات الويب باستخدام بايثون وجانغو من الصفر إلى الإنتاج",
    "👩‍👩‍👧‍👦🏳️‍🌈🇩🇪🇫🇷👋🏽" * 20,
    "W" * 200,
    "e\u0301" * 150,
    "<script>alert(1)</script> & \"quotes\" 'and' more",
]


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def links(svg: str) -> list[ET.Element]:
    return [node for node in parse(svg).iter() if node.tag == "a"]


@pytest.mark.parametrize("concepts", [1, 2, 43, 120, 300])
def test_a_concept_costs_420_bytes_beside_its_address(concepts: int) -> None:
    svg = draw(make_way(concepts))
    hrefs = [link.attrib["href"] for link in links(svg)]
    addresses = sum(len(href) for href in hrefs if concepts < 43 or href.startswith("/"))
    frame = len(draw(make_way(0))) if concepts < 43 else 0
    assert len(svg.encode()) - addresses - frame <= 420 * concepts


def test_every_node_is_a_link_with_its_whole_title() -> None:
    stages = make_way(43)
    found = links(draw(stages))
    assert len(found) == 6 + 12 + 43
    titles = [link.findtext("title") or "" for link in found]
    assert all(titles)
    wanted = [node for stage in stages for module in stage.modules for node in module.concepts]
    named = dict(zip((link.attrib["href"] for link in found), titles, strict=True))
    for node in wanted:
        assert named[node.address] == f"{node.title}: {node.words}"


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_told_by_a_sign_a_class_and_words(state: str) -> None:
    node = ConceptNode("Knots", "/c/", state, f"40 min · {ConceptState(state).label}")
    svg = draw(
        [StageNode("1", "#1", "0 of 1", modules=[ModuleNode("M", "#m", "", concepts=[node])])]
    )
    (link,) = [one for one in links(svg) if one.attrib["href"] == "/c/"]
    assert link.attrib["class"] == state
    assert str(ConceptState(state).label) in "".join(link.itertext())
    use = link.find("use")
    assert use is not None
    (sign,) = [one for one in parse(svg).iter("g") if one.get("id") == use.attrib["href"][1:]]
    assert sign.find("ellipse") is not None


def test_no_two_states_that_differ_for_a_learner_look_alike_without_colour() -> None:
    """Those without a sign are told apart by their outline: dashed where nothing is there yet."""
    svg = draw(make_way(len(STATES), stages=1, modules=1))
    signs = {
        one.attrib["id"]: ET.tostring(path)
        for one in parse(svg).iter("g")
        if "id" in one.attrib and (path := one.find("path")) is not None
    }
    unsigned = {f"p-{state}" for state in STATES} - set(signs)
    assert unsigned == {"p-ready", "p-queued"}
    assert len(set(signs.values())) == len(signs) - 1  # done and known: one filled, one not


def test_nothing_of_it_is_style_or_script_or_from_elsewhere() -> None:
    for title in TITLES:
        svg = draw(make_way(5, title=title))
        page = Page(svg)
        assert page.offences == []
        assert {tag for tag, _ in page.tags} <= {
            "svg", "defs", "g", "a", "title", "path", "ellipse", "circle", "use", "text", "tspan",
        }  # fmt: skip


@pytest.mark.parametrize("title", TITLES)
def test_a_title_of_any_script_and_length_is_whole_in_the_link_and_cut_in_the_drawing(
    title: str,
) -> None:
    svg = draw(make_way(2, title=title))
    link = next(one for one in links(svg) if "aria-current" in one.attrib)
    assert (link.findtext("title") or "").startswith(f"{title} 0: ")
    shown = link.findtext("text") or ""
    assert shown == f"{title} 0" or (shown.endswith("…") and len(shown) < len(title))


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [
        ("short", 10, "short"),
        ("exactly ten", 11, "exactly ten"),
        ("Indexes and query plans", 10, "Indexes a…"),
        ("机器学习入门", 12, "机器学习入门"),
        ("机器学习入门指南", 9, "机器学习…"),
        ("👩‍👩‍👧‍👦" * 5, 5, "…"),
        ("aa👋🏽 wave to all", 4, "aa…"),
        ("a🇩🇪🇫🇷 flags", 4, "a🇩🇪…"),
        ("e\u0301e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301…"),
        ("", 3, ""),
    ],
)
def test_a_sign_is_never_torn(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns)[0] == shown


def test_above_120_concepts_only_those_of_the_stage_in_work_are_drawn() -> None:
    few, many = MOST_CONCEPTS, MOST_CONCEPTS + 6
    assert draw(make_way(few)).count("<use ") == few
    svg = draw(make_way(many, in_work=2))
    shown = [link.attrib["href"] for link in links(svg)]
    concepts = [address for address in shown if address.startswith("/")]
    assert concepts == [f"/roadmaps/knots/c{number}/" for number in range(42, 63)]
    assert len([address for address in shown if address.startswith("#stage")]) == 6
    assert len([address for address in shown if address.startswith("#module")]) == 12


def test_a_mirrored_way_begins_on_the_other_side() -> None:
    def first_side(svg: str) -> str:
        found = re.search(r'<g class="(left|right)">', svg)
        assert found is not None
        return found[1]

    assert first_side(draw(make_way(20))) == "left"
    assert first_side(draw(make_way(20), mirrored=True)) == "right"


def test_the_way_stays_inside_its_frame() -> None:
    svg = draw(make_way(120))
    _, _, width, height = map(int, re.findall(r'viewBox="([^"]+)"', svg)[0].split())
    places = [tuple(map(int, found)) for found in re.findall(r"translate\((\d+) (\d+)\)", svg)]
    assert width == WIDTH
    assert all(0 < x < width and 0 < y < height for x, y in places)
    down = [y for _, y in places]
    assert all(before < y + 8 for before, y in pairwise(down))
