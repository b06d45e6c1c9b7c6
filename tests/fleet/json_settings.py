"""Production's way of logging, with a provider that gives cause for every kind of line."""

from config.settings.production import *

CONTENT_PROVIDERS = {**CONTENT_PROVIDERS, "leaky": "tests.fleet.leaky.make_leaky_provider"}
CONTENT_PROVIDER = "leaky"
METRICS_DIRECTORY = ""
