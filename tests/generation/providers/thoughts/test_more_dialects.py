"""More marks of thoughts and of turns: roles that think, gateways' wrappers, what agents write."""

from __future__ import annotations

import pytest

from generation.providers.gateway.models import find_object
from generation.providers.openai.unwrapping import clean_tutorial
from generation.providers.thoughts.stripping import strip_thoughts
from tests.generation.providers.thoughts.test_thought_dialects import TEXT, THOUGHT

# %T% is the thought.
THINKING = {
    "HyperCLOVA's role": (
        "<|im_start|>assistant/think\n%T%<|im_end|>\n<|im_start|>assistant\n",
        "<|im_end|>",
    ),
    "its begin in the prompt": (
        "%T%<|im_end|>\n<|im_start|>assistant\n",
        "<|im_end|><|endofturn|>",
    ),
    "the role, stripped": ("assistant/think\n%T%\nassistant\n", ""),
    "the role of another template": (
        "%T%<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        "<|eot_id|>",
    ),
    "harmony without its message": ("<|channel|>analysis %T% <|channel|>final ", ""),
    "harmony, stripped to words": ("analysis\n\n%T%\n\nassistant\n\nfinal\n\n", ""),
    "harmony, made bold": ("**analysis**\n%T%\n\n**final**\n", ""),
    "harmony and one more turn": (
        "<|channel|>analysis<|message|>%T%<|end|><|start|>assistant<|channel|>final<|message|>",
        "<|return|><|start|>user<|message|>Thank you, that was all of it.<|end|>",
    ),
    "Marco": ("<Thought>\n%T%\n</Thought>\n<Output>\n", "\n</Output>"),
    "LLaVA": (
        "<SUMMARY>s</SUMMARY>\n<CAPTION>c</CAPTION>\n<REASONING>%T%</REASONING>\n<CONCLUSION>",
        "</CONCLUSION>",
    ),
    "Claude's prompts": ("<thinking>%T%</thinking>\n\n<result>\n", "\n</result>"),
    "artifacts": ("<antThinking>%T%</antThinking>", ""),
    "in one word": ("<ThinkingProcess>%T%</ThinkingProcess>", ""),
    "a plan": ("<planning>\n%T%\n</planning>\n", ""),
    "a reason": ("<rationale>%T%</rationale>\n", ""),
    "with spaces": ("< think >%T%</ think >\n", ""),
    "escaped": ("&lt;think&gt;%T%&lt;/think&gt;\n", ""),
    "escaped as in Markdown": (r"\<think\>%T%\</think\>", ""),
    "as wide as ideographs": ("＜think＞%T%＜/think＞", ""),
    "in Chinese": ("<思考>%T%</思考>", ""),
    "Chinese headlines": ("思考过程：\n%T%\n\n最终答案：\n", ""),
    "small brackets": ("[think]%T%[/think]\n", ""),
    "a block of code that is none": ("```thinking\n%T%\n```\n", ""),
    "a gateway's details": (
        "<details>\n<summary>Thought for 3 seconds</summary>\n\n%T%\n</details>\n\n",
        "",
    ),
    "a heading": ("## Thinking\n%T%\n\n## Answer\n", ""),
    "an agent": ("Thought: %T%\nFinal Answer: ", ""),
    "an answer of its own": ("Reasoning: %T%\n\nAnswer:\n", ""),
    "behind a byte order mark": ("\ufeff<think>%T%</think>\n", ""),
    "behind a zero": ("\x00<think>%T%</think>\n", ""),
}
TURNS = {
    "half a mark": ("", "<|im_en"),
    "Ring": ("<role>ASSISTANT</role>", "<|role_end|>"),
    "Nemotron": ("<SPECIAL_11>Assistant\n", "<SPECIAL_12>"),
    "Ernie": ("", "<mask:1>"),
    "DeepSeek's calls": ("", '\n\n<｜DSML｜function_calls>\n<｜DSML｜invoke name="x">\n'),
    "Qwen's calls": ("", '\n<tool_call>\n{"name":"x","arguments":{}}\n</tool_call>'),
    "MiniMax's calls": (
        "",
        '<minimax:tool_call>\n<invoke name="a"></invoke>\n</minimax:tool_call>',
    ),
    "Olmo's calls": ("", "<function_calls></function_calls>"),
    "InternLM": ("", "<eoa>"),
    "its spare tokens": ("", "[UNUSED_TOKEN_145]"),
    "Baichuan": ("<reserved_107>", "<reserved_106>"),
    "Reka": ("", " <sep> human: thanks"),
    "Skywork": ("[BOT]", "[USER] thanks"),
    "TeleChat": ("<_bot>", "<_end>"),
    "PLaMo": ("<|plamo:op|>assistant\n", "<|plamo:op|>user\nhi"),
    "LLM-jp": ("### 応答:\n", "\n\n### 指示:\nhi"),
    "Vicuna": ("ASSISTANT: ", "\nUSER: thanks\nASSISTANT: Welcome."),
    "Grok": ("Assistant: ", "<|separator|>\n\nHuman: hi"),
    "a switch that is echoed": ("/no_think\n", ""),
    "an element around it": ("<assistant>\n", "\n</assistant>"),
    "an end that nobody knows": ("", "<eod>"),
    "another": ("", "\n[END_OF_TEXT]"),
}


