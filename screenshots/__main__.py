"""`make screenshots`: pictures of every kind of page in every state, into a folder.

    python -m screenshots [--to FOLDER] [--only WORDS] [--readme]

The site, its database and its Redis are made for it, and gone afterwards.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / ".cairn" / "screenshots")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--readme", action="store_true", help="those of docs/pictures instead")
    chosen = parser.parse_args()
    # Whoever is told to end takes along what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    # Playwright runs an event loop in this thread; nothing else uses it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    problems = take_readme() if chosen.readme else take_screenshots(chosen.to, chosen.only)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def take_screenshots(folder: Path, only: str) -> list[str]:
    from screenshots.cast import make_cast
    from screenshots.shots import list_shots
    from screenshots.site import open_database, open_site
    from screenshots.taking import open_browser, take_all

    folder.mkdir(parents=True, exist_ok=True)
    with open_database():
        cast = make_cast()
        shots = [shot for shot in list_shots(cast) if only in shot.name]
        with open_site() as address, open_browser() as browser:
            problems = list(take_all(browser, address, cast, shots, folder))
    print(f"{len(shots)} pages, four pictures each, are in {folder}")
    return problems


def take_readme() -> list[str]:
    from screenshots.cast import make_cast
    from screenshots.readme import FOLDER, list_pictures, take_pictures
    from screenshots.site import open_database, open_site
    from screenshots.taking import open_browser

    with open_database():
        cast = make_cast()
        pictures = list_pictures(cast)
        with open_site() as address, open_browser() as browser:
            problems = list(take_pictures(browser, address, cast, pictures))
    print(f"the pictures of the README are in {FOLDER}")
    return problems


if __name__ == "__main__":
    sys.exit(main())
