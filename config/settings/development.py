"""A checkout on somebody's machine: nothing has to be configured."""

from config.secret_key import development_secret_key
from config.settings.base import *

# Off, so that people see the pages that visitors see; a traceback is in the log.
DEBUG = env.bool("DJANGO_DEBUG", default=False)
STYLEGUIDE = True
SECRET_KEY = env.str("SECRET_KEY", default="") or development_secret_key(STATE_DIR / "secret_key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
MIGRATE_AT_START = True
METRICS_OPEN = True
# Nothing is collected on the way: files are found where they are, and again when they change.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
if EMBEDDED_POSTGRES is not None:
    # Its logins have no limit: whoever runs it owns all of it.
    SILENCED_SYSTEM_CHECKS += ["connection_budget.W005"]
INSTALLED_APPS += ["django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    # Other people's migrations are not ours to change.
    "exclude_apps": ["admin", "auth", "contenttypes", "django_celery_results", "sessions"],
}
