"""Production, with a page more to compare with, its files collected where the benchmark says."""

import os
from pathlib import Path

from config.settings.production import *

ROOT_URLCONF = "benchmarks.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC_ROOT"])
