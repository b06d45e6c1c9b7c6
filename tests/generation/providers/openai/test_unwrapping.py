"""Courtesies go, content stays: what a model says before, around and after a tutorial."""

from __future__ import annotations

from time import process_time

import pytest

from generation.providers.openai.unwrapping import clean_tutorial

CODE = "```python\nprint(1)\n```"
BODY = f"## Names\n\nA name refers to a value.\n\n{CODE}\n\n## Recap\n\nNames refer to values."

GOODBYES = [
    "I hope this helps!",
    "Hope this helps! Keep going.",
    "I hope this tutorial has given you a solid understanding of names.",
    "I really hope that this beginner-friendly guide was useful.",
    "I hope this gave you a clear picture of names.",
    "We hope you enjoyed this tutorial.",
    "Let me know if you have any questions.",
    "*Please let me know if you'd like more exercises.*",
    "**Feel free to ask if anything is unclear!**",
    "Please don’t hesitate to reach out.",
    "Happy learning!",
    "Happy coding! 🚀",
    "🎉 Happy querying, and see you soon.",
    "Good luck!",
    "Good luck with your studies!",
    "If you have any questions, feel free to ask.",
    "If you have any questions or need further help, I'm happy to help.",
    "If anything is unclear, just ask.",
    "If you are stuck, ask me in the comments.",
    "If you have questions, ask!",
    "If you’d like, I can also write a quiz for this.",
    "Would you like me to continue with the next concept?",
    "Do you want to move on to the next concept?",
    "Should I go on with the exercises?",
    "Any questions? Just ask.",
    "(End of tutorial)",
    "*End of the lesson.*",
    "This concludes our tutorial on names.",
    "Thank you for reading!",
    "I'm always here to help.",
    "Espero que este tutorial te ayude a entender los nombres.",
    "Si tienes alguna pregunta, no dudes en preguntarme.",
    "¡Mucha suerte!",
    "¿Te gustaría que continúe con el siguiente concepto?",
    "Espero que isto ajude. Bons estudos!",
    "J’espère que ce tutoriel vous aidera.",
    "N'hésitez pas à poser vos questions.",
    "Ich hoffe, dieses Tutorial hilft dir weiter!",
    "Bei Fragen melde dich gerne.",
    "Viel Erfolg beim Üben!",
    "Lass mich wissen, ob ich das vertiefen soll.",
    "希望本教程对你有所帮助！",
    "希望这篇教程能帮助你理解变量。如有疑问，欢迎提问。",
    "希望对你有帮助。",
    "如果你有任何问题，欢迎随时提问。",
    "如果你还有疑问，随时告诉我。",
    "如果需要更多练习，我可以继续补充。",
    "祝你学习愉快！",
    "欢迎随时提问。",
    "本教程到此结束。",
    "希望這篇教學對您有所幫助，如有疑問，歡迎隨時提問！",
]


@pytest.mark.parametrize("goodbye", GOODBYES)
def test_a_goodbye_is_dropped(goodbye: str) -> None:
    assert clean_tutorial(f"{BODY}\n\n{goodbye}") == BODY


def test_several_goodbyes_and_a_rule_are_dropped() -> None:
    said = f"{BODY}\n\n---\n\nHappy coding!\n\nI hope this helps!\nLet me know if it does.\n\n***"
    assert clean_tutorial(said) == BODY
    assert clean_tutorial(f"{BODY}\n\n---\nHope this helps.") == BODY


