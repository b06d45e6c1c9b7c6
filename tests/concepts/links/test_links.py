import pytest

from concepts.links.public import canonical_url


@pytest.mark.parametrize(
    "other",
    [
        "http://docs.python.org/3/library",
        "HTTPS://Docs.Python.ORG/3/library",
        "https://docs.python.org:443/3/library",
        "http://docs.python.org:80/3/library",
        "https://docs.python.org/3/library/",
        "https://docs.python.org/3/library#asyncio",
        "https://docs.python.org/3/library?utm_source=news&utm_medium=mail",
        "https://docs.python.org/3/library?fbclid=1&gclid=2&mc_cid=3&mc_eid=4",
        "  https://docs.python.org/3/library\n",
    ],
)
def test_spellings_of_one_page_are_one_address(other: str) -> None:
    assert canonical_url(other) == "https://docs.python.org/3/library"


@pytest.mark.parametrize(
    "other",
    [
        "https://python.org/3/library",
        "https://docs.python.org/3/Library",
        "https://docs.python.org:8443/3/library",
        "https://docs.python.org/3/library?page=2",
        "https://docs.python.org/3/library?printable=",
        "https://docs.python.org/3/library/os",
    ],
)
def test_another_page_is_another_address(other: str) -> None:
    assert canonical_url(other) != "https://docs.python.org/3/library"


def test_the_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("https://a.org/?b=2&a=1&c=") == canonical_url("https://a.org?c=&a=1&b=2")


def test_only_tracking_parameters_are_left_out() -> None:
    assert canonical_url("https://a.org/?q=1&utm_term=x") == "https://a.org?q=1"


def test_the_default_port_of_the_other_scheme_is_kept() -> None:
    assert canonical_url("http://a.org:443/") == "https://a.org:443"


def test_a_host_in_another_script_is_folded_to_ascii() -> None:
    assert canonical_url("https://BÜCHER.example/") == "https://xn--bcher-kva.example"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.org",
        "https://a.org/b/?x=1&x=2",
        "http://a.org:8080/b%20c/?q=%C3%A9#d",
        "https://bücher.example/ä",
    ],
)
def test_an_address_that_is_canonical_stays_as_it_is(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@pytest.mark.parametrize("url", ["", "docs.python.org", "/relative", "https://", "mailto:a@b.c"])
def test_an_address_without_a_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="names no host"):
        canonical_url(url)


def test_an_ipv6_address_keeps_its_brackets() -> None:
    canonical = canonical_url("http://[::1]:80/x/")
    assert canonical == canonical_url(canonical) == "https://[::1]/x"
