"""What is limited, for whom: which windows each thing takes a place in, how large and how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from pytest_django import Settings

from accounts.limits import rules
from accounts.limits.rules import DAY, MINUTE, Person
from accounts.limits.windows import Window

ADA = Person(account=7, session="ada's", address="192.0.2.7")
VISITOR = Person(account=None, session="somebody's", address="192.0.2.7")

NUMBERS = {
    "USER_ROADMAPS_PER_DAY": 3,
    "ANONYMOUS_ROADMAPS_PER_DAY": 5,
    "ORDERS_PER_ADDRESS_PER_DAY": 7,
    "SIGN_INS_PER_MINUTE": 11,
    "SIGN_UPS_PER_ADDRESS_PER_DAY": 13,
    "ANSWERS_PER_MINUTE": 17,
    "SOCKETS_PER_SESSION": 19,
    "SOCKETS_PER_ADDRESS": 23,
}

Windows = Callable[[], Sequence[Window]]
# By what takes a place: in which windows, by what they are counted; how many they hold, how long.
TABLE: dict[str, tuple[Windows, list[tuple[str, int, int]]]] = {
    "order of an account": (
        lambda: rules.order_windows(ADA),
        [("account", 3, DAY), ("address", 7, DAY)],
    ),
    "order of a visitor": (
        lambda: rules.order_windows(VISITOR),
        [("session", 5, DAY), ("address", 5, DAY), ("address", 7, DAY)],
    ),
    "going on": (lambda: rules.going_on_windows(ADA), [("account", 20, DAY)]),
    "going on of a visitor": (
        lambda: rules.going_on_windows(VISITOR),
        [("session", 20, DAY), ("address", 20, DAY)],
    ),
    "change to a plan": (
        lambda: rules.plan_change_windows(ADA),
        [("account", 2_000, DAY), ("address", 20_000, DAY)],
    ),
    "change of a visitor to a plan": (
        lambda: rules.plan_change_windows(VISITOR),
        [("session", 2_000, DAY), ("address", 20_000, DAY)],
    ),
    "failed sign-in": (
        lambda: rules.sign_in_windows(ADA.address, "ada@example.com"),
        [("address", 11, MINUTE), ("typed", 11, MINUTE)],
    ),
    "sign-up": (lambda: rules.sign_up_windows(ADA.address), [("address", 13, DAY)]),
    "mail to who has signed up": (lambda: rules.sign_up_mail_windows(7), [("account", 3, DAY)]),
    "asking for a link": (lambda: rules.link_asking_windows(ADA.address), [("address", 30, DAY)]),
    "mail with a link": (
        lambda: rules.link_mail_windows("ada@example.com"),
        [("mailbox", 5, DAY)],
    ),
    "export": (lambda: rules.export_windows(7), [("account", 10, DAY)]),
    "answer": (
        lambda: rules.answer_windows("learner", ADA.address),
        [("learner", 17, MINUTE), ("address", 170, MINUTE)],
    ),
    "first answer": (lambda: rules.answer_windows("", ADA.address), [("address", 17, MINUTE)]),
    "socket": (
        lambda: rules.socket_windows("ada's", ADA.address),
        [("address", 23, 90), ("session", 19, 90)],
    ),
    "socket without a session": (
        lambda: rules.socket_windows(None, ADA.address),
        [("address", 23, 90)],
    ),
}
# What two count together.
TOGETHER = [
    ("order of an account", 1, "order of a visitor", 2),
    ("change to a plan", 1, "change of a visitor to a plan", 1),
    ("socket", 0, "socket without a session", 0),
]


@pytest.fixture(autouse=True)
def numbers(settings: Settings) -> None:
    for name, number in NUMBERS.items():
        setattr(settings, name, number)


@pytest.mark.parametrize("what", TABLE)
def test_so_many_so_long(what: str) -> None:
    windows, expected = TABLE[what]
    assert [(one.most, one.seconds) for one in windows()] == [told[1:] for told in expected]


def test_no_two_windows_are_one_but_those_that_count_together() -> None:
    keys = [(what, place, one.key) for what in TABLE for place, one in enumerate(TABLE[what][0]())]
    shared = [
        (what, place, other, elsewhere)
        for number, (what, place, key) in enumerate(keys)
        for other, elsewhere, known in keys[number + 1 :]
        if key == known
    ]
    assert shared == TOGETHER


def test_whoever_differs_in_what_is_counted_has_windows_of_their_own() -> None:
    def counted(person: Person) -> list[str]:
        return [one.key for one in rules.order_windows(person)]

    elsewhere = Person(account=None, session="somebody's", address="192.0.2.8")
    other = Person(account=None, session="another's", address="192.0.2.7")
    same = [
        mine == theirs for mine, theirs in zip(counted(VISITOR), counted(elsewhere), strict=True)
    ]
    assert same == [True, False, False]
    same = [mine == theirs for mine, theirs in zip(counted(VISITOR), counted(other), strict=True)]
    assert same == [False, True, True]


@pytest.mark.parametrize(
    "typed", ["ADA@example.com", " ada@EXAMPLE.com\n", "ａda@example.com", "ada@example.com"]
)
def test_a_mailbox_is_one_however_it_is_written(typed: str) -> None:
    for windows in (lambda name: rules.sign_in_windows("a", name)[1:], rules.link_mail_windows):
        assert windows(typed)[0].key == windows("ada@example.com")[0].key
        assert windows(typed)[0].key != windows("eva@example.com")[0].key


def test_a_key_tells_of_nobody() -> None:
    key = rules.link_mail_windows("ada@example.com")[0].key
    assert key.startswith("cairn:limits:links:")
    assert "ada" not in key
    assert len(key) == len(rules.link_mail_windows("a" * 10_000)[0].key)
