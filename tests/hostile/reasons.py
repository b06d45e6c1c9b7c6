"""What is not measured, and what may take longer: the one place, with a reason for each."""

from __future__ import annotations

from concepts.bounds import TUTORIAL_MAX_CHARACTERS
from roadmaps.bounds import GOAL_MAX_CHARACTERS, TITLE_MAX_CHARACTERS

# Modules and functions, by their names' beginnings.
PASSED_OVER = {
    "config.settings": "read once, from what operators set",
    "config.bootstrap": "what operators set, and programs that it starts",
    "config.environment": "what operators set",
    "config.databases": "what operators set",
    "config.embedded": "paths and programs of this machine",
    "config.serve": "programs that it starts",
    "config.asgi": "opens the site",
    "config.celery": "opens the workers",
    "config.uvicorn_logs": "opens the log",
    "config.logs.configure_in_json": "changes the log of this process",
    "config.logs.logging_settings": "changes the log of this process",
    "connection_budget.budget.budget": "roles and figures that operators set",
    "connection_budget.databases": "what operators set",
    "connection_budget.logs": "names that code gives",
    "connection_budget.holding": "names that code gives",
    "connection_budget.host_places": "files of this machine",
    "connection_budget.contrib.celery.results": "rows of results, by their ids",
    "connection_budget.checks": "roles and logins that operators set",
    "connection_budget.deadlines.watch": "threads that watch; names that code gives",
    "connection_budget.lanes.executor": "opens lanes; names that code gives",
    "connection_budget.budget.fit": "roles and figures that operators set",
    "connection_budget.deadlines.held": "connections that are held; names that code gives",
    "connection_budget.lanes.lanes": "threads; names that code gives",
    "connection_budget.deadlines.lending": "connections that are lent; names that code gives",
    "connection_budget.watch.server": "asks the database server",
    "connection_budget.management": "what operators type",
    "connection_budget.metrics.pools": "pools of connections, by their aliases",
    "connection_budget.watch.probes": "threads that ask; names that code gives",
    "connection_budget.metrics.process_files": "files of this machine",
    "connection_budget.cap": "connections and threads; names that code gives",
    "connection_budget.postgresql": "connections; names that code gives",
    "connection_budget.watch.sampler": "a thread and its connection",
    "connection_budget.watch.server_view": "asks the database server",
    "connection_budget.deadlines.severing": "connections that are cut",
    "connection_budget.watch.ticking": "threads; names that code gives",
    "connection_budget.lanes.units": "names that code gives",
    "accounts.limits.recall": "asks Redis, by keys of one length",
    "accounts.link_mails": "gives what is to be mailed to the broker, which nobody started here",
    "accounts.tasks": "sends mails",
    "accounts.views.SignInView": "a view of Django's; the address in it is read by `ways_back`",
    "concepts.lint.flaws.wording.by_tongue": "expressions that code gives",
    "generation.audit": "reads our own files, for whoever writes the rules",
    "generation.management.foreground": "opens a run for a command",
    "generation.management": "what operators type",
    "generation.puller.pipeline.Puller.__init__": "opens a run",
    "generation.providers.catalogue._read_yaml": "reads our own files",
    "generation.providers.gateway.network": "what operators set",
    "generation.providers.gateway.models.open_client": "opens connections",
    "generation.puller.patience": "units of the database, and pauses without an end",
    "generation.providers.openai.prompting.load_prompt": "reads our own files",
    "generation.providers.registry": "what operators set",
    "generation.puller.runner": "opens a run, by its id",
    "generation.tasks": "records of the ledger and ids, for the broker and the database",
}
# Expressions and functions that are never given more characters than so many, and why.
NOT_LONGER_THAN = {
    **{
        f"concepts.lint.flaws.values._BOUNDS['{sign}']": (80, "of a choice, cut before")
        for sign in (">", ">=", "<", "<=")
    },
    "concepts.lint.flaws.references._PLACEHOLDER": (200, "of a choice, cut before"),
    "concepts.links.public._WITHOUT": (
        18 * 2_000,
        "2,000 of a link's text, which NFKC may make longer",
    ),
    "concepts.markdown.rendering.render_markdown": (TUTORIAL_MAX_CHARACTERS, "what a column holds"),
    "concepts.markdown.rendering.find_checks": (TUTORIAL_MAX_CHARACTERS, "what a column holds"),
    "generation.providers.catalogue.CatalogueProvider._refusal": (GOAL_MAX_CHARACTERS, "a goal"),
    **{
        f"generation.providers.gateway.concessions.Concessions.{name}": (
            25_000,
            "what a server said: 2,200 characters, each escaped at worst; fields are our own",
        )
        for name in ("learn", "_give_up_field", "_drop")
    },
    **{
        f"learning.roadmap.{name}": (125 * TITLE_MAX_CHARACTERS, "titles of the 125 that are made")
        for name in (
            *("scene.draw_plan", "scene.draw_progress", "scene._stages", "scene._modules"),
            *("plan.RoadmapPlan.next_step", "plan.RoadmapPlan.is_long"),
            *("plan.RoadmapPlan.in_writing", "notices.tell_ready"),
        )
    },
    "roadmaps.plain_titles.plain_titles": (2_500, "250 titles, as many as a plan has concepts"),
    **{
        f"roadmaps.plain_titles._BEFORE[{place}]": (
            TITLE_MAX_CHARACTERS,
            "a longer title stays as it is; these know the words of many languages",
        )
        for place in range(3)
    },
}
# Modules whose functions never run in an event loop: `generation.awaiting.apart` has them run in a
# thread, or they belong to pages, which Django runs in one.
IN_THREADS = {
    "concepts": "judged and rendered apart, or in a page",
    "learning": "pages",
    "concepts.lint.tutorial": "judged apart",
    "generation.providers.thoughts.channels": "judged apart",
    "concepts.languages.judging": "judged apart; of a goal, at most 500 characters",
    "generation.providers.thoughts.marks": "judged apart",
    "concepts.lint.placeholders": "judged apart",
    "generation.providers.gateway.models": "objects are looked for apart",
    "generation.providers.gateway.responses.check_response": "looked at apart",
    "generation.providers.gateway.responses._says_something": "looked at apart",
    "generation.providers.openai.judging": "judged apart",
    "generation.providers.openai.schemas": "judged apart",
    "concepts.lint.quiz_language": "judged apart",
    "concepts.lint.thinking_aloud": "judged apart",
    "generation.providers.thoughts.stripping": "judged apart",
    "generation.providers.thoughts.turns": "judged apart",
    "generation.providers.openai.unwrapping": "judged apart",
    "generation.management.printing": "printed by a command",
}
# Types that no text can be put into: whoever takes one is no function over texts.
NOT_MADE = {
    "connection_budget.budget.roles.Role'": "roles that operators set, by names of 63 letters",
    "accounts.models.": "rows are asked of the database",
    "concepts.models.": "rows are asked of the database",
    "roadmaps.models.": "rows are asked of the database",
    "generation.models.": "rows are asked of the database",
    "generation.spent_models.": "rows are asked of the database",
    "learning.models.": "rows are asked of the database",
    "concepts.admin.": "the admin's own; staff alone come there",
    "generation.admin.": "the admin's own; staff alone come there",
    "roadmaps.admin": "the admin's own; staff alone come there",
    "learning.admin.": "the admin's own; staff alone come there",
    "learning.concept.reports.": "Django's own, filled in by a page",
    "accounts.display.DisplayMiddleware": "Django's own; it looks at a cookie of a few letters",
    "config.api.LocalDocs": "the library's own; a page without what anybody wrote",
    "xml.": "figures of ours, read already",
    "accounts.forms.": "Django's own, filled in by a page",
    "accounts.limits.windows.SharedCounter": "asks Redis, by keys of one length",
    "accounts.session_store.": "Django's own; it looks at 40 characters",
    "learning.home.forms.": "Django's own, filled in by a page",
    "learning.urls.": "Django's own; it is asked what its expression has matched",
    "django.": "Django's own: rows, sessions, forms, what asks for them",
    "whitenoise.": "a file of ours",
    "pathlib.": "files of this machine",
    "environ.": "what operators set",
    "config.environment.": "what operators set",
    "config.results.": "the library's own; what it changes is measured in `redact_text`",
    "connection_budget.seats.handler.": "Django's own",
    "psycopg": "connections, which hold no text",
    "urllib.": "what operators set, read already",
    "redis.": "asks Redis",
    "generation.live.layer.": "asks Redis; what it reads are our own hints",
    "asyncio.": "code, no text",
    "concurrent.": "code, no text",
    "BaseExceptionGroup": "errors, which are measured one by one",
    "functools.": "code, no text",
    "collections.abc.Async": "awaited, not called",
    "re.Pattern": "expressions are measured themselves",
    "concepts.markdown.rendering._Parser": "the parser's own, measured with `render_markdown`",
    "markdown_it.": "the parser's own, measured with `render_markdown`",
    "pydantic_ai.": "the library's own, of an answer that is bounded on the wire",
    "openai.": "the library's own",
    "httpx2.": "the library's own; what it holds is read by functions that are measured",
    "generation.providers.gateway.models.": "the library's own",
    "generation.providers.gateway.wire.": "the library's own; what it reads goes to `read_json`",
    "generation.management.progress.": "a terminal, to which a command tells how far it is",
    "type[": "code, no text",
}
