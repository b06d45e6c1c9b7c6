"""The fleet as the tests run it: a provider that knows any goal and takes its time."""

import os

from config.settings.test import *

CONTENT_PROVIDERS = {
    **CONTENT_PROVIDERS,
    "slow": "tests.fleet.providers.make_slow_provider",
    "paying": "tests.fleet.providers.make_paying_provider",
    "catalogue": "tests.fleet.providers.SlowCatalogue",
}
CONTENT_PROVIDER = os.environ.get("FLEET_PROVIDER", "slow")
# The tests have migrated their database already.
MIGRATE_AT_START = False
