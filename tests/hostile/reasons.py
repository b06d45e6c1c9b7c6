"""What is not measured, and what may take longer: the one place, with a reason for each."""

from __future__ import annotations

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from roadmaps.bounds import TITLE_MAX_CHARACTERS

# Modules and functions, by their names' beginnings.
PASSED_OVER = {
    "generation.crimes": "goals of 500 characters only, and it goes soon",
    "generation.courtesies": "lines of a tutorial only, and it goes soon",
    "config.settings": "read once, from what operators set",
    "config.bootstrap": "what operators set, and programs that it starts",
    "config.environment": "what operators set",
    "config.databases": "what operators set",
    "config.embedded": "paths and programs of this machine",
    "config.serve": "programs that it starts",
    "config.asgi": "opens the site",
    "config.celery": "opens the workers",
    "config.uvicorn_logs": "opens the log",
    "config.logs": "changes the log of this process; its lines have tests of their own",
    "connections": "roles, logins and figures that operators set",
    "generation.management": "what operators type",
    "generation.providers.gateway.network": "what operators set",
    "generation.providers.gateway.opening": "opens connections",
    "generation.providers.gateway.models.open_client": "opens connections",
    "generation.providers.catalogue": "reads our own files",
    "generation.prompting.load_prompt": "reads our own files",
    "generation.providers.registry": "what operators set",
    "generation.tasks": "asks the database and the broker",
    "generation.selectors": "asks the database",
    "generation.run_pages": "asks the database",
    "roadmaps.services": "asks the database",
    "accounts.sessions": "asks the database",
    "accounts.limits": "asks Redis",
}
# Expressions and functions that are never given more characters than so many, and why.
NOT_LONGER_THAN = {
    "concepts.links._WITHOUT": (18 * 2_000, "2,000 of a link's text, which NFKC may make longer"),
    "concepts.rendering.render_markdown": (TUTORIAL_MAX_CHARACTERS, "what a column holds"),
    **{
        f"roadmaps.plain_titles._BEFORE[{place}]": (
            TITLE_MAX_CHARACTERS,
            "a longer title stays as it is; these know the words of many languages",
        )
        for place in range(3)
    },
}
# Modules whose functions never run in an event loop: `generation.apart` has them run in a thread,
# or they belong to pages, which Django runs in one.
IN_THREADS = {
    "concepts": "judged and rendered apart, or in a page",
    "learning": "pages",
    "generation.answers": "judged apart",
    "generation.channels": "judged apart",
    "generation.languages": "judged apart; of a goal, at most 500 characters",
    "generation.marks": "judged apart",
    "generation.outline": "judged apart",
    "generation.placeholders": "judged apart",
    "generation.prompting": "prompts hold what was bounded before",
    "generation.providers.blind": "quizzes that were bounded before",
    "generation.providers.gateway.models": "objects are looked for apart",
    "generation.providers.judging": "judged apart",
    "generation.providers.schemas": "judged apart",
    "generation.quiz_language": "judged apart",
    "generation.thinking_aloud": "judged apart",
    "generation.thoughts": "judged apart",
    "generation.turns": "judged apart",
    "generation.unwrapping": "judged apart",
    "generation.reports": "printed by a command",
}
# Types that no text can be put into: whoever takes one is no function over texts.
NOT_MADE = {
    "accounts.": "rows are asked of the database",
    "concepts.models.": "rows are asked of the database",
    "roadmaps.models.": "rows are asked of the database",
    "generation.models.": "rows are asked of the database",
    "django.": "requests come through middleware, which bounds them; the rest are rows",
    "pathlib.": "files of this machine",
    "typing.IO": "files of this machine",
    "environ.": "what operators set",
    "urllib.": "what operators set, read already",
    "redis.": "asks Redis",
    "asyncio.": "code, no text",
    "httpx": "the library's own",
    "generation.providers.base.Provider": "calls a model",
    "generation.providers.gateway.errors.": "raised by the library that talks to the server",
    "generation.providers.gateway.bounds.": "raised by the client that talks to the server",
    "generation.providers.dialogue.Answer": "an answer of any type, bounded on the wire",
    "collections.abc.Callable": "code, no text",
    "collections.abc.AsyncIterator": "awaited, not called",
    "random.Random": "code, no text",
    "re.Pattern": "expressions are measured themselves",
    "re.Match": "found by expressions, which are measured themselves",
    "uuid.UUID": "rows are asked of the database by it",
    "Exception": "raised by code; its text is bounded where it is written down",
    "markdown_it.": "the parser's own, measured with `render_markdown`",
    "pydantic_ai.": "the library's own, of an answer that is bounded on the wire",
    "openai.": "the library's own",
    "type[": "code, no text",
    "dataclasses._KW_ONLY_TYPE": "the library's own, of an answer that is bounded on the wire",
}
