"""The site that is pictured: as in tests, and with the style guide that development has."""

from config.settings.test import *

STYLEGUIDE = True