@pytest.mark.parametrize(
    "recap",
    [
        "You can choose a key for GROUP BY, and if you need subtotals you add ROLLUP.",
        "Locks wait for each other; if you want only one process to write, use an advisory lock.",
        "If you want only one process to write, use an advisory lock instead.",
        "If you want the whole row, insert it; I is the first letter of INSERT.",
        "If you are stuck for more than fifteen minutes, ask.",
        "If you are stuck, please ask a colleague.",
        "If you need help from the planner, ask it with EXPLAIN.",
        "If you have any questions about an order, ask yourself which table keeps all its rows.",
        "If you have a question with two answers, feel free to use either.",
        "To offer something politely, say “Would you like some tea?”, never “Do you want tea?”.",
        "“Would you like me to open the window?” offers to do something.",
        "Would you like some tea? is how to offer it.",
        "“Let me know if you can come” asks for an answer.",
        "“I hope this helps” closes a letter to a customer.",
        "I hope this email finds you well: nobody says it any more.",
        "Feel free to use either form in speech; in writing use the second.",
        "Feel free to experiment: change 3 to 4 and run it again.",
        "Happy endings are rare in tragedies, and happy beginnings are not.",
        "Good luck is no strategy, so set a limit on what you may lose.",
        "Hope is a thing with feathers, says the poem.",
        "Any question that starts with who asks for a person.",
        "The end of the tutorial function is reached when it returns.",
        "That is all an index does: it finds rows without reading all of them.",
        "Thank you is enough in a shop.",
        "- Let me know what you think: how to say it politely",
        "* Happy birthday!",
        "1. Good luck!",
        "> Let me know if you can come.",
        "### Happy coding!",
        "`Happy coding!`",
        "| Happy coding! | ¡Feliz programación! |",
        "Espero que llegue el tren: tras «espero que» viene el subjuntivo.",
        "Si tienes dos tablas con la misma clave, usa JOIN.",
        "Mucha suerte no es una estrategia.",
        "J'espère que tu viendras : après « espérer que », l'indicatif.",
        "N'hésitez pas à utiliser EXPLAIN avant d'ajouter un index.",
        "Ich hoffe, du kommst: Nach dem Komma folgt ein Nebensatz.",
        "Bei Fragen an die Datenbank zählt der Index.",
        "Viel Erfolg haben nur Sorten, die Frost vertragen.",
        "如果列表里有问题数据，就先用 filter 去掉，再求和。",
        "如果查询有问题，请先检查索引，再看执行计划。",
        "如果有需要，可以给列表排序；这会改变原来的次序。",
        "如果你想只读一次文件，就把结果存进变量。",
        "希望列表保持不变时，用 tuple 代替 list。",
        "希望函数对大数据也有用，就不要复制列表。",
        "祝愿句用“祝你……”开头，后面跟一个形容词。",
        "欢迎光临是店员对客人说的话。",
        "本教程中的变量都用小写字母开头。",
    ],
)
def test_a_recap_is_never_taken_for_a_goodbye(recap: str) -> None:
    lesson = f"{BODY}\n\n{recap}"
    assert clean_tutorial(lesson) == lesson


PREFACES = [
    "Sure! Here is the tutorial:",
    "Sure, here's a beginner-friendly introduction to names.",
    "Certainly! Below is a complete tutorial. It covers names, and it has exercises.",
    "Of course.",
    "Absolutely! Let's begin.",
    "Okay, here is the lesson you asked for.",
    "Here's your tutorial on names:",
    "Here is what you wanted:",
    "Below is the markdown for the concept.",
    "**Here is the tutorial:**",
    "As requested, a tutorial in plain words.",
    "I've written a tutorial on names for you.",
    "Claro, aquí tienes el tutorial:",
    "¡Por supuesto! Aquí está.",
    "Bien sûr ! Voici le tutoriel :",
    "Voici ce que vous avez demandé :",
    "Gerne! Hier ist die Lektion.",
    "Natürlich, hier ist das Tutorial:",
    "Hier ist das Tutorial über Namen.",
    "当然！以下是教程：",
    "好的，以下是关于变量的教程。",
    "好的，我来写这篇教程。",
    "以下是关于变量的教程：",
    "这是一篇关于变量的教程。",
    "はい、以下は変数のチュートリアルです。",
]


