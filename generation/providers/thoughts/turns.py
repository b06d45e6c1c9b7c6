"""What a chat template leaves around an answer: marks of turns, wrappers, a second turn. Pure."""

from __future__ import annotations

import re

from generation.providers.thoughts.marks import (
    find_in_prose,
    first_thought_mark,
    stands_in_a_sentence,
)

# Special tokens: `<|im_end|>`, `<｜end▁of▁sentence｜>`, `</s>`, `<end_of_turn>`, `[/INST]`, `]~b]`.
_SPECIAL = (
    r"(?:<\|[\w▁.:/-]{1,40}\|>|<\|[a-z_]{1,20}>|<[a-z_]{1,20}\|>|</?｜[^｜<>\n]{1,40}｜[\w▁]{0,40}>"
    r"|</s>|<(?:[a-z]{1,12}:)?(?:eos|bos|pad|eot|EOS|BOS|EOD|endoftext|end_of_turn|start_of_turn"
    r"|end_of_utterance)>|<unused\d{1,3}>|\[unused\d{1,3}\]|\[\|\w{1,30}\|\]"
    r"|<(?:eod|EOT|eoa|sep|beginning_of_sentence|end_of_sentence|_bot|_user|_end)>"
    r"|<(?:SPECIAL_|reserved_|mask:)\d{1,4}>|\[UNUSED_TOKEN_\d{1,4}\]|\[(?:BOT|USER|SUFFIX)\]"
    r"|<role>\w{1,12}</role>"
    # Calls of tools, which nobody offered.
    r"|<(?:[a-z]{1,12}:)?(?:tool_calls?|function_calls?)>"
    r"|\[/?INST\]|<</?SYS>>|\[(?:EOS|BOS|SEP|gMASK)\]|\[e~\[|\]~!?b[\]\[])"
)
_FIRST = re.compile(
    rf"\s{{0,20}}(?:{_SPECIAL}|<s>|<sop>)(?:[ \t]{{0,4}}(?:assistant|model|ai)\b)?", re.IGNORECASE
)
_FIRST_ROLE = re.compile(
    r"\s{0,20}(?:(?:assistant|model)[ \t]{0,4}\n"
    r"|(?:assistant|ASSISTANT|Assistant):(?=[ \t]{0,4}[#{\n])"
    r"|#{2,3} ?(?:Response|Assistant|応答):[ \t]{0,4}(?=[#{\n]|$)|/no_?think[ \t]{0,4}\n)"
)
_LATER = re.compile(_SPECIAL)
# A second turn of which only the role is left, on a line of its own or after a sentence's end.
_SECOND_TURN = re.compile(
    r"^(?:user|assistant|system|human)[ \t]*$"
    r"|(?<=[.!?。！？)*_\"”»])(?:user|assistant)[ \t]*$"
    r"|^#{2,3} ?(?:Instruction|Human|User|Input|指示):[ \t]*"
    r"|^(?:USER|HUMAN):[ \t]"
    r"|^<(?:user|human)>[ \t]*$",
    re.MULTILINE,
)

_ANSWER_NAME = (
    "answer|response|output|solution|final|final_answer|final_response|tutorial|conclusion|result"
    "|assistant"
)
# What begins the answer proper: all before it is thought.
_ANSWER = re.compile(
    r"<\|begin_of_(?:solution|answer|box)\|>|<\|START_(?:RESPONSE|TEXT)\|>|<\|content\|>"
    r"|<\|(?:answer|response|final)\|>"
    r"|<\|open\|>\s{0,2}response\s{0,2}<\|sep\|>"
    r"|\[BEGIN (?:FINAL )?(?:RESPONSE|ANSWER)\]"
    rf"|^[ \t]{{0,4}}<(?i:{_ANSWER_NAME})>(?=[ \t]*$|[ \t]*[#{{])",
    re.MULTILINE,
)
_ANSWER_ENDS = re.compile(
    r"<\|end_of_(?:solution|answer|box)\|>|<\|END_(?:RESPONSE|TEXT)\|>"
    r"|<\|/(?:answer|response|final)\|>|<\|close\|>"
    r"|\[END (?:FINAL )?(?:RESPONSE|ANSWER)\]"
    rf"|</(?i:{_ANSWER_NAME})>(?=[ \t]*$)",
    re.MULTILINE,
)


