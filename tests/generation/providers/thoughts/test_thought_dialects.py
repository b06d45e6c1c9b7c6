"""Models think in many marks, and servers cut some of them out; no learner reads any of it."""

from __future__ import annotations

import pytest

from concepts.lint.tutorial import tutorial_problems
from generation.providers.gateway.models import find_object
from generation.providers.openai.unwrapping import clean_tutorial
from generation.providers.thoughts.stripping import strip_thoughts

TEXT = "## Names\n\nA name refers to a value.\n\n```python\nx = 1\n```\n\n## Practice\n\nTry it."
THOUGHT = "The user wants names.\n\n## A draft\n\n```python\ny = 2\n```\nGood."

# As the chat templates of open models and the servers before them have it: T is the thought.
PAIRS = {
    "DeepSeek, Qwen, GLM": ("<think>\nT\n</think>\n\n", ""),
    "LongCat": ("<longcat_think>\nT\n</longcat_think>\n", ""),
    "Seed": ("<seed:think>%T%</seed:think>", "<seed:eos>"),
    "MiniMax": ("<mm:think>%T%</mm:think>\n\n", "[e~["),
    "Mistral": ("[THINK]%T%[/THINK]", "</s>"),
    "Kimi VL": ("◁think▷%T%◁/think▷", "<|im_end|>"),
    "Kimi K3": (
        "<|open|>think<|sep|>%T%<|close|>think<|sep|><|open|>response<|sep|>",
        "<|close|>response<|sep|><|close|>message<|sep|>",
    ),
    "Gemma": ("<|channel>thought\nT<channel|>", "<turn|>"),
    "MedGemma": ("<unused94>thought\nT<unused95>", "<end_of_turn>"),
    "Cohere": (
        "<|START_THINKING|>%T%<|END_THINKING|><|START_RESPONSE|>",
        "<|END_RESPONSE|><|END_OF_TURN_TOKEN|>",
    ),
    "Cohere's next": ("<|START_THINKING|>%T%<|END_THINKING|><|START_TEXT|>", "<|END_TEXT|>"),
    "Apertus": ("<|inner_prefix|>%T%<|inner_suffix|>", "<|assistant_end|>"),
    "OpenThinker": (
        "<|begin_of_thought|>\nT\n<|end_of_thought|>\n\n<|begin_of_solution|>\n",
        "\n<|end_of_solution|>",
    ),
    "Solar": ("<|think|>%T%<|end|><|begin|>assistant<|content|>", "<|end|>"),
    "Pangu": ("[unused16]%T%[unused17]", "[unused10]"),
    "Hunyuan": ("<think>\nT\n</think>\n<answer>\n", "\n</answer>"),
    "Ernie": ("<think>\nT\n</think>\n\n<response>\n", "\n</response>\n"),
    "EXAONE": ("<thought>\nT\n</thought>\n\n", "[|endofturn|]"),
    "Reflection": (
        "<thinking>\nT\n<reflection>\nNo.\n</reflection>\n</thinking>\n<output>\n",
        "\n</output>",
    ),
    "Nemotron, open lost": ("%T%\n</think>\n\n", ""),
    "fullwidth": ("<｜think｜>%T%<｜/think｜>", "<｜end▁of▁sentence｜>"),
    "yet unknown": ("<|begin_of_deep_thinking|>%T%<|end_of_deep_thinking|>", "<|eot|>"),
    "with attributes": ('<thinking mode="deep">%T%</thinking>\n', ""),
    "Granite": ("Here is my thought process:\nT\n\nHere is my response:\n", ""),
    "Apriel": (
        "Here are my reasoning steps:\nT\n[BEGIN FINAL RESPONSE]\n",
        "\n[END FINAL RESPONSE]\n<|end|>",
    ),
    "Ollama's terminal": ("Thinking...\nT\n...done thinking.\n\n", ""),
    "Poe": ("*Thinking...*\n\n> The user wants names.\n> \n> ## A draft\n\n", ""),
    "a gateway's details": (
        '<details type="reasoning" done="true">\n<summary>%T%</summary>\n> No.\n</details>\n',
        "",
    ),
    "in bold": ("**Thinking:**\nT\n\n**Answer:**\n", ""),
    "harmony": (
        "<|channel|>analysis<|message|>%T%<|end|><|start|>assistant<|channel|>final<|message|>",
        "<|return|>",
    ),
    "harmony with remarks": (
        (
            "<|channel|>analysis<|message|>%T%<|end|><|start|>assistant<|channel|>commentary<|message|>"
            "Now.<|end|><|start|>assistant<|channel|>final <|constrain|>markdown<|message|>"
        ),
        "<|return|>",
    ),
    "harmony, its begin in the prompt": (
        "%T%<|end|><|start|>assistant<|channel|>final<|message|>",
        "",
    ),
    "Glimmer": (
        "to=self<|message|>%T%<|eom|><|start|>assistant to=user<|message|>",
        "<|eot|>",
    ),
    "harmony, stripped": ("analysisT" + "assistantfinal", ""),
    "harmony with remarks, stripped": ("analysis%T%assistantcommentaryNow.assistantfinal", ""),
    "only its last channel, stripped": ("assistantfinal", ""),
    "a think tag and a channel": ("<think>%T%</think>assistantfinal", ""),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_thought_in_any_dialect_is_dropped_with_its_marks(name: str) -> None:
    before, after = PAIRS[name]
    said = f"{before.replace('%T%', THOUGHT)}{TEXT}{after}"
    assert clean_tutorial(said) == TEXT


@pytest.mark.parametrize("name", PAIRS)
def test_a_draft_in_a_thought_is_not_taken_for_the_object(name: str) -> None:
    before, after = PAIRS[name]
    draft = 'A draft: {"questions": [1, 2, 3, 4, 5, 6, 7, 8, 9]}.'
    said = f'{before.replace("%T%", draft)}{{"questions": [1]}}{after}'
    assert find_object(said) == '{"questions": [1]}'


@pytest.mark.parametrize(
    "cut_off",
    [
        "<seed:think>and so",
        "[THINK]and so\n\n## A draft",
        "◁think▷and so",
        "<|START_THINKING|>and so",
        "<|channel|>analysis<|message|>and so",
        "<|channel>thought\nand so",
        "analysisWe need to write",
        "Thinking...\nand so",
        "Here is my thought process:\nand so",
        "thought\nThe user wants names.\n\nand so",
    ],
)
def test_a_thought_that_was_cut_off_leaves_nothing(cut_off: str) -> None:
    assert strip_thoughts(cut_off).strip() == ""


@pytest.mark.parametrize(
    "said",
    [
        f"{TEXT}<|im_end|>",
        f"{TEXT}<|im_end|>\n<|im_start|>user\nThanks!<|im_end|>\n<|im_start|>assistant\nWelcome.",
        f"{TEXT}<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nThanks!",
        f"<|start_header_id|>assistant<|end_header_id|>\n\n{TEXT}<|eot_id|>",
        f"<|im_start|>assistant\n{TEXT}\n<|im_end|>",
        f"<start_of_turn>model\n{TEXT}<end_of_turn>\n",
        f"<s>{TEXT}</s>",
        f"[/INST] {TEXT}</s>[INST] Thanks! [/INST]",
        f"<｜Assistant｜>{TEXT}<｜end▁of▁sentence｜><｜User｜>Thanks!",
        f"<|assistant|>\n{TEXT}\n<|user|>\nThanks!",
        f"{TEXT}<|endoftext|>Human: Next question",
        f"{TEXT}\nuser\nThanks!\nassistant\nYou are welcome.",
        f"{TEXT}user\n\nThanks!assistant\n\nYou are welcome.",
        f"assistant\n\n{TEXT}",
        f"### Response:\n{TEXT}\n\n### Instruction:\nThanks!\n\n### Response:\nWelcome.",
        f"thought\n{TEXT}",
    ],
)
def test_what_a_chat_template_leaves_is_no_part_of_the_text(said: str) -> None:
    assert clean_tutorial(said) == TEXT


# Of these nothing tells any more where the thought ends.
ALOUD = [
    "Okay, the user wants me to write a tutorial on names. I should begin with a situation.",
    "We need to write a tutorial in Markdown about names, at least 600 words.",
    "The user is asking for a tutorial on names for a beginner. Let me plan the sections.",
    "Alright, let's tackle this. I need to produce a tutorial about names.",
    "Hmm, so the task is to write a lesson on names. First I should check the data.",
    "Let me think about how to structure this tutorial. The concept is names.",
    "I'm going to write the tutorial now, following the instructions in the system prompt.",
    "好的，用户希望我写一篇关于名称的教程。我需要先想一个场景。",
    "嗯，我需要写一篇教程，面向初学者。",
    "Хорошо, пользователь просит написать урок об именах.",
    "Vale, el usuario quiere que escriba un tutorial sobre nombres.",
    "D'accord, l'utilisateur me demande d'écrire un tutoriel sur les noms.",
    "Okay, der Benutzer möchte, dass ich ein Tutorial über Namen schreibe.",
]


@pytest.mark.parametrize("aloud", ALOUD)
def test_thoughts_without_any_mark_are_refused(aloud: str) -> None:
    problems = tutorial_problems(f"{aloud}\n\n{TEXT}", "en")
    assert any("thinking aloud" in problem for problem in problems)


@pytest.mark.parametrize(
    "opening",
    [
        "The user wants to see her orders, and the page stays empty. Why?",
        "Okay, so your tests are green. What do they say?",
        "We need to talk about names: a name refers to a value.",
        "Let me think is what people say before they guess. Names help.",
        "I need to write a function, says your colleague. Which name should it have?",
        "You want to write a tutorial for your team. Begin with the reader.",
        "用户点击按钮以后，页面没有任何反应。",
        "Here is a small program that counts words.",
        "analysis of data begins with a question.",
        "Final remarks first: names matter.",
    ],
)
def test_a_tutorial_that_only_sounds_alike_is_no_thought(opening: str) -> None:
    lesson = f"{opening}\n\n{TEXT}"
    assert clean_tutorial(lesson) == lesson
    assert not any("thinking aloud" in problem for problem in tutorial_problems(lesson, "en"))


@pytest.mark.parametrize(
    "sentence",
    [
        "The template puts `<|im_start|>` before a turn and `<|im_end|>` after it.",
        "A turn ends with <|im_end|>, which is one token.",
        "The token <|endoftext|> stands between documents.",
        "| <|im_start|> | begins a turn |",
        "Mistral writes `[THINK]` and `[/THINK]`, Kimi `◁think▷`.",
        "What stands in the channel `analysis` is hidden.",
        "A [Thinking](https://example.org/) link, and [THINK](https://example.org/) in capitals.",
        "The <answer> tag is spoken of here.",
        "```\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n```",
        "```\nuser\nassistant\n```",
        "- user\n- assistant",
        "It is done by the user.",
        "Thinking... is what the terminal shows.",
    ],
)
def test_marks_that_a_lesson_speaks_of_stay(sentence: str) -> None:
    lesson = f"{TEXT}\n\n## Marks\n\n{sentence}\n\n{TEXT}"
    assert clean_tutorial(lesson) == lesson
