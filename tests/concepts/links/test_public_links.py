"""What may be a link: one rule for tutorials and for resources."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from concepts.content import ResourceContent
from concepts.links.public import canonical_url, is_public_address
from generation.providers.openai.schemas import ResourcesAnswer, read_resources
from tests.concepts.page import Page

PUBLIC = (
    "https://docs.python.org/3/library/asyncio.html#asyncio.run", "http://a.example",
    "https://a.example:8443/x?y=1&z=%C3%A9", "https://docs.python.org./3/", "https://1.1.1.1/",
    "https://münchen.de/", "https://xn--mnchen-3ya.de/", "https://bücher.example/ä",
    "https://ß.de/",
    "https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/", "https://яндекс.рф/",
    "https://кто.рф/",
    "https://почта.com/", "https://中文.cn/", "https://中文.中国/", "https://例え.jp/",
    "https://ウィキ.jp/",
    "https://abc中文.com/", "https://한국어.kr/", "https://παράδειγμα.gr/", "https://مثال.example/",
    "https://उदाहरण.भारत/", "https://ไทยแลนด์.ไทย/", "https://தமிழ்.example/",
    "https://দেশ.example/",
    "https://fa.wikipedia.org/wiki/%D9%85%DB%8C%E2%80%8C%D8%AE%D9%88", "https://çağrı.com/",
    "https://en.wikipedia.org/wiki/C_(programming_language)", "https://a.example/@user/x@1.2.3",
    "https://web.archive.org/web/2020/https://docs.python.org/", "https://a_b.example/",
    "https://123.example/", "https://localhost.example.com/", "https://MÜNCHEN.de/",
    "https://mu\u0308nchen.de/", "https://МОСКВА.РФ/", "https://ΕΛΛΑΔΑ-ώρα.gr/", "https://x.ms/",
    "https://v1-2-3.example/", "https://2026-11-27-10.example/", "https://8-8-8-8.example/",
)  # fmt: skip
NOT_PUBLIC = (
    # somebody before the host
    "https://docs.python.org@evil.example/", "https://user:pw@evil.example/",
    "https://@evil.example/",
    "https://docs.python.org%40evil.example/", "https://docs.python.org%2F@evil.example/",
    "https://docs.python.org\\@evil.example/", "https://evil.example\\.docs.python.org/",
    "https://docs.python.org＠evil.example/", "https://docs.python.org:443@evil.example/",
    # our own networks, in every spelling of a number
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "http://127.1/",
    "http://0/",
    "http://0.0.0.0/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1:8080/",
    "http://100.100.100.200/", "http://168.63.129.16/", "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://2130706433/",
    "http://017700000001/", "http://0x/", "http://127.0.0.1./", "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/", "http://%31%32%37.0.0.1/", "http://1.2.3.4.5/", "http://256.1.1.1/",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::7f00:1]/", "http://[::]/",
    "http://localhost/", "http://LOCALHOST:8000/", "http://localhost./", "http://a.localhost/",
    "http://printer.local/", "http://metadata.google.internal/", "http://metadata/",
    "http://intranet/",
    "http://wiki.corp/", "http://nas.lan/", "http://router.home.arpa/",
    "http://db.svc.cluster.local/",
    "http://127.0.0.1.nip.io/", "http://a.localtest.me/", "http://host.docker.internal/",
    "http://127.0.0.1.ipv4.name/", "http://127-0-0-1.my.local-ip.co/",
    "http://app.10-0-0-1.example.com/", "http://1.192.168.0.1.example.com/",
    "http://192.0.0.192/", "http://192.88.99.1/", "http://192.0.2.1/", "http://198.18.0.1/",
    "http://db.test/", "http://a.alt/", "http://eepsite.i2p/", "http://pc.workgroup/",
    "http://fritz.box/", "http://lvh.me/", "http://a.b.lvh.me/", "http://local.gd/",
    "http://localhost.direct/", "http://7f000001.c0a80001.rbndr.us/", "http://a.1u.ms/",
    "http://localhost.localdomain/", "http://ｌｏｃａｌｈｏｓｔ/", "http://локалхост/",
    # imitations
    "https://аррӏе.com/", "https://xn--80ak6aa92e.com/", "https://раураӏ.com/",
    "https://gооgle.com/",
    "https://docs.pythоn.org/", "https://dοcs.example/", "https://раураl.com/",
    "https://ɢoogle.com/",
    "https://ɡithub.com/", "https://gıthub.com/", "https://ｅvil.example/",
    "https://docs。python.org/",
    "https://docs．python.org/", "https://docs｡python.org/", "https://orgノlogin.example/",
    "https://docs.python.org⁄evil.example/", "https://docs.python.org∕x.evil.example/",
    "https://օոօ.com/", "https://xn--abc/", "https://xn--a.com/", "https://xn--.com/",
    "https://ꭰꭱ.com/",
    "https://٣٤.com/", "https://๐.com/", "https://аp.example/", "https://𝐝ocs.example/",
    "https://i❤.example/", "https://a\u0337bc.example/",
    "https://АВС.com/", "https://МОСКВА.com/", "https://Сор.com/", "https://ΑΒΕ.com/",
    "https://ΝΙΚΕ.com/", "https://docs.ТЕСТ.com/", "https://ՍՏՕ.com/",
    # what nobody sees
    "https://a.example/\u202egnp.exe", "https://a.example/%E2%80%AEgnp.exe",
    "https://a\u200bb.example/",
    "https://a.example/\u200b", "https://a.example/x%E2%80%8B", "https://a.example/\ufeff",
    "https://a\u00ad.example/", "https://a.example/%00", "https://a.example/%0d%0ax",
    "https://a.example/\u2066x",
    "https://a.example/\x7f", "https://a.example/\U000e0041", "https://a.example/\u2028x",
    "https://a.example/\u2800", "https://a.example/%E2%A0%80", "https://a.example/%E2%80%A8",
    "https://a.example/%e2%80%a9x", "https://a.example/%F0%9D%85%B3", "https://a.example/\U0001bca0",
    # forms that browsers mend
    "https:/a.example", "https:a.example", "https:\\\\a.example", "//a.example/",
    "https://a.example\\x",
    "https://", "https:///a.example", "https://a..example/", "https://.example/",
    "https://-a.example/",
    "https://a.example:/", "https://a.example:0/", "https://a.example:22/",
    "https://a.example:99999/",
    "https://a.example:８０/", "https://a.example:8o/", "https://a.e/", "ftp://a.example/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "example/",
)  # fmt: skip


def resource(url: str, title: str = "A title") -> ResourceContent:
    return ResourceContent(title=title, url=url, kind="docs", why="Because.")


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_address_is_a_link_in_tutorials_and_resources(url: str) -> None:
    assert is_public_address(url)
    for markdown in (f"[there](<{url}>)", f"<{url}>"):
        assert "a" in Page(markdown).tags()
    assert resource(url).url == url


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_any_other_address_is_text_in_tutorials_and_no_resource(url: str) -> None:
    for markdown in (f"[there](<{url}>)", f"<{url}>", url, f"[x][1]\n\n[1]: <{url}>"):
        found = [link for link in Page(markdown).values("href") if not link.startswith("#")]
        assert all(is_public_address(link) for link in found)
        assert not [link for link in found if link.rstrip("/") == url.rstrip("/")]
    with pytest.raises(ValidationError):
        resource(url)


# In Markdown "\\." is a full stop.
@pytest.mark.parametrize("url", [url for url in NOT_PUBLIC if "\\." not in url])
def test_what_is_no_resource_is_no_address_of_a_link_either(url: str) -> None:
    """However Markdown would spell it afterwards."""
    for markdown in (f"[there](<{url}>)", f"[x][1]\n\n[1]: <{url}>"):
        assert not [link for link in Page(markdown).values("href") if not link.startswith("#")]


@pytest.mark.parametrize(
    "url", ["https://a.example/&#9;x", "https://a.exa&Tab;mple/", "https://a&#10;.example"]
)
def test_an_address_with_a_tab_or_a_line_break_is_no_link(url: str) -> None:
    assert "a" not in Page(f"[there]({url})").tags()


DECEITFUL = (
    ("https://docs.python.org", "https://evil.example/"),
    ("docs.python.org", "https://evil.example/"),
    ("**docs**.python.org", "https://evil.example/"),
    ("`python.org`", "https://python.org.evil.example/"),
    ("www.python.org/downloads", "https://evil.example/"),
    ("the docs at docs.python.org now", "https://evil.example/"),
    ("DOCS.PYTHON.ORG", "https://evil.example/"),
    ("ｄｏｃｓ.python.org", "https://evil.example/"),
    ("https://docs.python.org@evil.example", "https://evil.example/"),
    ("github.com", "https://github.com.evil.example/"),
    ("https://xn--mnchen-3ya.de", "https://evil.example/"),
    ("münchen.de", "https://evil.example/"),
    ("http://localhost:8000", "https://evil.example/"),
    ("!\\[x\\](https://docs.python.org)", "https://evil.example/"),
    ("\u202egro.nohtyp", "https://evil.example/"),
    ("pay\u200bpal", "https://evil.example/"),
    ("\u2066x\u2069", "https://evil.example/"),
    ("so\u00adft", "https://evil.example/"),
    ("docs.python。org", "https://evil.example/"),
    ("docs.python｡org", "https://evil.example/"),
    ("ftp://docs.python.org", "https://evil.example/"),
    ("hxxps://docs.python.org", "https://evil.example/"),
    ("https:/docs.python.org", "https://evil.example/"),
    ("//docs.python.org/3", "https://evil.example/"),
    ("...docs.python.org", "https://evil.example/"),
    ("docs.python.org→", "https://evil.example/"),
    ("docs.python.org🎉", "https://evil.example/"),
    ("«docs.python.org»", "https://evil.example/"),
    ("crates.io/crates/x", "https://evil.example/"),
    ("youtu.be/x", "https://evil.example/"),
)
HONEST = (
    ("the documentation", "https://docs.python.org/"),
    ("python.org", "https://docs.python.org/3/"),
    ("docs.python.org/3", "https://python.org/"),
    ("https://www.python.org", "https://python.org/x"),
    ("München.de", "https://xn--mnchen-3ya.de/"),
    ("README.md", "https://github.com/a/b"),
    ("manage.py", "https://docs.djangoproject.com/"),
    ("`asyncio.run`", "https://docs.python.org/3/"),
    ("`numpy.ma`, `scipy.io` and `logger.info`", "https://numpy.org/"),
    ("ASP.NET Core", "https://learn.microsoft.com/"),
    ("Node.js 22.1", "https://nodejs.org/"),
    ("ada@python.org", "https://mail.example/"),
    ("请看docs.python.org文档", "https://docs.python.org/"),
    ("请看docs.python.org", "https://docs.python.org/"),
    ("می‌خواهم", "https://fa.example/"),
    ("👩‍💻 ❤️", "https://a.example/"),
    ("e.g. this, i.e. that...", "https://a.example/"),
    ("// TODO and //NOTE", "https://a.example/"),
    ("settings.py/urls.py", "https://a.example/"),
    ("and/or, TCP/IP, Node.js/Deno", "https://a.example/"),
    ("crates.io", "https://a.example/"),
    ("学习。de", "https://a.example/"),
    ("web.archive.org/web/2020/https://python.org", "https://web.archive.org/"),
)


@pytest.mark.parametrize(("text", "url"), DECEITFUL)
def test_a_link_that_shows_another_host_or_hides_something_is_text(text: str, url: str) -> None:
    page = Page(f"[{text}]({url})")
    assert url not in page.values("href")
    assert page.text.strip()


@pytest.mark.parametrize(
    "text", [text for text, _ in DECEITFUL if "*" not in text and "!" not in text]
)
def test_a_resource_whose_title_shows_another_host_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="names another host, or hides something"):
        resource("https://evil.example/", title=text.strip("`"))


@pytest.mark.parametrize(("text", "url"), HONEST)
def test_an_honest_text_leaves_a_link(text: str, url: str) -> None:
    assert Page(f"[{text}]({url})").values("href") == [url]
    assert resource(url, title=text)


def test_a_title_that_hides_something_makes_no_link() -> None:
    assert "a" not in Page('[x](https://a.example "docs.python.org")').tags()
    assert "a" not in Page('[x](https://a.example "\u202ex")').tags()


def test_a_link_to_a_heading_may_name_any_host() -> None:
    assert Page("## python.org\n\n[python.org](#pythonorg)").values("href") == ["#t-pythonorg"]


def test_a_model_is_told_which_address_is_no_link_and_keeps_the_others() -> None:
    answer = ResourcesAnswer.model_validate(
        {
            "resources": [
                {"title": "A", "url": url, "kind": "docs", "why": "B."}
                for url in ("https://a.example/", "https://a@b.example/", "https://c.example/")
            ]
        }
    )
    good, problems = read_resources(answer)
    assert [one.url for one in good] == ["https://a.example/", "https://c.example/"]
    assert problems == ["resource 2: url: Value error, is no public web address"]


def test_the_form_for_comparing_is_ascii() -> None:
    assert (
        canonical_url("https://a.example/ä b%20/中") == "https://a.example/%C3%A4%20b%20/%E4%B8%AD"
    )
    assert canonical_url("https://straße.de/") == "https://xn--strae-oqa.de"