# A turn of the model right after another of its own, without anybody's word between them: what it
# said first, it said to itself (HyperCLOVA X, whose role for that is begun in the prompt).
_NEXT_OWN_TURN = re.compile(
    r"(?:<\|(?:im_end|eot_id|eot|eom_id|eom|end|end_of_text)\|>|<turn\|>|<end_of_turn>)\s{0,8}"
    r"(?:<\|(?:im_start|start_header_id|header_start|begin|turn)\|?>|<start_of_turn>)\s{0,4}"
    r"(?:assistant|model)(?:<\|(?:end_header_id|header_end)\|>)?[ \t]{0,4}\n"
)
_THINKING_ROLE = re.compile(r"\s{0,20}(?:<\|im_start\|>)?assistant/think[ \t]{0,4}\n")
_SPEAKING_ROLE = re.compile(r"^(?:<\|im_start\|>)?assistant[ \t]*\n", re.MULTILINE)
_OTHERS_TURN = re.compile(
    r"(?:<\|(?:im_start|start_header_id|header_start|begin|turn)\|?>|<start_of_turn>)\s{0,4}user"
)
# What is left of a mark nobody knows, alone at the end; and half of one.
_LAST = re.compile(
    r"<\|[\w▁]{0,20}\Z"
    r"|(?<=[.!?。！？)*_\"”»`\n])[ \n]{0,4}(?:<[a-zA-Z_]{3,30}>|\[[A-Z_]{4,30}\])\s{0,9}\Z"
)
_LAST_CHARACTERS = 80


def take_own_turn(text: str) -> str:
    """The turn in which a model speaks, after one in which it thinks."""
    if thinking := _THINKING_ROLE.match(text):
        speaks = _SPEAKING_ROLE.search(text, thinking.end())
        return text[speaks.end() :] if speaks else ""
    turn = next(find_in_prose(_NEXT_OWN_TURN, text), None)
    others = _OTHERS_TURN.search(text)
    if turn is None or (others and others.start() < turn.start()):
        return text
    return text[turn.end() :]


def drop_first_marks(text: str) -> str:
    """Without the marks of turns and roles with which it begins."""
    end = 0
    while (found := _FIRST.match(text, end)) and not _means_more(text, end):
        end = found.end()
    role = _FIRST_ROLE.match(text, end)
    return text[role.end() if role else end :]


def _means_more(text: str, start: int) -> bool:
    """Whether it is the mark of a thought or of an answer, which others look for."""
    start += len(text[start : start + 40]) - len(text[start : start + 40].lstrip())
    return bool(first_thought_mark(text, start) or _ANSWER.match(text, start))


def take_answer(text: str) -> str:
    """What stands between the marks of an answer, where there are such marks."""
    begins = list(find_in_prose(_ANSWER, text))
    if begins:
        text = text[begins[-1].end() :]
    ends = next(find_in_prose(_ANSWER_ENDS, text), None)
    return text if ends is None else text[: ends.start()]


def drop_later_turns(text: str) -> str:
    """Up to the first mark after the text proper: whatever follows is another turn."""
    end = len(text)
    for found in find_in_prose(_LATER, text):
        if not stands_in_a_sentence(text, found.start(), found.end(), closes=False):
            end = found.start()
            break
    turn = next(find_in_prose(_SECOND_TURN, text[:end]), None)
    text = text[: turn.start() if turn else end]
    start = max(len(text) - _LAST_CHARACTERS, 0)
    last = _LAST.search(text, start)
    return text[: last.start()] if last else text
