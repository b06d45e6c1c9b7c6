"""What of an answer no learner may read: a model's thoughts and the marks of its template. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from generation.providers.thoughts.channels import (
    drop_headlined_thoughts,
    ends_of_announced_thoughts,
    take_final_channel,
)
from generation.providers.thoughts.marks import (
    Mark,
    find_any_thought_mark,
    find_thought_marks,
    first_thought_mark,
)
from generation.providers.thoughts.turns import (
    drop_first_marks,
    drop_later_turns,
    take_answer,
    take_own_turn,
)

# Each cut may open or close a block of code and so uncover other marks; nobody needs more turns.
_MOST_ROUNDS = 8
# Marks of an encoding, and spaces without width.
_UNSEEN = "\ufeff\u200b\u2060\x00"
_DETAILS_END = "</details>"


def strip_thoughts(text: str) -> str:
    """The answer without thoughts, in whatever marks, and without what a template left around it.

    A learner must never read a thought, so in doubt a mark is one: where it stands alone, begins
    or ends a line or follows a sentence, all is dropped from it to its other end or, if that was
    lost, to the end (the beginning) of the text. Only a mark in the midst of a sentence that goes
    on after it is spoken of: no model breaks off there to think. Code is kept.
    """
    text = take_answer(take_final_channel(take_own_turn(text.lstrip(_UNSEEN))))
    text = drop_headlined_thoughts(drop_first_marks(text))
    text = _drop_marked_thoughts(text)
    return drop_later_turns(drop_first_marks(text))


def ends_of_thoughts(text: str) -> Iterator[int]:
    """Wherever in a text a thought may end, in order; those in code count, too."""
    marks = (mark.end for mark in find_any_thought_mark(text) if mark.closes)
    yield from sorted({*marks, *ends_of_announced_thoughts(text)})


def _drop_marked_thoughts(text: str) -> str:
    text = _skip_first_thoughts(text)
    for _ in range(_MOST_ROUNDS):
        cuts = _find_cuts(list(find_thought_marks(text)), len(text))
        if not cuts:
            return text
        starts = [0, *(end for _, end in cuts)]
        ends = [*(start for start, _ in cuts), len(text)]
        text = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    return ""


def _skip_first_thoughts(text: str) -> str:
    """A model thinks before it answers, perhaps with code in its thoughts."""
    opens = first_thought_mark(text, len(text) - len(text.lstrip()))
    return text if opens is None else text[_end_of_thought(text, opens) :]


def _end_of_thought(text: str, opens: Mark) -> int:
    """By the same name: the thought may hold code that speaks of others."""
    if opens.is_empty:
        return opens.end
    if text.startswith("<details", opens.start):
        end = text.find(_DETAILS_END, opens.end)
        return end + len(_DETAILS_END) if end >= 0 else len(text)
    rest = text[opens.end :]
    for mark in find_thought_marks(rest):
        if mark.closes and mark.name == opens.name and not mark.is_spoken:
            return opens.end + mark.end
    # A code block that it left open may have hidden the end.
    for mark in find_any_thought_mark(text, opens.end):
        if mark.closes and mark.name == opens.name:
            return mark.end
    return len(text)


def _find_cuts(marks: list[Mark], length: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    last_end = max((mark.end for mark in marks if mark.closes and not mark.is_spoken), default=0)
    opened: Mark | None = None
    for mark in marks:
        if mark.is_empty:
            cuts += [] if opened or mark.is_spoken else [(mark.start, mark.end)]
        elif not mark.closes:
            opened = opened if opened and not opened.is_spoken else mark
        elif opened is None or opened.is_spoken:
            opened = None
            if not mark.is_spoken:
                # Its beginning was lost: all before it was thought.
                cuts = [(0, mark.end)]
        elif not mark.is_spoken or mark.end > last_end:
            cuts.append((opened.start, mark.end))
            opened = None
    if opened and not opened.is_spoken:
        cuts.append((opened.start, length))
    return cuts
