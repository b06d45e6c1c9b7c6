from __future__ import annotations

import re

import pytest

from concepts.markdown.rendering import reading_minutes, render_markdown
from tests.concepts.page import Page


@pytest.mark.parametrize("address", ["https://a.example/b?c=d", "http://a.example"])
def test_links_to_the_web_are_kept_and_not_vouched_for(address: str) -> None:
    (_, (tag, attributes)) = Page(f"[x]({address})").elements
    assert (tag, attributes) == ("a", {"href": address, "rel": "nofollow noopener ugc"})


def test_bare_addresses_become_links() -> None:
    page = Page("See http://a.example and https://b.example/c, or Https://c.example/a_b_c.")
    assert page.values("href") == [
        "http://a.example",
        "https://b.example/c",
        "Https://c.example/a_b_c",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Run manage.py, then read README.md.",
        "settings.py, main.rs, app.sh and setup.cfg.in",
        "config/settings.py:12",
        "www.python.org",
        "example.com/path?query=1",
        "//cdn.example/x.js",
        "http:evil.example",
        "192.168.0.1:8000",
    ],
)
def test_what_names_no_protocol_is_no_link(text: str) -> None:
    page = Page(text)
    assert (page.tags(), page.text.strip()) == (["p"], text)


@pytest.mark.parametrize(
    "markdown",
    ["![a cat](https://a.example/cat.png)", "![a cat][1]\n\n[1]: /cat.png", "![a cat](data:,x)"],
)
def test_an_image_leaves_its_description(markdown: str) -> None:
    page = Page(markdown)
    assert "a cat" in page.text
    assert not {"img", "a"} & set(page.tags())


def test_the_page_owns_the_first_level_of_headings() -> None:
    assert Page("# One\n\nTwo\n===\n\n## Three\n\n###### Six").tags() == ["h2", "h2", "h2", "h6"]


def test_heading_ids_are_prefixed_and_made_of_the_text() -> None:
    page = Page("## Why `GET` is *safe*\n\n### 缓存")
    assert page.values("id") == ["t-why-get-is-safe", "t-缓存"]


def test_a_heading_without_letters_has_an_id_too() -> None:
    assert Page("## 🎉\n\n## …").values("id") == ["t-section", "t-section-2"]


def test_headings_that_repeat_are_numbered() -> None:
    assert Page("## A\n\n> ## a\n\n## A!").values("id") == ["t-a", "t-a-2", "t-a-3"]


def test_tables_are_tables() -> None:
    page = Page("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert [page.tags().count(tag) for tag in ("table", "th", "td")] == [1, 2, 2]
    assert page.values("style") == []


@pytest.mark.parametrize(
    ("markdown", "tag"),
    [
        ("~~gone~~", "s"),
        ("**strong**", "strong"),
        ("*stressed*", "em"),
        ("`code`", "code"),
        ("> quoted", "blockquote"),
        ("1. one", "ol"),
        ("- one", "ul"),
        ("---", "hr"),
        ("a\\\nb", "br"),
    ],
)
def test_plain_markdown_keeps_its_meaning(markdown: str, tag: str) -> None:
    assert tag in Page(markdown).tags()


def test_a_list_may_start_anywhere() -> None:
    assert Page("7. seven").values("start") == ["7"]


def test_code_is_highlighted_with_classes_only() -> None:
    page = Page("```python\ndef answer() -> int:\n    return 42\n```")
    assert {"k", "nf", "mi"} <= set(page.values("class"))
    assert page.values("style") == []


@pytest.mark.parametrize("language", ["python", "html", "no-such-language", ""])
def test_code_reads_as_it_was_written(language: str) -> None:
    code = '<b onclick="x()">&amp; not bold</b>\n'
    page = Page(f"```{language}\n{code}```")
    assert page.text.strip() == code.strip()
    assert set(page.tags()) <= {"pre", "code", "span"}


def test_a_code_block_can_be_reached_with_the_keyboard() -> None:
    assert Page("```\ncode\n```").elements[0] == ("pre", {"class": "code", "tabindex": "0"})


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (130, 1), (260, 2), (1_300, 10)])
def test_a_reader_takes_a_minute_for_130_words(words: int, minutes: int) -> None:
    assert reading_minutes("word " * words) == minutes


def test_numbered_headings_do_not_collide_with_repeated_ones() -> None:
    html = render_markdown("## Step\n\n## Step\n\n## Step 2")
    assert re.findall(r'id="([^"]+)"', html) == ["t-step", "t-step-2", "t-step-2-2"]


def test_a_link_within_the_page_finds_its_prefixed_heading() -> None:
    assert 'href="#t-step"' in render_markdown("[there](#step)")


def test_indented_code_looks_like_fenced_code() -> None:
    assert '<pre class="code" tabindex="0">' in render_markdown("    x = 1")


def test_a_table_that_is_too_wide_can_be_moved_by_keys() -> None:
    assert Page("| a | b |\n|---|---|\n| 1 | 2 |").elements[0] == ("table", {"tabindex": "0"})


def test_one_endless_word_is_not_searched_for_links() -> None:
    assert "href" not in render_markdown("http://a" * 20_000)


@pytest.mark.parametrize(("marks", "links"), [(499, 1), (500, 0)])
def test_a_paragraph_full_of_protocols_is_not_searched_for_links(marks: int, links: int) -> None:
    assert len(Page("a:// " * marks + "http://a.example").links) == links


def test_chinese_takes_time_to_read() -> None:
    assert reading_minutes("学" * 2_500) == 10
