from generation.port import skeleton_edits, skeleton_reading, skeleton_tables, skeleton_tree
from learning.home import outlines
from learning.planning import page


def test_every_message_about_a_plan_can_be_translated() -> None:
    """They are said by pure modules, which know no translation."""
    assert set(page.MESSAGES) == set(skeleton_edits.MESSAGES)
    said = (skeleton_reading.TOO_LONG, skeleton_reading.TITLE_TOO_LONG, skeleton_reading.NO_STAGES,
            skeleton_tree.EMPTY, skeleton_tree.NO_TITLE, skeleton_tree.DOUBLE,
            skeleton_tree.TOO_MANY, skeleton_tables.NAME_COLUMNS,
            skeleton_tables.TOO_MANY_COLUMNS, skeleton_tables.OPEN_QUOTE)  # fmt: skip
    assert set(outlines.MESSAGES) == set(said)
