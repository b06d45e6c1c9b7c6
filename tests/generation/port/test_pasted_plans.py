"""What people keep plans in is read where it is clear, and told by its line where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.port.skeleton import Skeleton, print_skeleton
from generation.port.skeleton_pasting import read_pasted
from generation.port.skeleton_reading import MOST_CHARACTERS, NO_STAGES, TOO_LONG, read_skeleton
from generation.port.skeleton_tables import NAME_COLUMNS, OPEN_QUOTE, TOO_MANY_COLUMNS
from generation.port.skeleton_tree import DOUBLE, EMPTY
from tests.generation.port.skeletons import shape, skeletons

THREE = {
    "Ropes": {"Fibres": ["Hemp", "Jute"], "Care": ["Drying"]},
    "Rescue": {"Loops": ["Bowline"]},
}
TWO = {"Ropes": {"Ropes": ["Hemp", "Jute"]}, "Rescue": {"Rescue": ["Bowline"]}}
WEEKS = {"Week 1": {"Week 1": ["Hemp", "Jute"]}, "Week 2": {"Week 2": ["Bowline"]}}
ROWS = (
    ("Stage", "Module", "Concept"),
    ("Ropes", "Fibres", "Hemp"),
    ("Ropes", "Fibres", "Jute"),
    ("Ropes", "Care", "Drying"),
    ("Rescue", "Loops", "Bowline"),
)
MERGED = (
    "Stage\tModule\tConcept\nRopes\tFibres\tHemp\n\t\tJute\n\tCare\tDrying\nRescue\tLoops\tBowline"
)


def joined(sign: str) -> str:
    return "\n".join(sign.join(row) for row in ROWS)


MARKDOWN = "\n".join(f"| {' | '.join(row)} |" for row in (ROWS[0], ("---",) * 3, *ROWS[1:]))
OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Rope work</title></head>
<body>
  <outline text="Ropes">
    <outline text="Fibres"><outline text="Hemp"/><outline _note="a > b" text='Jute' /></outline>
    <outline text="Care"><outline text="Drying"/></outline>
  </outline>
  <outline text="Rescue"><outline text="Loops"><outline text="Bowline"></outline></outline>
  </outline>
</body></opml>
"""
HTML = """\
<h1>Rope work</h1>
<ul>
<li>Ropes <ul><li><b>Fibres</b><ul><li>Hemp</li><li>Jute</li></ul></li>
<li>Care<ul><li>Drying</li></ul></li></ul></li>
<li>Rescue<ul><li>Loops<ul><li>Bow&#108;ine</li></ul></li></ul></li>
</ul>
"""
HEADINGS = """\
<h2>Ropes</h2> <ol><li><a href="/">Hemp</a></li><li>Jute</li></ol>
<h2 class="x">Rescue</h2>
<ol>
<li>Bowline
</ol>
"""
INDENTED = """
Ropes
\tFibres
\t\tHemp
\t\tJute
\tCare
\t\tDrying
Rescue
\tLoops
\t\tBowline
"""
PASTED = {
    "CSV": (joined(","), THREE),
    "CSV with semicolons": (joined(";"), THREE),
    "CSV with quotation marks": ('"Stage";"Topic"\n"Ropes";"Hemp\nJute"\nRescue;"Bowline"', TWO),
    "a byte order mark": ("\ufeff" + joined(","), THREE),
    "a spreadsheet": (joined("\t"), THREE),
    "cells that span rows": (MERGED, THREE),
    "a spreadsheet without names": (joined("\t").partition("\n")[2], THREE),
    "CSV without names": (joined(",").partition("\n")[2], THREE),
    "Markdown": (MARKDOWN, THREE),
    "a table with a head and an end": (
        f"# Rope work\n\ntitle: Rope work\n{MARKDOWN}\n\nsummary: All.", THREE),
    "a table in a fence": (f"```\n{MARKDOWN}\n```", THREE),
    "lines in a cell": ("|Stage|Concept|\n|:-|-:|\n|Ropes|Hemp<br>- Jute|\n|Rescue|Bowline|", TWO),
    "other columns": (
        "Week\tDate\tTopic\tHours\n1\t3 May\tHemp\t2\n\t\tJute\t3\n2\t10 May\tBowline\t1", WEEKS),
    "columns turned around": ("Topic,Week\nHemp,1\nJute,1\nBowline,2", WEEKS),
    "rows that stand apart": ("Part;Lesson title\nRopes;Hemp\nRescue;Bowline\nRopes;Jute", TWO),
    "Chinese names": ("阶段名称,知识点\nRopes,Hemp\nRopes,Jute\nRescue,Bowline", TWO),
    "German names": ("Woche;Thema\nRopes;Hemp\n;Jute\nRescue;Bowline", TWO),
    "OPML": (OPML, THREE),
    "HTML": (HTML, THREE),
    "headings of HTML": (HEADINGS, TWO),
    "indented lines": (INDENTED, THREE),
    "lines above lists": ("Ropes:\n\n- Hemp\n- Jute\n\nRescue:\n\n- Bowline", TWO),
    "lines below labels": ("Week 1: Ropes\nHemp\nJute\nWeek 2: Rescue\nBowline", TWO),
    "lines below headings": ("## Ropes\nHemp\nJute\n## Rescue\nBowline", TWO),
    "days": ("Day 1: Ropes\nHemp\nJute\nDay 2: Rescue\nBowline", TWO),
    "weeks": ("Week 1\n* Hemp\n* Jute\nWeek 2\n* Bowline", WEEKS),
    "ranges of weeks": ("Weeks 1-2: Ropes\n- Hemp\n- Jute\nWeeks 3–4: Rescue\n- Bowline", TWO),
    "numbers without dots": ("1 Ropes\n1.1 Hemp\n1.2 Jute\n2 Rescue\n2.1 Bowline", TWO),
    "numbers of a word processor": ("1.\tRopes\n1.1.\tHemp\n1.2.\tJute\n2.\tRescue\n2.1.\tBowline",
                                    TWO),
}  # fmt: skip


