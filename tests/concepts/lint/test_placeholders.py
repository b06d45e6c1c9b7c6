from __future__ import annotations

from time import process_time

import pytest

from concepts.lint.placeholders import find_placeholder


@pytest.mark.parametrize(
    ("left", "named"),
    [
        ("TODO", "TODO"),
        ("TODO: say why.", "TODO"),
        ("**TODO:** say why", "TODO"),
        ("- [TODO]", "TODO"),
        ("The third rule: TODO.", "TODO"),
        ("The output is TODO: measure it", "TODO"),
        ("TODO explain the second step", "TODO"),
        ("2. TODO – the second step", "TODO"),
        ("TODO 补充示例", "TODO"),
        ("### TBD", "TBD"),
        ("**Solution:** TBD", "TBD"),
        ("[TBD]", "TBD"),
        ("- **TODO**", "TODO"),
        ("- [ ] TODO", "TODO"),
        ("The third step - TODO", "TODO"),
        ("[insert company]", "[insert company]"),
        ("[Enter the date]", "[Enter the date]"),
        ("[Put the card here]", "[Put the card here]"),
        ("Lorem ipsum dolor sit amet", "Lorem ipsum dolor"),
        ("lorem ipsum and so on", "lorem ipsum"),
        ("[Insert an example here]", "[Insert an example here]"),
        ("Hello, [insert your name here]!", "[insert your name here]"),
        ("[insert code]", "[insert code]"),
        ("[add example]", "[add example]"),
        ("[Add a diagram of the three layers]", "[Add a diagram of the three layers]"),
        ("[fill in the details]", "[fill in the details]"),
        ("[your text]", "[your text]"),
        ("It prints [Your Output Here].", "[Your Output Here]"),
        ("[placeholder]", "[placeholder]"),
        ("[Placeholder: a picture of a heap]", "[Placeholder: a picture of a heap]"),
        ("[Solution goes here]", "[Solution goes here]"),
        ("[to be completed]", "[to be completed]"),
        ("（此处插入图片）", "（此处插入图片）"),
        ("【待补充】", "【待补充】"),
        ("此处省略若干步骤。", "此处省略若干"),
        ("这里待补", "这里待补"),
    ],
)
def test_what_a_model_left_behind_is_found(left: str, named: str) -> None:
    found = find_placeholder(f"A name refers to a value.\n\n{left}\n\nAnd on it goes.")
    assert found
    assert named in found


@pytest.mark.parametrize(
    "text",
    [
        # Spanish and Portuguese for all
        "Todo lo que necesitas está en el archivo, y con eso es todo.",
        "Primero lee todo: el título, la fecha y el autor.",
        "Todo: eso es lo que cambia.",
        "Revisa **TODO** el código antes de seguir.",
        "TODO EL MUNDO LO SABE",
        "¿Y ESO ES TODO",
        "TODO lo que ves es un objeto.",
        "O programa lê todo o ficheiro; isso é tudo, todo o dia.",
        # Spoken of
        "We build a small todo list, a to-do app, item by item.",
        "A Todo has a title and a date.",
        "TODO comments should name an owner and a date.",
        "TODO lists grow faster than they shrink.",
        "Search the code for TODO and FIXME before a release.",
        "Mark it with `TODO`:",
        "Mark the function that is not finished with a TODO.",
        "Lee el título, la fecha y el autor, y eso es TODO.",
        "Linters know `# TODO: fix this` and `[insert text here]` as marks.",
        "TBD keeps branches short; the full name is trunk-based development.",
        "Trunk-based development (TBD) is one answer.",
        "Designers fill a layout with lorem ipsum before there are words.",
        # Brackets that mean something
        "The half-open interval [insert point, end point) has no last element.",
        "The run [insert point, end point] is moved up by one.",
        "The slice [add 1] is an error; [1, 2] and [a, b] are lists.",
        "Read items[insert_at] and heap[add].",
        "[Insert the card] → [Enter the PIN] → [Enter a number] → [Put the card away]",
        "Press [Insert] or [Enter]; in [insert mode] letters are text.",
        "f maps [a, b] to [your - 1, your + 1].",
        "Look it up in [your own shell](https://a.example) or [your own notes][notes].",
        "[your own notes]: https://a.example",
        "She said that “[the] answer” was [sic] right […].",
        "- [ ] Read the chapter\n- [x] Do the exercise",
        "> Dear [your customer], the order has left. Regards, [your name]",
        # Chinese
        "稳定的排序（插入排序）不改变相等元素的次序。",
        "这里省略了 self 参数，因为它由解释器传入。",
        "这里补充一点：键必须是唯一的。",
        "待补充的库存由仓库决定，待办清单（todo）也一样。",
        "此处插入一个元素，后面的元素都要移动。",
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert find_placeholder(f"A name refers to a value.\n\n{text}\n\nAnd on it goes.") is None


@pytest.mark.parametrize("piece", ["*", "` ", "[add ", "TODO ", "[", "#", "> ", "（"])
def test_a_model_that_repeats_itself_does_not_stop_the_loop(piece: str) -> None:
    began = process_time()
    find_placeholder(piece * 30_000)
    assert process_time() - began < 2
