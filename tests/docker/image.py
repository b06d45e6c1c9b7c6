"""The image as docker/Dockerfile says, and its roles as docker/compose.yaml starts them.

Built with buildah in a chroot and run in one: read-only, by the image's own user, with the volumes,
secrets and variables of compose.yaml. Docker would add namespaces, which nothing of ours looks at.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.docker.base_image import (
    archive_of_the_base,
    mounts_for_pip,
    name_in_dockerfile,
    run,
)
from tests.docker.scripts import ROOT
from tests.docker.test_compose import resolved, services

# Arguments: the image's root, its user and directory, how many mounts, those, then the command.
LAUNCH = """
set -eu
root=$1 user=$2 directory=$3 mounts=$4
shift 4
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
while [ "$mounts" -gt 0 ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    shift 2
    mounts=$((mounts - 1))
done
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" "$root" env --ignore-environment --chdir="$directory" "$@"
"""


class Image:
    """What was built within the block goes with it, the store that it lies in as well."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        store = directory / "store"
        self._buildah = ("buildah", f"--root={store}", f"--runroot={directory / 'run'}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run("rm", "--all")
        self._run("rmi", "--all", "--force")
        shutil.rmtree(self.directory, ignore_errors=True)

    def build(self) -> None:
        scratch = self._run("from", "scratch")
        self._run("add", scratch, str(archive_of_the_base()), "/")
        self._run("commit", "--rm", scratch, f"docker.io/library/{name_in_dockerfile()}")
        self._run(
            *("build", "--isolation=chroot", "--pull-never", "--format=docker", "--tag=cairn"),
            *mounts_for_pip(self.directory),
            *(f"--file={ROOT / 'docker' / 'Dockerfile'}", str(ROOT)),
        )
        self.root = Path(self._run("mount", self._run("from", "--pull-never", "cairn")))
        inspected = json.loads(self._run("inspect", "--type=image", "cairn"))
        self.config: dict[str, Any] = inspected["OCIv1"]["config"]

    def _run(self, *arguments: str) -> str:
        return run(*self._buildah, *arguments).strip()


class Composed:
    """Services of compose.yaml on this machine. What still runs at the block's end is killed.

    `variables` are what .env says, and where PostgreSQL and Redis are.
    """

    def __init__(self, image: Image, directory: Path, password: str, **variables: str) -> None:
        self._image = image
        self._directory = directory
        self._variables = variables
        self._secrets = {"database_password": password, "secret_key": os.urandom(40).hex()}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def start(self, name: str, *, service: str | None = None, command: str = "") -> None:
        """A service, or a `command` as in `docker compose run SERVICE sh -c COMMAND`."""
        described = services()[service or name]
        starts = ["sh", "-c", command] if command else described["command"]
        with self.log_of(name).open("wb") as log:
            self._processes[name] = subprocess.Popen(
                self._launcher(described, starts),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def finish(self, name: str, *, seconds: float = 200) -> int:
        """The status with which it ended."""
        return self._processes[name].wait(seconds)

    def run(self, service: str, command: str) -> tuple[int, str]:
        """Its status and what it said."""
        self.start("once", service=service, command=command)
        return self.finish("once"), self.log("once")

    def stop(self, *names: str) -> dict[str, int]:
        """As `docker compose stop`; the status of each."""
        for name in names:
            self._processes[name].send_signal(signal.SIGTERM)
        return {name: self.finish(name) for name in names}

    def ended(self, name: str) -> bool:
        return self._processes[name].poll() is not None

    def log_of(self, name: str) -> Path:
        return self._directory / f"{name}.log"

    def log(self, name: str) -> str:
        return self.log_of(name).read_text(errors="replace")

    def _launcher(self, service: Mapping[str, Any], command: list[str]) -> list[str]:
        assert service["read_only"]
        config = self._image.config
        image_variables = dict(line.split("=", 1) for line in config["Env"])
        variables = image_variables | resolved(dict(service)) | self._variables
        mounts = self._mounts(service, config["User"])
        return [
            *("unshare", "--mount", "--propagation=private", "sh", "-c", LAUNCH, "launch"),
            *(str(self._image.root), config["User"], config["WorkingDir"], str(len(mounts))),
            *(str(word) for mount in mounts for word in mount),
            *(f"{name}={value}" for name, value in variables.items()),
            *command,
        ]

    def _mounts(self, service: Mapping[str, Any], user: str) -> list[tuple[Path, str]]:
        secrets = self._directory / "secrets"
        secrets.mkdir(exist_ok=True)
        for name in service["secrets"]:
            (secrets / name).write_text(self._secrets.get(name, ""))
        mounts = [(secrets, "/run/secrets")]
        for volume in service["volumes"]:
            name, _, target = volume.partition(":")
            (self._directory / name).mkdir(exist_ok=True)
            # A new volume is as the directory of the image that it hides.
            os.chown(self._directory / name, *map(int, user.split(":")))
            mounts.append((self._directory / name, target))
        return mounts
