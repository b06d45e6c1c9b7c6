"""Probes of other apps: what is shown of them, and what is told when one fails."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from connection_budget.watch import probes
from connection_budget.watch.probes import Probing, register_probe


@pytest.fixture(autouse=True)
def _nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "_probes", {})


class Kettle:
    def __init__(self) -> None:
        self.broken = False

    def ask(self) -> str:
        if self.broken:
            raise OSError("no kettle")
        return "hot"


def test_a_probe_that_fails_is_told_once_each_time_it_begins_to() -> None:
    kettle, probing = Kettle(), Probing()
    register_probe("tea", kettle.ask, unknown="unknown")
    told = []
    for broken in (True, True, False, True):
        kettle.broken = broken
        with capture_logs() as logs:
            probing.ask_all()
        told.append([(line["event"], line["probe"]) for line in logs])
        assert probing.answer("tea") == ("unknown" if broken else "hot")
    failed = [("health_probe_failed", "tea")]
    assert told == [failed, [], [], failed]


def test_one_that_fails_holds_up_no_other() -> None:
    kettle, probing = Kettle(), Probing()
    kettle.broken = True
    register_probe("tea", kettle.ask, unknown="unknown")
    register_probe("cake", lambda: "fresh", unknown="unknown")
    probing.ask_all()
    assert probing.answers() == {"tea": "unknown", "cake": "fresh"}


def test_what_is_not_for_health_is_answered_to_who_asks_by_name() -> None:
    probing = Probing()
    register_probe("tea", lambda: "hot", unknown="unknown", in_health=False)
    assert (probing.answers(), probing.answer("tea")) == ({}, "unknown")
    probing.ask_all()
    assert (probing.answers(), probing.answer("tea")) == ({}, "hot")
    with pytest.raises(KeyError):
        probing.answer("coffee")
