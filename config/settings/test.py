"""The suite: development, with cheap password hashes and no surprises from a .env file."""

from config.settings.development import *

DEBUG = False
STYLEGUIDE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CONTENT_PROVIDER = "catalogue"
# Nobody needs test rows after a power cut. A pooler refuses such options.
if DATABASE_POOLER == "none":
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
# A test's numbers are its process's own, unless it starts several and says where they share.
METRICS_DIRECTORY = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
# Hints and counts stay in the process, unless somebody names a Redis that several share.
if EMBEDDED_REDIS is not None:
    LIMITS_REDIS_URL = None
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
