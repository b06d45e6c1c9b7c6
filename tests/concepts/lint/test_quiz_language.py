"""Quizzes as models write them: lessons of languages, code, and choices in a forgotten language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from concepts.content import ChoiceContent, QuestionContent, QuizContent
from concepts.lint.quiz import quiz_problems

QUIZZES = Path(__file__).parent / "quizzes"
GOOD = sorted((QUIZZES / "good").glob("*.yaml"))
FORGOTTEN = sorted((QUIZZES / "forgotten").glob("*.yaml"))
LANGUAGES = {
    "chinese": "Chinese (中文, zh)",
    "german": "German (Deutsch, de)",
    "russian": "Russian (русский, ru)",
}


def read(path: Path) -> tuple[QuizContent, str]:
    """Choices are written with their rationales, the right one first."""
    quiz: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    questions = [
        QuestionContent(
            type="single",
            stem=asked["stem"],
            choices=[
                ChoiceContent(text=text, is_correct=place == 0, rationale=rationale)
                for place, (text, rationale) in enumerate(asked["choices"].items())
            ],
            explanation=asked["explanation"],
            objective=quiz["objective"],
            difficulty=2,
        )
        for asked in quiz["questions"]
    ]
    return QuizContent(questions=questions), quiz["language"]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_material_and_code_are_in_no_wrong_language(path: Path) -> None:
    assert quiz_problems(*read(path)) == []


@pytest.mark.parametrize("path", FORGOTTEN, ids=lambda path: path.stem)
def test_english_choices_under_questions_of_another_language_are_found(path: Path) -> None:
    language = LANGUAGES[path.stem.rpartition("_")[2]]
    (found,) = quiz_problems(*read(path))
    assert found.startswith(f"the choices: it is written in English, not in {language}; ")


def asked_in_chinese(*texts: str, objective: str = "读懂一段文字", times: int = 4) -> QuizContent:
    choices = [
        ChoiceContent(text=text, is_correct=text == texts[0], rationale="原因见教程。")
        for text in texts
    ]
    questions = [
        QuestionContent(
            type="single",
            stem=f"{subject}是怎么回事？",
            choices=choices,
            explanation="请再读一遍教程。",
            objective=objective,
            difficulty=1,
        )
        for subject in ("春天的蜂箱", "夏天的舞蹈", "秋天的存蜜", "冬天的保温")[:times]
    ]
    return QuizContent(questions=questions)


SENTENCES = (
    "The queen leaves it with the old bees",
    "The bees warm the hive when they dance",
    "You see that it is empty and clean",
)


def test_it_is_english_sentences_that_are_looked_for() -> None:
    (found,) = quiz_problems(asked_in_chinese(*SENTENCES), "zh")
    assert found.startswith("the choices: it is written in English, not in Chinese (中文, zh)")


def test_english_is_english_with_the_signs_that_it_is_printed_with() -> None:
    printed = [f"{text} – it’s so…" for text in SENTENCES]
    (found,) = quiz_problems(asked_in_chinese(*printed), "zh")
    assert found.startswith("the choices: it is written in English")


def test_a_few_sentences_are_no_prose() -> None:
    assert quiz_problems(asked_in_chinese(*SENTENCES, times=1), "zh") == [
        "1 questions; 3 are the least"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ("The Lord of the Rings", "The Return of the King", "The Origin of the Species"),
        ("Gradient descent", "Random forest", "Convolutional neural network"),
        ("point of sale", "cost of goods sold", "return on capital", "time to market"),
        ("Je suis dans la maison de mon ami", "Elle est sur la table", "Il n'est pas ici"),
        ("Hij is in de tuin", "Zij is niet in het huis of in de tuin", "Wij zijn er niet"),
        ("for item in items:", "for item in the_items:", "while it is not in items:"),
        ("select name from users;", "select it from the where id = 1", "SELECT ALL FROM THE users"),
        ("`the name is not in it`", "`it is in the name`", "`the name of it`"),
        ("git commit -m 'Fix the bug for you'", "git add -p and then the rest", "./run it for me"),
        ("把 the 放在 sun 之前", "把 in the 放在 east 之前", "用 is not 代替 are not"),
    ],
)
def test_what_is_no_english_sentence_is_in_no_wrong_language(texts: tuple[str, ...]) -> None:
    found = quiz_problems(asked_in_chinese(*texts), "zh")
    assert [one for one in found if "written in" in one] == []


@pytest.mark.parametrize(
    "objective",
    [
        "用英语介绍蜜蜂", "用英文提问", "英語で話す", "영어로 말하기", "Auf Englisch fragen",
        "Parler anglais", "Hablar en inglés", "Falar inglês", "Parlare inglese", "In het Engels",
        "Tala engelska", "Mluvit anglicky", "Mówić po angielsku", "Puhua englantia",
        "A vorbi engleză", "Angolul beszélni", "İngilizce konuşmak", "Berbahasa Inggris",
        "Bahasa Inggeris", "Nói tiếng Anh", "Parlar anglès", "Говорить по-английски",
        "Говорити англійською",
        "Говорити енглески", "Μιλάω αγγλικά", "التحدث بالإنجليزية", "صحبت به انگلیسی",
        "انگریزی بولنا", "לדבר אנגלית", "अंग्रेज़ी बोलना", "ইংরেজি বলা", "ஆங்கிலம் பேசுதல்", "พูดภาษาอังกฤษ",
    ],
)  # fmt: skip
def test_who_speaks_of_english_may_offer_it(objective: str) -> None:
    quiz = asked_in_chinese(*SENTENCES, objective=objective)
    assert quiz_problems(quiz, "zh") == []


READ_AND_ANSWER = {
    "en": "阅读短文：“HTTP”是什么？她的自行车坏了，只好走路去学校，路上又下起了大雨。" * 2,
    "zh": "Read the text: why is she late? The bicycle is broken, so she had to walk. " * 2,
}


@pytest.mark.parametrize("language", READ_AND_ANSWER)
def test_questions_in_another_script_are_found_beside_the_text_they_are_on(language: str) -> None:
    quiz = asked_in_chinese("它们互相取暖", "它们离开蜂箱", "它们采集花蜜")
    questions = [
        question.model_copy(update={"stem": f"{number}. {READ_AND_ANSWER[language]}"})
        for number, question in enumerate(quiz.questions)
    ]
    found = quiz_problems(QuizContent(questions=questions), language)
    assert [one for one in found if one.startswith("the questions: it is written in")]


def test_one_question_in_the_right_language_does_not_excuse_the_others() -> None:
    quiz, language = read(QUIZZES / "good" / "chinese_reading_in_english.yaml")
    stem = "他为什么没有来？" + quiz.questions[0].stem.partition("come?")[2]
    questions = [quiz.questions[0].model_copy(update={"stem": stem}), *quiz.questions[1:]]
    found = quiz_problems(quiz.model_copy(update={"questions": questions}), language)
    assert found == ["the questions: it is written in Chinese, not in English (English, en)"]
