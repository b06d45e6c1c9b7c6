"""What is new is measured by itself, and red where it is slow."""

from __future__ import annotations

import functools
import re
import tomllib
import types
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from concepts.content import QuizContent
from tests.hostile import collecting
from tests.hostile.building import APPS
from tests.hostile.collecting import find_patterns, walk_modules
from tests.hostile.expressions import faults_of, ways_of
from tests.hostile.functions import TextFunction, functions_of, list_functions
from tests.hostile.measuring import LOOP_SECONDS, find_fault, longest_c_call
from tests.hostile.texts import quick_texts, texts_against

pytestmark = [pytest.mark.wide, pytest.mark.timeout(300)]

SLOW = r"(\w+)\s*=(?=x)|\w*@"


@dataclass(frozen=True)
class Letter:
    words: list[str]


def count_pairs(text: str) -> int:
    return sum(text.count(character) for character in text)


def count_words(letter: Letter) -> int:
    return sum(letter.words.count(word) for word in letter.words)


@dataclass(frozen=True)
class Counting:
    """One of each kind of method; all of them are slow."""

    text: str

    @staticmethod
    def static(text: str) -> int:
        return count_pairs(text)

    @classmethod
    def of_class(cls, text: str) -> int:
        return count_pairs(text)

    def of_text(self) -> int:
        return count_pairs(self.text)

    @property
    def told(self) -> int:
        return count_pairs(self.text)

    @functools.cached_property
    def kept(self) -> int:
        return count_pairs(self.text)


def all_differ(length: int) -> str:
    return "".join(chr(0x4E00 + n % 20_000) for n in range(length))


async def not_called(text: str) -> str:
    return text


def planted(**things: object) -> types.ModuleType:
    module = types.ModuleType(__name__)
    vars(module).update(things)
    return module


def planted_functions() -> dict[str, TextFunction]:
    module = planted(
        count_pairs=count_pairs, count_words=count_words, not_called=not_called, number=len
    )
    return {one.name.rpartition(".")[2]: one for one in functions_of(module)}


@pytest.mark.parametrize(
    "held",
    [
        re.compile(SLOW),
        [re.compile(SLOW)],
        {"a": (re.compile(SLOW),)},
        type("Holder", (), {"__module__": __name__, "one": re.compile(SLOW)}),
    ],
)
def test_a_slow_expression_is_found_wherever_a_module_keeps_it(held: object) -> None:
    (pattern,) = find_patterns(planted(PLANTED=held))
    assert pattern.name.startswith(f"{__name__}.PLANTED")
    assert pattern.expression.pattern == SLOW


def test_every_app_is_looked_through() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    assert set(APPS) == set(project["tool"]["importlinter"]["root_packages"])


def test_a_new_module_is_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "a_new_app" / "a_folder"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        (folder / "__init__.py").touch()
    (inner / "a_module.py").write_text("def count(text: str) -> int:\n    return len(text)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(collecting, "APPS", ("a_new_app",))
    names = {one.name for module in walk_modules(()) for one in functions_of(module)}
    assert names == {"a_new_app.a_folder.a_module.count"}


@pytest.mark.parametrize(
    "held",
    [
        count_pairs,
        [count_pairs],
        {"pairs": (count_pairs,)},
        [lambda text: count_pairs(text) + 1],
        functools.cache(count_pairs),
        Counting,
    ],
)
def test_a_slow_function_is_found_wherever_a_module_keeps_it(held: object) -> None:
    found = list(functions_of(planted(PLANTED=held)))
    assert found
    for one in found:
        assert one.name.startswith(f"{__name__}.PLANTED")
        assert any(one.faults({"all differ": all_differ})), one.name


def test_all_kinds_of_methods_are_found() -> None:
    names = {one.name.rpartition(".")[2] for one in functions_of(planted(PLANTED=Counting))}
    assert names == {"static", "of_class", "of_text", "told", "kept"}


def test_an_annotation_that_only_the_checker_reads_hides_no_function() -> None:
    def count(text: str, rows: Unknown[str] | None = None) -> int:  # type: ignore[name-defined]  # noqa: F821
        return count_pairs(text)

    assert [one.takes for one in functions_of(planted(PLANTED=count))] == [{"text": str}]


def test_a_slow_expression_is_red_by_texts_of_its_own() -> None:
    (pattern,) = find_patterns(planted(PLANTED=re.compile(SLOW)))
    assert any(faults_of(pattern, texts_against(pattern.expression, most=3), {"search"}))


@pytest.mark.parametrize("source", [r"(a|aa)+b", r"<b>.*?</b>", r"\s*\Z"])
def test_texts_are_made_of_what_an_expression_looks_for(source: str) -> None:
    (pattern,) = find_patterns(planted(PLANTED=re.compile(source)))
    assert any(faults_of(pattern, texts_against(pattern.expression), {"search"}))


@pytest.mark.parametrize(
    ("source", "ways"),
    [
        ("_ONE = re.compile('a')\nfound = _ONE.fullmatch(text)", {"fullmatch"}),
        ("_ONE = re.compile('a')\n_ONE.match(text) or _ONE.sub('', text)", {"match", "sub"}),
        ("_ONE = re.compile('a')\nfor one in (_ONE, _TWO): one.fullmatch(text)", None),
        ("ONE = re.compile('a')\nONE.fullmatch(text)", None),
    ],
)
def test_an_expression_is_used_as_its_module_uses_it(source: str, ways: set[str] | None) -> None:
    name = source.partition(" ")[0]
    assert ways_of(f"app.module.{name}", source) == (ways or {"search", "fullmatch"})


def test_a_quick_expression_is_not_red() -> None:
    (quick,) = find_patterns(planted(PLANTED=re.compile(r"[`*]+|\bword\b")))
    texts = quick_texts() | texts_against(quick.expression)
    assert list(faults_of(quick, texts, {"search", "fullmatch"})) == []


def test_functions_over_texts_and_over_what_is_made_of_texts_are_found() -> None:
    assert set(planted_functions()) == {"count_pairs", "count_words"}


@pytest.mark.parametrize("name", ["count_pairs", "count_words"])
def test_a_slow_function_is_red(name: str) -> None:
    texts = {"'ab'": quick_texts()["'a'"], "words": quick_texts()["' '"]}
    texts["all differ"] = all_differ
    assert any(planted_functions()[name].faults(texts))


def test_growth_is_seen_within_the_bound() -> None:
    def square(length: int) -> object:
        return sum(1 for _ in range(length**2 // 1_000))

    fault = find_fault(
        lambda length: partial(square, length), most_seconds=100 * LOOP_SECONDS, longest=60_000
    )
    assert fault
    assert "exponent" in fault
    assert find_fault(lambda length: partial(sum, range(length * 20)), most_seconds=100) is None


def test_a_long_call_of_c_code_is_seen_by_its_name() -> None:
    def sort(length: int) -> object:
        return sorted(map(str, range(length)))

    seconds, name = longest_c_call(lambda length: partial(sort, length), 500_000)
    assert seconds > 0.01
    assert name == "sorted"


def test_content_is_made_of_texts_within_its_bounds() -> None:
    found = {one.name: one for one in list_functions()}
    lint = found["concepts.lint.quiz_rules.lint_quiz"]
    assert lint.takes == {"quiz": QuizContent}
    assert "roadmaps.text.words" in found
    assert "generation.providers.registry.get_provider" not in found
