"""Functions over texts, ready to be called with hostile ones."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from tests.hostile.building import CannotBuild, Text, build
from tests.hostile.collecting import Function, find_functions, is_below, walk_modules
from tests.hostile.measuring import (
    LONG,
    LOOP_SECONDS,
    THREAD_SECONDS,
    Run,
    find_fault,
    longest_c_call,
)
from tests.hostile.reasons import IN_THREADS, NOT_LONGER_THAN, NOT_MADE, PASSED_OVER

# No single call of C code holds the interpreter for longer, whatever thread it is in.
LONGEST_C_CALL = 0.2
_PROBE = 100


class TextFunction(Function):
    @property
    def most_seconds(self) -> float:
        return THREAD_SECONDS if is_below(self.name, IN_THREADS) else LOOP_SECONDS

    @property
    def longest(self) -> int:
        return NOT_LONGER_THAN.get(self.name, (LONG, ""))[0]

    def prepare(self, text: Text, length: int, *, is_whole: bool) -> Callable[[], object]:
        """A call with such a text; one that does nothing where no value can be made of it."""
        try:
            given = {
                name: build(hint, text, length, is_whole=is_whole)
                for name, hint in self.takes.items()
            }
        except CannotBuild:
            return lambda: None
        return partial(self._to_its_end, given)

    def _to_its_end(self, given: dict[str, Any]) -> object:
        told = self.function(**given)
        return list(told) if isinstance(told, Iterator) else told

    def shapes(self) -> tuple[bool, ...]:
        """Whether it is given one long text, and whether also many short ones."""
        takes_text = any(hint is str for hint in self.takes.values())
        return (True,) if takes_text else (True, False)

    def faults(self, texts: dict[str, Text]) -> Iterator[str]:
        for name, text in texts.items():
            for is_whole in self.shapes():
                run = self._run(text, is_whole=is_whole)
                if fault := find_fault(run, most_seconds=self.most_seconds, longest=self.longest):
                    yield f"{self.name}, {name}{'' if is_whole else ' in pieces'}: {fault}"

    def long_c_calls(self, texts: dict[str, Text]) -> Iterator[str]:
        for name, text in texts.items():
            for is_whole in self.shapes():
                seconds, called = longest_c_call(
                    self._run(text, is_whole=is_whole), self.longest, least=LONGEST_C_CALL
                )
                if seconds > LONGEST_C_CALL:
                    yield f"{self.name}, {name}: {called} holds the interpreter {seconds:.2f} s"

    def _run(self, text: Text, *, is_whole: bool) -> Run:
        return lambda length: self.prepare(text, length, is_whole=is_whole)


def functions_of(module: types.ModuleType) -> Iterator[TextFunction]:
    for one in find_functions(module):
        if not is_below(one.name, PASSED_OVER):
            yield TextFunction(one.name, one.function, one.takes)


def list_functions() -> Iterator[TextFunction]:
    """All that can be called. Raises CannotBuild for a type that nothing is known of."""
    for module in walk_modules(PASSED_OVER):
        for one in functions_of(module):
            if can_be_made(one):
                yield one


def can_be_made(one: TextFunction) -> bool:
    for hint in one.takes.values():
        try:
            build(hint, lambda length: "x" * length, _PROBE)
        except CannotBuild as error:
            if any(known in str(error) for known in NOT_MADE):
                return False
            raise CannotBuild(f"{one.name} takes {error}: say in `reasons.py` why not") from None
    return True
