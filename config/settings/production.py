"""A server on the internet. Four variables have no default: a start without them is refused."""

from django.core.exceptions import ImproperlyConfigured

from config.logs import log_level, logging_settings
from config.secret_key import refuse_weak_key
from config.settings.base import *


def _required(name: str, why: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production: {why}")
    return value


SECRET_KEY = _required("SECRET_KEY", "it signs sessions and links; make a long random one.")
refuse_weak_key(SECRET_KEY)
ALLOWED_HOSTS = [
    host.strip()
    for host in _required("ALLOWED_HOSTS", "the host names served, separated by commas.").split(",")
    if host.strip()
]
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS names no host.")
_required("SITE_URL", "the public address, such as https://cairn.example.")
_required("EMAIL_URL", "where mail is sent, such as smtp://user:password@mail.example:587.")
try:
    vars().update(env.email_url("EMAIL_URL"))
except (KeyError, ValueError, ImproperlyConfigured) as error:
    raise ImproperlyConfigured(f"EMAIL_URL cannot be used: {error}") from None

LOGGING = logging_settings(
    role=PROCESS_ROLE, level=log_level(env, role=PROCESS_ROLE, as_json=True), as_json=True
)
LOGGING_CONFIG = "config.logs.configure_in_json"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
# Whether all hosts under this one speak HTTPS, and shall for good, is not ours to promise.
SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]
if TRUSTED_PROXIES:
    # Only a proxy of ours may say how the visitor came.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
