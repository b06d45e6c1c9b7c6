"""The suite: development, with cheap password hashes and no surprises from a .env file."""

from config.settings.development import *

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CONTENT_PROVIDER = "catalogue"
# Nobody needs test rows after a power cut, and emptying tables is most of a test's time.
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
