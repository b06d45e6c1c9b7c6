"""What every environment shares. Values come from the environment; `.env.example` lists them all.

Each reading of the environment names its variable, so that a bad value can be told by name.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.addresses import broker_address, redis_address
from config.databases import database_users, databases_for
from config.embedded import Postgres, Redis
from config.environment import (
    BASE_DIR,
    Environment,
    positive_number,
    site_url,
    whole_number,
)
from config.fleet import FLEET
from config.logs import log_level, logging_settings
from config.settings.writing import *
from connection_budget.budget.budget import budget_from_environment
from connection_budget.budget.environment import VariableError
from connection_budget.budget.fit import Capacity

STATE_DIR = BASE_DIR / ".cairn"

env = Environment()

DEBUG = False
# Whether /styleguide/ is there: every component in every state, for whoever works on pages.
STYLEGUIDE = False

# --- Roles and the connection budget -------------------------------------------------------------
PROCESS_ROLE = env.str("PROCESS_ROLE", default="command")
try:
    CONNECTION_BUDGET = budget_from_environment(os.environ, FLEET)
    CONNECTION_BUDGET.role(PROCESS_ROLE)
except VariableError as error:
    raise ImproperlyConfigured(str(error)) from None
except KeyError:
    raise ImproperlyConfigured(
        f"PROCESS_ROLE is “{PROCESS_ROLE}”; it must be one of command, "
        f"{', '.join(role.name for role in CONNECTION_BUDGET.roles)}."
    ) from None

# --- PostgreSQL and Redis ------------------------------------------------------------------------
EMBEDDED_POSTGRES = None if env.str("DATABASE_URL", default="") else Postgres(STATE_DIR)
EMBEDDED_REDIS = None if env.str("REDIS_URL", default="") else Redis(STATE_DIR)
REDIS_URL = EMBEDDED_REDIS.url if EMBEDDED_REDIS else redis_address(env.str("REDIS_URL"))
DATABASE_POOLER = env.str("DATABASE_POOLER", default="none")
if DATABASE_POOLER not in {"none", "transaction"}:
    raise ImproperlyConfigured(
        f"DATABASE_POOLER is “{DATABASE_POOLER}”; it must be “none” or “transaction”."
    )
if EMBEDDED_POSTGRES is not None:
    # libpq would mix what is meant for another server into the way to ours.
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
DATABASES = databases_for(PROCESS_ROLE, CONNECTION_BUDGET, env=env, embedded=EMBEDDED_POSTGRES)
ROLE_DATABASE_USERS = database_users(
    (*CONNECTION_BUDGET.roles, *CONNECTION_BUDGET.reserve_roles),
    env=env,
    embedded=EMBEDDED_POSTGRES,
)
# Bring the schema up to date when a process starts. Production runs `migrate` by itself.
MIGRATE_AT_START = False

# --- Django --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "ninja",
    "django_celery_results",
    "config",
    "connection_budget",
    "accounts",
    "roadmaps",
    "concepts",
    "generation",
    "learning",
]
MIDDLEWARE = [
    "connection_budget.seats.middleware.ReleaseMiddleware",
    "config.api_errors.shape_api_errors",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.strange_requests.refuse_strange_requests",
    "config.static_files.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.display.DisplayMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Files are served by a synchronous one; our handler sees to streams where it makes others so.
SILENCED_SYSTEM_CHECKS = ["connection_budget.W006"]
# The form of the largest plan: 250 stages, modules and concepts with a title each, and 250 boxes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_100
# The largest plan, of 250 concepts, has to come through (`PLAN_MAX_BYTES`).
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.display.describe_display",
                "accounts.ways_back.describe_way_back",
            ],
        },
    },
]
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
        )
    ),
    {"NAME": "accounts.passwords.VariedPasswordValidator"},
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "learning:home"
SESSION_ENGINE = "accounts.session_store"
# Nothing inline, nothing from elsewhere: the wall behind the sanitiser. 'self' covers web sockets.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
LOGGING = logging_settings(
    role=PROCESS_ROLE, level=log_level(env, role=PROCESS_ROLE, as_json=False), as_json=False
)

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # What versions of artifacts say, rendered. Their rows never change, so each process keeps its
    # own: nothing has to be told to others, and a new release begins anew.
    "texts": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "texts",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 600},
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# Seconds between two looks for runs that nobody works on.
# A thread that finds no connection free waits so long for one of its process.
CONNECTION_BUDGET_WAIT_SECONDS = positive_number(
    env, "CONNECTION_BUDGET_WAIT_SECONDS", 5.0, kind=float
)
SWEEP_SECONDS = positive_number(env, "SWEEP_SECONDS", 30.0, kind=float)
# Seconds a visitor may take to send the head of a request.
WEB_HEAD_SECONDS = positive_number(env, "WEB_HEAD_SECONDS", 15.0, kind=float)
# Seconds until another worker may take over what a dead one had claimed.
LEASE_SECONDS = positive_number(env, "LEASE_SECONDS", 30.0, kind=float)

# --- Limits for strangers -------------------------------------------------------------------------
# Proxies of ours, each of which adds to X-Forwarded-For whom it heard.
TRUSTED_PROXIES = whole_number(env, "TRUSTED_PROXIES", 0, most=100)
if env.str("FORWARDED_ALLOW_IPS", default="") == "*" and not TRUSTED_PROXIES:
    raise ImproperlyConfigured(
        "FORWARDED_ALLOW_IPS is “*”, which believes whatever address a visitor writes into "
        "X-Forwarded-For; name the proxies, or say with TRUSTED_PROXIES how many there are."
    )
# Where all processes count together; None: each counts alone.
LIMITS_REDIS_URL: str | None = REDIS_URL
# 0 closes a door; large numbers leave it open. Of failed sign-ins, open runs and answers one must
# be left.
ANONYMOUS_ROADMAPS_PER_DAY = whole_number(env, "ANONYMOUS_ROADMAPS_PER_DAY", 5)
USER_ROADMAPS_PER_DAY = whole_number(env, "USER_ROADMAPS_PER_DAY", 50)
ORDERS_PER_ADDRESS_PER_DAY = whole_number(env, "ORDERS_PER_ADDRESS_PER_DAY", 60)
OPEN_RUNS_PER_PERSON = whole_number(env, "OPEN_RUNS_PER_PERSON", 3, least=1)
SIGN_INS_PER_MINUTE = whole_number(env, "SIGN_INS_PER_MINUTE", 10, least=1)
SIGN_UPS_PER_ADDRESS_PER_DAY = whole_number(env, "SIGN_UPS_PER_ADDRESS_PER_DAY", 20)
ANSWERS_PER_MINUTE = whole_number(env, "ANSWERS_PER_MINUTE", 60, least=1)
SOCKETS_PER_SESSION = whole_number(env, "SOCKETS_PER_SESSION", 20)
SOCKETS_PER_ADDRESS = whole_number(env, "SOCKETS_PER_ADDRESS", 200)

# --- Health and metrics ---------------------------------------------------------------------------
# What a scrape must present; without, /metrics is not found, unless METRICS_OPEN.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_OPEN = False
# Shared by all processes of a host: any of them shows the numbers of all.
METRICS_DIRECTORY = env.str("PROMETHEUS_MULTIPROC_DIR", default=str(STATE_DIR / "metrics"))

# --- Channels: hints from workers to browsers ----------------------------------------------------
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "generation.live.layer.OneReaderLayer",
        # The layer waits 5 seconds for a message, and redis-py as long for any answer: where the
        # two are equal, an idle socket is dropped (measured).
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 20}]},
    }
}

# --- Celery --------------------------------------------------------------------------------------
CELERY_BROKER_URL = broker_address(REDIS_URL)
# A Redis that is silent keeps neither a page nor its seat: an order is in the rows, and the sweep
# sends the message that could not be sent. (A worker's main process waits: config/celery.py.)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "socket_timeout": 4,
    "socket_connect_timeout": 4,
    "socket_keepalive": True,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_RESULT_BACKEND = "config.results.RedactingBackend"
CELERY_RESULT_EXTENDED = True
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "workflow"
CELERY_TASK_ROUTES = {
    "generation.tasks.pull_artifacts": {"queue": "content_generation"},
    "generation.tasks.persist_model_calls": {"queue": "logs"},
}
CELERY_TASK_SOFT_TIME_LIMIT = 480  # seconds; a puller ends by itself after 300
CELERY_TASK_TIME_LIMIT = 600
# Asked to stop, a worker lets its tasks run for so long (seconds), then has them save and end.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "sweep_runs": {
        "task": "generation.tasks.sweep_runs",
        "schedule": SWEEP_SECONDS,
        # One that nobody took in time is superseded by the next.
        "options": {"expires": SWEEP_SECONDS},
    },
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A worker without --concurrency is as large as its role declares, not as the machine has cores.
CELERY_WORKER_CONCURRENCY = CONNECTION_BUDGET.role(PROCESS_ROLE).per_instance
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True

# --- Content -------------------------------------------------------------------------------------
SITE_URL = site_url(env, default="http://127.0.0.1:8000")
DEFAULT_FROM_EMAIL = f"Cairn <no-reply@{urlsplit(SITE_URL).hostname}>"
# A server that takes no mail must not keep a worker for ever.
EMAIL_TIMEOUT = 20
# What a process of a role has under way, for `connection_budget --fit` to tell costs in.
ROLE_CAPACITIES = {
    "web": Capacity("requests inside Django"),
    "content_generation": Capacity("model calls (LLM_MAX_CONCURRENCY)", LLM_MAX_CONCURRENCY),
    "workflow": Capacity("runs being planned", 1),
    "logs": Capacity("batches of records", 1),
}