@pytest.mark.parametrize("kind", PASTED)
def test_a_plan_is_read_from_what_it_is_kept_in(kind: str) -> None:
    text, expected = PASTED[kind]
    parsed = read_pasted(text)
    assert (parsed.problems, parsed.passed_over) == ([], [])
    assert shape(parsed) == expected


@pytest.mark.parametrize("kind", ["OPML", "HTML", "a table with a head and an end"])
def test_the_name_of_the_whole_is_kept(kind: str) -> None:
    assert read_pasted(PASTED[kind][0]).title == "Rope work"


def test_the_one_item_above_all_others_is_the_name_of_the_whole() -> None:
    opml = '<opml><body><outline text="Rope work">\n{}</outline></body></opml>'
    stages = '<outline text="{}"><outline text="{}"/></outline>\n'
    parsed = read_pasted(opml.format(stages.format("Ropes", "Hemp") + stages.format("R", "Bight")))
    assert parsed.title == "Rope work"
    assert shape(parsed) == {"Ropes": {"Ropes": ["Hemp"]}, "R": {"R": ["Bight"]}}


def test_what_is_ticked_in_a_table_is_known() -> None:
    parsed = read_pasted("Stage,Topic\nRopes,[x] Hemp\nRopes,[ ] Jute")
    assert [one.known for one in parsed.stages[0].modules[0].concepts] == [True, False]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nTopic,Hours\nHemp,3\nJute,4", [(2, NAME_COLUMNS)]),
        ("| What | Why |\n|---|---|\n| a | b |", [(1, NAME_COLUMNS)]),
        ("a\tb\tc\td\na\tb\tc\td", [(1, NAME_COLUMNS)]),
        ("Stage;Module;Lesson;Topic\na;b;c;d", [(1, TOO_MANY_COLUMNS)]),
        ('Module;Topic\nRopes;Hemp\nRopes;"Jute\nRescue;Bowline', [(3, OPEN_QUOTE)]),
        ("Week,Topic\n1,Hemp\nTotal,", [(3, EMPTY)]),
        ('Week,Topic\n1,"Hemp\nJute"\n2,hemp', [(4, DOUBLE)]),
        # Commas that are none of a table's, lines that nothing is told of, prose.
        ("Hemp, jute\nFibres, care", [(0, NO_STAGES)]),
        ("Hemp\nJute\nBowline", [(0, NO_STAGES)]),
        ("Only words.\nAnd more, of them.", [(0, NO_STAGES)]),
    ],
)
def test_what_is_not_clear_is_told_by_its_line(text: str, told: list[tuple[int, str]]) -> None:
    assert [(one.line, one.message) for one in read_pasted(text).problems] == told


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Week,Topic\n,Hemp\n1,Jute", [2]),
        ("<h2>Ropes</h2>\n<p>Nice ones.</p>\n<ul><li>Hemp</li></ul>", [2]),
        ("## Ropes\nHere one learns of ropes.\nHemp\n## Rescue\nBowline\n", [2, 3]),
        ("## Ropes\nAll of them\n### Fibres\n- Hemp", [2]),
    ],
)
def test_nothing_is_guessed_to_be_part_of_a_plan(text: str, lines: list[int]) -> None:
    assert read_pasted(text).passed_over == lines


def test_a_table_is_cut_before_it_is_looked_into() -> None:
    text = "Stage,Topic\n" + "Ropes,Hemp\n" * (MOST_CHARACTERS // 10)
    assert read_pasted(text).problems[-1].message == TOO_LONG


@settings(max_examples=60, deadline=None)
@given(skeletons())
def test_what_is_printed_is_read_as_any_skeleton(skeleton: Skeleton) -> None:
    text = print_skeleton(skeleton)
    assert read_pasted(text) == read_skeleton(text)


SCRAPS = (
    "Week", "Topic", ",", "\t", "|", "\n", '"', "1", "<li>", "<ul>", "<outline text='a'>", "-|-",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.text('\t,;|-\n "<br>#1:ab', max_size=120)
    | st.lists(st.sampled_from(SCRAPS), max_size=40).map("".join)
)
def test_whatever_is_pasted_something_is_told(text: str) -> None:
    parsed = read_pasted(text)
    assert parsed.stages or parsed.problems
    assert all(0 <= one.line <= text.count("\n") + 1 for one in parsed.problems)
