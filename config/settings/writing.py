"""What writes content, and what that may cost. Values come from the environment."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from config.environment import (
    Environment,
    model_server_key,
    model_server_url,
    one_of,
    optional_number,
    positive_number,
    yes_or_no,
)
from generation.providers.endpoints import MAX_TOKENS_FIELDS, OUTPUT_MODES

env = Environment()

LLM_BASE_URL = model_server_url(env)
LLM_API_KEY = model_server_key(env)
LLM_MODEL = env.str("LLM_MODEL", default="")
CONTENT_PROVIDERS = {
    "catalogue": "generation.providers.catalogue.CatalogueProvider",
    "openai": "generation.providers.openai.provider.OpenAIProvider",
}
CONTENT_PROVIDER = one_of(env, "CONTENT_PROVIDER", tuple(CONTENT_PROVIDERS)) or (
    "openai" if LLM_BASE_URL or LLM_API_KEY else "catalogue"
)
if CONTENT_PROVIDER == "openai" and not LLM_MODEL:
    raise ImproperlyConfigured(
        "LLM_MODEL must be set where CONTENT_PROVIDER is openai (it is where LLM_BASE_URL or "
        "LLM_API_KEY is set): the model that is to write."
    )
# What the model server allows all processes together; None: no limit.
LLM_REQUESTS_PER_MINUTE = optional_number(env, "LLM_REQUESTS_PER_MINUTE")
LLM_TOKENS_PER_MINUTE = optional_number(env, "LLM_TOKENS_PER_MINUTE")
# Of silence; None: what suits the host, like the next two.
LLM_TIMEOUT_SECONDS = optional_number(env, "LLM_TIMEOUT_SECONDS")
LLM_OUTPUT_MODE = one_of(env, "LLM_OUTPUT_MODE", OUTPUT_MODES)
LLM_MAX_TOKENS_FIELD = one_of(env, "LLM_MAX_TOKENS_FIELD", MAX_TOKENS_FIELDS)
# US dollars for a million tokens; None: as published, where that is known.
LLM_PRICE_INPUT = optional_number(env, "LLM_PRICE_INPUT", least=0)
LLM_PRICE_OUTPUT = optional_number(env, "LLM_PRICE_OUTPUT", least=0)
if (LLM_PRICE_INPUT is None) != (LLM_PRICE_OUTPUT is None):
    raise ImproperlyConfigured("LLM_PRICE_INPUT and LLM_PRICE_OUTPUT go together: set both.")
# Whether every quiz is solved once more without its key: one call more a quiz, fewer wrong keys.
LLM_BLIND_SOLVE = yes_or_no(env, "LLM_BLIND_SOLVE")
# Model calls under way at once in one process.
LLM_MAX_CONCURRENCY = positive_number(env, "LLM_MAX_CONCURRENCY", 8, kind=int)
# What one run may cost, over all its processes; None: no limit. It pauses when that is spent.
RUN_MAX_TOKENS = optional_number(env, "RUN_MAX_TOKENS", kind=int)
RUN_MAX_COST_USD = optional_number(env, "RUN_MAX_COST_USD")
# What may be spent in a UTC day on what an account has written, a visitor without one, and the
# whole site; None: no limit. Nothing where it is 0.
USER_MAX_TOKENS_PER_DAY = optional_number(env, "USER_MAX_TOKENS_PER_DAY", kind=int, least=0)
USER_MAX_COST_USD_PER_DAY = optional_number(env, "USER_MAX_COST_USD_PER_DAY", least=0)
ANONYMOUS_MAX_TOKENS_PER_DAY = optional_number(
    env, "ANONYMOUS_MAX_TOKENS_PER_DAY", kind=int, least=0
)
ANONYMOUS_MAX_COST_USD_PER_DAY = optional_number(env, "ANONYMOUS_MAX_COST_USD_PER_DAY", least=0)
SITE_MAX_TOKENS_PER_DAY = optional_number(env, "SITE_MAX_TOKENS_PER_DAY", kind=int, least=0)
SITE_MAX_COST_USD_PER_DAY = optional_number(env, "SITE_MAX_COST_USD_PER_DAY", least=0)
# A batch is written when it holds this many concepts or is this many seconds old.
BATCH_MAX_CONCEPTS = positive_number(env, "BATCH_MAX_CONCEPTS", 16, kind=int)
BATCH_MAX_SECONDS = positive_number(env, "BATCH_MAX_SECONDS", 0.5, kind=float)
