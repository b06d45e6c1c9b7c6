"""What no page can read is refused at the door, in a sentence and without the database."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize("address", ["/?q=%00", "/?q=py%00thon", "/?page=%00", "/?page_after=%00"])
def test_an_address_with_a_nul_is_refused_in_a_sentence(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "This address holds signs that no page can read." in answer.content.decode()


def test_the_sentence_is_in_the_language_of_whoever_asks(client: Client) -> None:
    page = client.get("/?q=%00", headers={"accept-language": "zh-CN"}).content.decode()
    assert '<html lang="zh-hans"' in page
    assert "This address" not in page


@pytest.mark.parametrize("charset", ["latin-1", "utf-7", "utf-16", "x" * 1_000])
def test_a_form_that_is_not_in_utf_8_is_refused_in_a_sentence(client: Client, charset: str) -> None:
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    answer = client.generic("POST", "/", b"goal=Tying+knots", content_type=kind)
    assert answer.status_code == 400
    assert "This form is not written in UTF-8." in answer.content.decode()


@pytest.mark.django_db
def test_an_address_is_read_as_utf_8_whatever_is_said_of_a_body_there_is_not(
    client: Client,
) -> None:
    answer = client.get("/?q=%C3%A9", content_type="text/plain; charset=utf-7")
    assert answer.status_code == 200
    assert 'value="é"' in answer.content.decode()
