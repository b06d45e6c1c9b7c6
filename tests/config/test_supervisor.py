"""How `make serve` keeps its roles, tried on small programs instead of roles."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.serve import child, supervisor
from config.serve.child import Child
from config.serve.console import Console
from config.serve.supervisor import Supervisor
from tests.embedded.checkouts import is_alive
from tests.waiting import wait_until

OBEDIENT = 'trap "echo $0 >>stopped; exit" TERM; echo "$0 ready."; while :; do sleep 0.05; done'
STUBBORN = 'trap "" TERM; echo "$0 ready."; while :; do sleep 0.05; done'
ADDRESS = "it is there"


@pytest.fixture(autouse=True)
def _handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The supervisor takes the signals of the process, which is ours here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(child, "FIRST_DELAY_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "STARTED", {})
    before = {number: signal.getsignal(number) for number in supervisor.SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def make_child(name: str, program: str) -> Child:
    return Child(name, ["sh", "-c", program, name], dict(os.environ), delay=0.01)


def supervise(children: list[Child], stop_when: Callable[[], bool]) -> None:
    """Run until `stop_when`, asked once everybody has started; then comes Ctrl-C."""

    def answers() -> bool:
        if stop_when():
            signal.raise_signal(signal.SIGINT)
        return False

    console = Console([one.name for one in children])
    Supervisor(children, console, answers=answers, announcement=ADDRESS).run()


def at_once() -> bool:
    return True


def test_everything_stops_beat_first_and_workers_last() -> None:
    names = ["logs", "web", "beat", "workflow"]
    supervise([make_child(name, OBEDIENT) for name in names], at_once)
    stopped = Path("stopped").read_text().split()
    assert stopped[:2] == ["beat", "web"]
    assert set(stopped[2:]) == {"workflow", "logs"}


def test_what_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_ORDER", ((frozenset({"web"}), 0.2),))
    stubborn = make_child("web", STUBBORN)
    supervise([stubborn], at_once)
    assert stubborn.process is None


def test_what_a_dead_role_leaves_behind_ends_with_it() -> None:
    orphaning = 'sleep 1000 & echo $! >>orphans; echo "$0 ready."; exit 3'
    supervise([make_child("web", orphaning)], lambda: Path("orphans").read_text().count("\n") > 1)
    orphans = [int(pid) for pid in Path("orphans").read_text().split()]
    assert len(orphans) > 1
    # A signal has been sent; the kernel takes its time.
    wait_until(lambda: not any(is_alive(pid) for pid in orphans))


def test_a_role_that_dies_is_started_again(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    dying = 'echo born >>births; echo "$0 ready."; exit 3'
    supervise([make_child("web", dying)], lambda: Path("births").read_text().count("\n") > 2)
    assert b"web ended (exit status 3); it starts again in" in capfdbinary.readouterr().out


def test_one_that_keeps_dying_waits_longer_and_longer_but_not_for_ever() -> None:
    dying = Child("web", [], {})
    dying.start = lambda: None  # type: ignore[method-assign]  # only the clock is looked at
    dying._started_at = float("inf")
    delays = [dying.postpone() for _ in range(8)]
    assert delays[:3] == [0.5, 1.0, 2.0]
    assert delays[-1] == child.LONGEST_DELAY_SECONDS


def test_the_address_is_told_once_when_all_have_started_and_the_port_answers(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    said = b""

    def answers() -> bool:
        nonlocal said
        said += capfdbinary.readouterr().out
        if ADDRESS.encode() in said:
            signal.raise_signal(signal.SIGTERM)
        return True

    names = ["web", "logs"]
    children = [make_child(name, OBEDIENT) for name in names]

    class Asked(Supervisor):
        def _announce(self) -> None:
            super()._announce()
            if self._announced:
                answers()

    Asked(children, Console(names), answers=answers, announcement=ADDRESS).run()
    lines = said.decode().splitlines()
    assert lines[-1].endswith(f"| {ADDRESS}")
    assert {"web  | web ready.", "logs | logs ready."} == set(lines[:-1])


def test_without_a_terminal_there_are_no_colours(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    console = Console(["serve", "content_generation"])
    console.write("content_generation", "ready ✓\r".encode())
    console.say("hello")
    assert capfdbinary.readouterr().out.decode() == (
        "content_generation | ready ✓\nserve              | hello\n"
    )


def test_on_a_terminal_each_role_has_a_colour(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    console = Console(["serve", "web"])
    console.say("one")
    console.write("web", b"two")
    colours = {line.split(b"m", 1)[0] for line in capfdbinary.readouterr().out.splitlines()}
    assert len(colours) == 2
