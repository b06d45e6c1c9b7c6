"""The image that docker/Dockerfile begins with, made here: no registry has to be reached.

Debian with its Python, under the name that the Dockerfile asks for. What comes from the network
comes the way this machine is configured: packages of Debian from apt's mirror, those of Python from
pip's indexes.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.docker.scripts import ROOT

SUITE = "bookworm"
PACKAGES = "python3,python3-pip,ca-certificates"
# Kept between runs, like the other tools of the tests.
ARCHIVE = ROOT / ".cairn" / "tools" / f"python-{SUITE}.tar"
# Where pip gets packages; what else it is told on this machine is none of the image's business.
PIP_OPTIONS = frozenset(
    {"index-url", "extra-index-url", "find-links", "no-index", "constraint"}
    | {"cert", "client-cert", "proxy", "trusted-host", "timeout", "default-timeout", "retries"}
)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, (command, (done.stdout + done.stderr)[-5000:])
    return done.stdout


def archive_of_the_base() -> Path:
    if not ARCHIVE.exists():
        ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="cairn-base-") as directory:
            system, draft = Path(directory, "system"), ARCHIVE.with_suffix(".new")
            include = f"--include={PACKAGES}"
            # What it mounts is gone with it, even when it is killed.
            apart = ("unshare", "--mount", "--propagation=private")
            run(*apart, "debootstrap", "--variant=minbase", include, SUITE, system, mirror())
            (system / "usr/local/bin/python").symlink_to("/usr/bin/python3")
            run("tar", "--create", "--directory", system, "--file", draft, ".")
            draft.replace(ARCHIVE)
    return ARCHIVE


def mirror() -> str:
    """Apt's own for this suite, else the one everybody has."""
    if shutil.which("apt-get") is None:
        return "http://deb.debian.org/debian"
    wanted = ("--format", "$(REPO_URI)", f"Codename: {SUITE}", "Origin: Debian")
    found = run("apt-get", "indextargets", *wanted).split()
    return found[0].rstrip("/") if found else "http://deb.debian.org/debian"


def name_in_dockerfile() -> str:
    """One image for all stages."""
    dockerfile = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
    (name,) = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    return str(name)


def pip_options() -> dict[str, str]:
    """As `pip config list` tells them; what the environment says comes last and counts."""
    listed = run(sys.executable, "-m", "pip", "config", "list")
    found = {}
    for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        found[name.rpartition(".")[2]] = str(ast.literal_eval(value))
    return {name: value for name, value in found.items() if name in PIP_OPTIONS}


def mounts_for_pip(directory: Path) -> Iterator[str]:
    """`buildah build --volume …`: pip's configuration, and the files that it names."""
    options = pip_options()
    configuration = directory / "pip.conf"
    lines = [f"{name} = {' '.join(value.split())}" for name, value in options.items()]
    configuration.write_text("\n".join(["[global]", *lines, ""]))
    yield f"--volume={configuration}:/etc/pip.conf:ro"
    for place in sorted({*_places(options)}):
        yield f"--volume={place}:{place}:ro"


def _places(options: dict[str, str]) -> Iterator[Path]:
    for word in " ".join(options.values()).split():
        # An index in files links to what lies beside it.
        path = Path(word.removeprefix("file://"))
        path = path.parent if word.startswith("file://") else path
        if path.is_absolute() and path.exists() and path != Path("/"):
            yield path
