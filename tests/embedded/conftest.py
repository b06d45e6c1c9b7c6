"""Fixtures of the tests that start real servers."""

from collections.abc import Callable, Iterator

import pytest

from tests.embedded.checkouts import Checkout

NewCheckout = Callable[[str], Checkout]


@pytest.fixture
def new_checkout() -> Iterator[NewCheckout]:
    checkouts: list[Checkout] = []

    def make(name: str) -> Checkout:
        checkouts.append(Checkout(name))
        return checkouts[-1]

    yield make
    for checkout in checkouts:
        checkout.remove()


@pytest.fixture
def checkout(new_checkout: NewCheckout) -> Checkout:
    return new_checkout("checkout")


@pytest.fixture(scope="module")
def running() -> Iterator[Checkout]:
    """One server for tests that only look."""
    checkout = Checkout("checkout")
    checkout.postgres.join()
    yield checkout
    checkout.remove()
