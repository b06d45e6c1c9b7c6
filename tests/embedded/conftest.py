"""Fixtures of the tests that start real servers."""

from collections.abc import Callable, Iterator

import pytest

from tests.embedded.checkouts import Checkout

NewCheckout = Callable[[str], Checkout]


@pytest.fixture(scope="session")
def template() -> Iterator[Checkout]:
    """Has a database already, for others to copy."""
    template = Checkout("template")
    template.postgres.join()
    template.postgres.leave()
    yield template
    template.remove()


@pytest.fixture
def new_checkout() -> Iterator[NewCheckout]:
    """Makes checkouts that were never used."""
    checkouts: list[Checkout] = []

    def make(name: str) -> Checkout:
        checkouts.append(Checkout(name))
        return checkouts[-1]

    yield make
    for checkout in checkouts:
        checkout.remove()


@pytest.fixture
def cold(new_checkout: NewCheckout) -> Checkout:
    """Never used: the next start is the first."""
    return new_checkout("cold")


@pytest.fixture
def checkout(new_checkout: NewCheckout, template: Checkout) -> Checkout:
    """Used before, nothing running."""
    checkout = new_checkout("checkout")
    checkout.copy_data(template)
    return checkout


@pytest.fixture(scope="module")
def running(template: Checkout) -> Iterator[Checkout]:
    """One server for tests that only look."""
    checkout = Checkout("running")
    checkout.copy_data(template)
    checkout.postgres.join()
    yield checkout
    checkout.remove()
