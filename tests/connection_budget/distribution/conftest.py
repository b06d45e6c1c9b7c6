from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.connection_budget.distribution.environments import ROOT, build
from tests.servers import ThrowAwayServer


class Distribution(NamedTuple):
    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """Both, the wheel out of the sdist, as a registry would get them."""
    out = tmp_path_factory.mktemp("dist") / "built"
    build(ROOT / "connection_budget", out)
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return Distribution(wheel, sdist)


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowAwayServer]:
    with ThrowAwayServer(max_connections=100) as running:
        yield running
