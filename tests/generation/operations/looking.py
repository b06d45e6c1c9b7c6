"""What a page says, without its markup."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

BOARD = "/operations/"


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def look(client: Client, address: str = BOARD) -> str:
    """All that the page says."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return words_of(answer.content.decode())


def part(client: Client, name: str, address: str = BOARD) -> str:
    """What one part of it says."""
    html = client.get(address).content.decode()
    found = re.search(rf'<section data-part="{name}".*?</section>', html, re.DOTALL)
    assert found is not None, f"there is no part {name}"
    return words_of(found[0])
