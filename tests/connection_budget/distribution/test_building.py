"""A wheel and an sdist come out of the repository, whole, and leave nothing in it."""

from __future__ import annotations

import re
import tarfile
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePath
from zipfile import ZipFile

import pytest

from tests.connection_budget.distribution.conftest import Distribution
from tests.connection_budget.distribution.environments import ROOT, build
from tests.connection_budget.test_alone import OURS, imported

pytestmark = [pytest.mark.wide, pytest.mark.timeout(600)]

PACKAGE = ROOT / "connection_budget"
# About the package, not of it.
BESIDE = {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "docs"}


def files(folder: Path = PACKAGE) -> set[str]:
    """What is in the folder, but for what Python leaves there."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if "__pycache__" not in path.parts}


def contents(wheel: Path) -> dict[str, bytes]:
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def of_the_package(wheel: Path) -> dict[str, bytes]:
    held = contents(wheel)
    return {name: held[name] for name in held if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    (name,) = [name for name in contents(wheel) if name.endswith("METADATA")]
    return Parser().parsestr(contents(wheel)[name].decode())


def test_the_wheel_holds_the_package_whole_and_nothing_else(distribution: Distribution) -> None:
    own = {name for name in files() if PurePath(name).parts[0] not in BESIDE}
    assert set(of_the_package(distribution.wheel)) == {f"connection_budget/{name}" for name in own}


@pytest.mark.parametrize("name", ["py.typed", "management/commands/connection_budget.py"])
def test_what_is_no_module_of_a_layer_is_in_it_too(distribution: Distribution, name: str) -> None:
    assert f"connection_budget/{name}" in of_the_package(distribution.wheel)


def test_nothing_in_the_wheel_imports_cairn_or_tests(distribution: Distribution) -> None:
    modules = of_the_package(distribution.wheel)
    foreign = {
        name: found
        for name, source in modules.items()
        if name.endswith(".py") and (found := imported(source.decode()) & (OURS | {"tests"}))
    }
    assert (len(modules) > 60, foreign) == (True, {})


def test_the_sdist_holds_what_is_beside_the_package_too(distribution: Distribution) -> None:
    with tarfile.open(distribution.sdist) as archive:
        held = {str(PurePath(*PurePath(name).parts[1:])) for name in archive.getnames()}
    assert files() - held == set()
    assert {name for name in held if PurePath(name).parts[:1] == ("tests",)} == set()


def test_a_wheel_made_without_the_sdist_is_the_same(
    distribution: Distribution, tmp_path: Path
) -> None:
    build(PACKAGE, tmp_path / "straight", "--wheel")
    (wheel,) = (tmp_path / "straight").glob("*.whl")
    assert contents(wheel) == contents(distribution.wheel)


def test_building_leaves_nothing_in_the_repository(tmp_path: Path) -> None:
    before = files(), {path.name for path in ROOT.iterdir()}
    build(PACKAGE, tmp_path / "built")
    assert (files(), {path.name for path in ROOT.iterdir()}) == before


def test_it_needs_django_alone_and_its_extras_bring_the_rest(distribution: Distribution) -> None:
    said = metadata(distribution.wheel).get_all("Requires-Dist", [])
    assert [need.lower() for need in said if "extra ==" not in need] == ["django>=5.2"]


def test_the_newest_release_of_the_changelog_is_the_version(distribution: Distribution) -> None:
    changelog = (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert metadata(distribution.wheel)["Version"] == newest[1]


def test_every_extra_is_told_in_the_readme(distribution: Distribution) -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    extras = metadata(distribution.wheel).get_all("Provides-Extra", [])
    assert [extra for extra in extras if f"`{extra}`" not in readme] == []


def test_the_licence_is_that_of_the_repository(distribution: Distribution) -> None:
    held = contents(distribution.wheel)
    (name,) = [name for name in held if name.endswith("/LICENSE")]
    assert held[name] == (ROOT / "LICENSE").read_bytes()