@pytest.mark.parametrize("name", THINKING)
def test_thoughts_in_more_dialects_are_dropped_with_their_marks(name: str) -> None:
    before, after = THINKING[name]
    assert clean_tutorial(f"{before.replace('%T%', THOUGHT)}{TEXT}{after}") == TEXT


@pytest.mark.parametrize("name", THINKING)
def test_a_draft_in_them_is_not_taken_for_the_object(name: str) -> None:
    before, after = THINKING[name]
    draft = 'A draft: {"questions": [1, 2, 3, 4, 5, 6, 7, 8, 9]}.'
    said = f'{before.replace("%T%", draft)}{{"questions": [1]}}{after}'
    assert find_object(said) == '{"questions": [1]}'


@pytest.mark.parametrize("name", TURNS)
def test_what_more_templates_leave_is_no_part_of_the_text(name: str) -> None:
    before, after = TURNS[name]
    assert clean_tutorial(f"{before}{TEXT}{after}") == TEXT


@pytest.mark.parametrize(
    "cut_off", ["<antThinking>and so", "assistant/think\nand so", "<planning>\nand"]
)
def test_of_one_that_was_cut_off_nothing_is_left(cut_off: str) -> None:
    assert strip_thoughts(cut_off).strip() == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "A `List<String>` holds names.",
        "The `<planning>` element and <plan> are spoken of here.",
        "Press [think](https://example.org/) or [thinking][1].",
        "An agent writes its thought, then “Final Answer: 7”.",
        "Write &lt;br&gt; where a line ends.",
        "The <sep> token, like [SEP], stands between two texts.",
        "The role assistant/think is one of two.",
        "In ReAct a prompt says Thought: and then Action: at once.",
        "```xml\n<tool_call>\n{}\n</tool_call>\n```",
        "```text\nUSER: hi\nASSISTANT: hello\n```",
        "## Analysis\n\nWhat was measured is read.",
        "## Answers\n\n1. Seven.",
    ],
)
def test_a_lesson_may_speak_of_all_that(sentence: str) -> None:
    lesson = f"{TEXT}\n\n## Marks\n\n{sentence}\n\n{TEXT}"
    assert clean_tutorial(lesson) == lesson


@pytest.mark.parametrize("first", ["> **Thinking**", "> 💭 *Thinking*", "> Reasoning:"])
def test_a_quotation_that_calls_itself_a_thought_is_one(first: str) -> None:
    thought = "".join(f"> {line}\n" for line in THOUGHT.split("\n"))
    assert clean_tutorial(f"{first}\n{thought}\n{TEXT}") == TEXT
    quoted = f"> Thinking is hard.\n{thought}\n{TEXT}"
    assert clean_tutorial(quoted) == quoted
