"""How much the columns of concepts hold: content is bounded by the same figures. Pure data.

Characters, as PostgreSQL counts them.
"""

from roadmaps.bounds import TITLE_MAX_CHARACTERS

LINE_MAX_CHARACTERS = TITLE_MAX_CHARACTERS
PARAGRAPH_MAX_CHARACTERS = 4_000
# Some 10,000 words; rendering takes up to two seconds.
TUTORIAL_MAX_CHARACTERS = 60_000
# Also of the form for comparing, which an index holds: it is ASCII.
WEB_ADDRESS_MAX_CHARACTERS = 2_000
OUTLINE_KEY_MAX_CHARACTERS = 200
LEAST_DIFFICULT, MOST_DIFFICULT = 1, 5
# Of one concept, or one resource: a hundred hours.
MINUTES_MAX = 6_000
RESOURCES_MAX = 12
# Of an output to be predicted: what it may be, and in how many ways it may be written.
OUTPUT_MAX_CHARACTERS = 1_000
MOST_ACCEPTED = 5

PROVIDER_MAX_CHARACTERS = 50
MODEL_MAX_CHARACTERS = 200
PROMPT_VERSION_MAX_CHARACTERS = 50
ERROR_CLASS_MAX_CHARACTERS = 100
REASON_MAX_CHARACTERS = 500
# What a learner wishes of a new version.
INSTRUCTION_MAX_CHARACTERS = 2_000
ERROR_DETAIL_MAX_CHARACTERS = 10_000
