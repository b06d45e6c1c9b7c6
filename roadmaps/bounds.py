"""How much the columns of a roadmap hold: content is bounded by the same figures. Pure data.

Characters, as PostgreSQL counts them.
"""

from typing import Literal, TypeAlias, get_args

LevelName: TypeAlias = Literal["beginner", "intermediate", "advanced"]
LEVELS: tuple[LevelName, ...] = get_args(LevelName)

GOAL_MAX_CHARACTERS = 500
GOAL_KEY_MAX_CHARACTERS = 1_000
# What an entry of an index takes; PostgreSQL's limit is 2,704 with what it adds.
INDEXED_MAX_BYTES = 2_600
TITLE_MAX_CHARACTERS = 300
SLUG_MAX_CHARACTERS = 120
# As RFC 5646 (4.4.1) advises to provide for.
LANGUAGE_TAG_MAX_CHARACTERS = 35
# Why the details of a module could not be planned, as learners are told.
DETAILS_ERROR_MAX_CHARACTERS = 500
