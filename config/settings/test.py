"""The suite: development, with cheap password hashes and no surprises from a .env file."""

from config.settings.development import *

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CONTENT_PROVIDER = "catalogue"