@pytest.mark.parametrize("preface", PREFACES)
@pytest.mark.parametrize("gap", ["\n\n", "\n", "\n\n---\n\n"])
def test_a_preface_is_dropped(preface: str, gap: str) -> None:
    assert clean_tutorial(f"{preface}{gap}{BODY}") == BODY


@pytest.mark.parametrize(
    "situation",
    [
        "You keep a shop. Each order has a customer. One evening you want to know who bought most.",
        "Sure enough, the second query is faster than the first.",
        "Of course, you could sort the list by hand, and for ten names you would.",
        "Certainly nobody counts ten thousand rows by hand.",
        "Here is a list of three orders, and one of them is wrong.",
        "Here are two prices, 3.20 and 4.80. Which of them is fair?",
        "Below is where the water goes when the valve is open.",
        "Okay is a word with many meanings; in a shop it has one.",
        "Claro que podrías ordenar la lista a mano, pero son mil nombres.",
        "Bien sûr, on peut trier la liste à la main.",
        "Natürlich könntest du die Liste von Hand sortieren.",
        "Gerne würdest du wissen, wer am meisten gekauft hat.",
        "当然，你可以手工排序，但是名单上有一千个人。",
        "好的变量名说明它指的是什么。",
        "好，我们先看三份订单。",
        "以下是三份订单，其中一份是错的。",
        "这是一份订单列表。你想知道谁买得最多。",
    ],
)
@pytest.mark.parametrize("before", ["", "Sure! Here is the tutorial:\n\n"])
def test_an_opening_situation_is_kept(situation: str, before: str) -> None:
    lesson = f"{situation}\n\n{BODY}"
    assert clean_tutorial(before + lesson) == lesson


SHOPPING = "# Shopping\n- milk"


@pytest.mark.parametrize(
    "said",
    [
        f"```markdown\n{BODY}\n```",
        f"Here is the tutorial:\n\n```md\n{BODY}\n```",
        f"好的，以下是教程：\n\n```markdown\n{BODY}\n```\n\n希望对你有帮助。",
        f"```\n{BODY}\n```\n\nNote that it leaves out scopes.",
        f"```text\n{BODY}\n```",
        f"```markdown\n{BODY}\n\nHappy coding!\n```",
        # the model forgot the last fence
        f"```markdown\n{BODY}",
        f"Certainly!\n```markdown\n{BODY}",
    ],
)
def test_a_fence_around_the_whole_is_taken_off(said: str) -> None:
    assert clean_tutorial(said) == BODY


@pytest.mark.parametrize(
    "lesson",
    [
        f"You keep this file:\n\n```text\n{SHOPPING}\n```\n\n{BODY}\n\n```\nlast\n```\n\nThe end.",
        f"You keep this file:\n\n```markdown\n{SHOPPING}\n```\n\n{BODY}\n\n```md\n# B\n```\n\nEnd.",
        f"```markdown\n{SHOPPING}\n```\n\n{BODY}\n\n```markdown\n# Last\n```",
        f"```text\nmilk 3\n```\n\n{BODY}\n\n```text\nmilk 4\n```",
        f"```\nmilk 3\n```\n\n{BODY}\n\n```\nmilk 4\n```",
        f"Here is a file that somebody wrote:\n\n```text\n{SHOPPING}\n```\n\n{BODY}\n\n{CODE}",
        f"```markdown\n{SHOPPING}\n```\n\n## Names\n\nText.",
    ],
)
def test_a_fence_around_a_part_is_left(lesson: str) -> None:
    assert clean_tutorial(lesson) == lesson


def test_a_heading_full_of_spaces_is_read_in_a_moment() -> None:
    heading = "## Smoke" + " #" * 3_000 + " " * 3_000 + "and more"
    started = process_time()
    assert clean_tutorial(f"{heading}\n\n{BODY}", "Smoke").startswith("## Smoke")
    assert clean_tutorial(f"## Smoke ##  \n\n{BODY}", "Smoke") == BODY
    assert process_time() - started < 1
