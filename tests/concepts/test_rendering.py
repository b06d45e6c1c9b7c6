from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concepts.rendering import reading_minutes, render_markdown

HEADINGS = {"h2", "h3", "h4", "h5", "h6"}
TAGS = HEADINGS | {
    "a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "span",
    "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "ol": {"start"},
    "span": {"class"},
    "pre": {"class", "tabindex"},
    **{heading: {"id"} for heading in HEADINGS},
}
HOSTILE = (
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:x()'>", "<svg/",
    "![", "[a]", "](", ")", "javascript:", "JaVaScRiPt&colon;", "java\tscript:", "data:text/html,",
    "<javascript:x>", "vbscript:", "//evil.example", "\n\n", "```", "```html\n", "    ", "# ",
    "> ", ' onclick="x()"', ' " onx=y ', "&lt;script&gt;", "&#60;script&#62;", "|-|\n", "|a|\n",
    "~~", "<!--", "-->", "<![CDATA[", "\x00", "`", "*", "\\", "https://a.example",
    "www.python.org", "a@b.c",
)  # fmt: skip

deterministic = settings(derandomize=True, deadline=None, max_examples=200)
markdowns = st.text() | st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3)).map("".join)


class Page(HTMLParser):
    """Elements with their attributes, and the text, as a browser would see them."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(render_markdown(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def tags(self) -> list[str]:
        return [tag for tag, _ in self.elements]

    def values(self, attribute: str) -> list[str]:
        found = [attributes.get(attribute) for _, attributes in self.elements]
        return [value for value in found if value is not None]


def scheme(address: str) -> str:
    """The scheme as browsers read it: control characters and blanks do not hide it."""
    match = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", address).casefold())
    return match[1] if match else ""


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "text <b onclick=alert(1)>bold</b>",
        "<!-- a comment -->",
        "<iframe src='/evil'></iframe>",
    ],
)
def test_raw_html_is_shown_as_text(markdown: str) -> None:
    page = Page(markdown)
    assert (page.tags(), page.text.strip()) == (["p"], markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "[x](javascript:alert(1))",
        "[x](JAVASCRIPT:alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java&#9;script:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/png;base64,AAAA)",
        "[x](file:///etc/passwd)",
        "[x](ftp://a.example)",
        "<javascript:alert(1)>",
        "[x][1]\n\n[1]: javascript:alert(1)",
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(markdown: str) -> None:
    assert not any(scheme(address) for address in Page(markdown).values("href"))


@pytest.mark.parametrize("address", ["https://a.example/b?c=d", "http://a.example", "mailto:a@b.c"])
def test_links_to_the_web_are_kept_and_not_vouched_for(address: str) -> None:
    (_, (tag, attributes)) = Page(f"[x]({address})").elements
    assert (tag, attributes) == ("a", {"href": address, "rel": "nofollow noopener ugc"})


def test_bare_addresses_become_links() -> None:
    page = Page("See www.python.org and https://b.example/c.")
    assert page.values("href") == ["http://www.python.org", "https://b.example/c"]


@pytest.mark.parametrize(
    "markdown",
    ["![a cat](https://a.example/cat.png)", "![a cat][1]\n\n[1]: /cat.png", "![a cat](data:,x)"],
)
def test_an_image_leaves_its_description(markdown: str) -> None:
    page = Page(markdown)
    assert "a cat" in page.text
    assert not {"img", "a"} & set(page.tags())


def test_the_description_of_an_image_is_text() -> None:
    assert Page("![<b>a cat</b>](/cat.png)").text.strip() == "<b>a cat</b>"


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


@deterministic
@given(markdown=markdowns)
def test_no_text_yields_an_element_or_attribute_that_is_not_listed(markdown: str) -> None:
    for tag, attributes in Page(markdown).elements:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())


@deterministic
@given(markdown=markdowns)
def test_no_text_yields_a_link_that_runs_something(markdown: str) -> None:
    schemes = {scheme(address) for address in Page(markdown).values("href")}
    assert schemes <= {"", "http", "https", "mailto"}


@deterministic
@given(markdown=markdowns)
def test_no_text_yields_a_class_or_an_id_of_our_own_pages(markdown: str) -> None:
    page = Page(markdown)
    assert all(re.fullmatch(r"code|[a-z][a-z0-9]{0,2}", name) for name in page.values("class"))
    assert all(name.startswith("t-") for name in page.values("id"))


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (130, 1), (260, 2), (1_300, 10)])
def test_a_reader_takes_a_minute_for_130_words(words: int, minutes: int) -> None:
    assert reading_minutes("word " * words) == minutes


def test_numbered_headings_do_not_collide_with_repeated_ones() -> None:
    html = render_markdown("## Step\n\n## Step\n\n## Step 2")
    assert re.findall(r'id="([^"]+)"', html) == ["t-step", "t-step-2", "t-step-2-2"]


def test_a_link_within_the_page_finds_its_prefixed_heading() -> None:
    assert 'href="#t-step"' in render_markdown("[there](#step)")


@pytest.mark.parametrize("address", ["/admin/", "//evil.example", "other.html"])
def test_a_relative_link_leads_nowhere(address: str) -> None:
    assert "href" not in render_markdown(f"[there]({address})")


def test_indented_code_looks_like_fenced_code() -> None:
    assert '<pre class="code" tabindex="0">' in render_markdown("    x = 1")


def test_one_endless_word_is_not_searched_for_links() -> None:
    assert "href" not in render_markdown("http://a" * 20_000)


def test_chinese_takes_time_to_read() -> None:
    assert reading_minutes("学" * 2_500) == 10
