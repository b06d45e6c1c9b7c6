"""In a lesson of a language that language is the material, and may be the most of the text."""

from __future__ import annotations

import pytest

from concepts.languages.judging import find_wrong_language

# The learner's language, and what is said in it === and what that is said about.
LESSONS = {
    "Russian": (
        "en",
        """Russian nouns change their ending when they are the object of a sentence. The feminine
ending «-а» turns into «-у», and masculine nouns for things stay as they are. Read each pair aloud
and listen for the last sound, because word order will not tell you who does what.
===
| Кто? Что? | Кого? Что? |
|---|---|
| книга лежит на столе | я читаю книгу |
| сестра живёт в Москве | я вижу сестру каждый день |
| машина стоит во дворе | мы продали машину |

- Анна любит музыку и часто слушает радио.
- Мой брат каждое утро пьёт чёрный кофе и читает газету.
- Студент пишет письмо, а вечером мама смотрит новую программу.

**Анна:** Ты знаешь мою подругу?
**Иван:** Да, я видел твою подругу вчера в парке, она кормила собаку.""",
    ),
    "Japanese": (
        "en",
        """The particle 「は」 marks what the sentence is about, and 「が」 marks who or what does.
You use the first one when both of you know the topic, and the second one when the subject is news.
Say each line twice before you look at the next.
===
- 私は学生です。田中さんも学生です。
- だれが来ましたか。山田さんが来ました。
- 昨日、図書館で日本語の本を三冊借りました。とても面白かったです。
- 駅の前に新しい喫茶店ができました。そこのコーヒーが一番おいしいです。
- 弟は今年大学を卒業して、東京の銀行で働き始めました。

| 質問 | 答え |
|---|---|
| 何が好きですか | 音楽が好きです |
| どこへ行きますか | 学校へ行きます |

> 母は毎朝六時に起きて、家族の朝ごはんを作ります。父は七時に会社へ行きます。
> 私は八時に家を出て、電車で学校へ行きます。学校は駅から近いです。

A: すみません、この電車は京都に行きますか。
B: いいえ、行きません。次の電車が京都に行きます。""",
    ),
    "Chinese": (
        "en",
        """The word “了” after a verb says that the action is done. It is no past tense: with a time
in the future it says what will be done first. In front of what you did not do you use “没” instead.
Read the dialogue aloud and find the verbs that take it.
===
- 我昨天买了三本书，一本给弟弟，两本自己看。
- 他吃了饭就去上班，晚上八点才回家。
- 我们以前每个星期天都去公园散步，现在没有时间了。
- 妹妹学了两年法语，上个月去了一次巴黎，带回来了很多照片。

**小王：** 你今天做了什么？
**小李：** 我早上去了图书馆，下午写了一篇文章。
**小王：** 你吃晚饭了吗？
**小李：** 还没有，我下了课就回来了。我们一起去吃吧，学校旁边开了一家新饭馆。

| 句子 | 意思 |
|---|---|
| 我没去 | I did not go |
| 他来了三次，每次都带了水果 | three times |
| 雨停了，我们可以走了 | it stopped |""",
    ),
    "English in Turkish": (
        "tr",
        """Geniş zamanda üçüncü tekil kişi için fiilin sonuna -s eklenir. Soru ve olumsuz cümlelerde
yardımcı fiil bu eki alır, asıl fiil yalın kalır. Aşağıdaki cümleleri önce yüksek sesle okuyun.
===
- She works in a bank and goes to the office by bus.
- He does not like the taste of coffee, but he drinks it with his friends.
- What does it mean? It means that the shop is open for the whole of the day.
- The train leaves at six, and it is never late when you are on it.

A: Does your sister live in the city?
B: No, she does not. She lives with her parents.""",
    ),
    "Japanese in Chinese": (
        "zh",
        """日语的动词放在句子的最后，宾语后面要加助词。先找出动词，再看前面的助词，就能知道谁做了什么。
这一点和汉语很不一样：汉语靠词序，日语靠助词。请你先朗读每个句子，然后说出它的意思。
===
- 私は毎朝コーヒーを飲みながら、ゆっくりと新聞を読みます。
- きのう友だちといっしょに、あたらしい映画を見にいきました。
- そのりんごは、とてもおいしそうですから、ひとつください。
- あしたはテストがありますから、こんばんはテレビを見ません。

A: すみません、トイレはどこにありますか。
B: あそこのかいだんのとなりにありますよ。""",
    ),
    "English in Chinese": (
        "zh",
        """现在完成时说的是过去的事对现在的影响。
句子里有 already、yet 或 since 时常用它；
说出具体时间，比如 yesterday，就要用一般过去时。读下面的句子，想一想为什么用这个时态。
===
- I have lost my keys, so I cannot open the door.
- She has already read the book twice, and he has not begun with it yet.
- We have lived in this town since the end of the war.

| I lost them yesterday | I have lost them |
| He went to Paris | He has gone to Paris |""",
    ),
    "Spanish in German": (
        "de",
        """Im Spanischen gibt es zwei Verben für sein. Mit dem einen sagst du, was etwas ist, und
mit dem anderen, wie es gerade ist. Wenn du nicht sicher bist, frage dich, ob es morgen noch so ist.
===
- La casa de mi abuela es grande, pero está lejos de la ciudad y del mar.
- El café está frío porque los niños no se lo han tomado por la mañana.
- ¿Dónde están las llaves que te di? Están en la mesa de la cocina, como siempre.
- Los libros son para la clase de historia y no son de la biblioteca del pueblo.""",
    ),
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_that_is_mostly_its_material_is_in_the_learners_language(lesson: str) -> None:
    tag, text = LESSONS[lesson]
    said, material = text.split("===")
    assert len(material) > 0.9 * len(said)
    assert find_wrong_language(f"{said}{material}", tag) is None


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_material_alone_is_in_another_language(lesson: str) -> None:
    tag, text = LESSONS[lesson]
    assert find_wrong_language(text.split("===")[1] * 2, tag)


def test_lists_and_quotations_do_not_hide_a_wrong_language() -> None:
    turkish, english = LESSONS["English in Turkish"][1].split("===")
    said = "You add an s to the verb when he, she or it is what the sentence is about. " * 4
    assert "written in English" in (find_wrong_language(f"{said}\n\n{english}", "tr") or "")
    assert find_wrong_language(f"{turkish}\n\n- „Das ist ein Haus.“", "zh")
