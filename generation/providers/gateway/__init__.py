"""The only way to a model server, and the only place that knows the libraries it is made of.

Loading `opening` takes a second and some 80 MiB, so whoever forks does it before (`preload`), and
nobody imports it who does not need it. Here nothing is imported: what is known of a server's pace
can be read without.
"""

import os

# The library would advertise its maker's services on every terminal.
os.environ.setdefault("PYDANTIC_AI_NO_BANNER", "1")
