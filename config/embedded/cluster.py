"""The database cluster: made once, aside, and put in place complete; its roles kept up to date."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from config.embedded.binaries import PROGRAMS, copy_postgres
from config.embedded.errors import EmbeddedServiceError
from config.embedded.paths import ServicePaths, replace
from config.embedded.privileges import Account
from config.embedded.secrets import OWNER, SUPERUSER, passwords

DATABASE = "cairn"
INITDB_OPTIONS = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    f"--username={SUPERUSER}",
    "--no-instructions",
    # Seconds on a busy disk, to save an empty database from a power cut half a minute later.
    "--no-sync",
)
# initdb puts the path of `postgres` between double quotes and gives the line to a shell.
SPECIAL_IN_SHELL = set('"$`\\')


@dataclass(frozen=True)
class Cluster:
    """The programs inherit the server lock, so that nobody starts while an orphaned one runs."""

    paths: ServicePaths
    programs: Path
    account: Account
    server_lock: int

    def create(self) -> None:
        """A kill on the way leaves only a draft, which the next start removes."""
        for leftover in self.paths.home.glob("postgres.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = Path(mkdtemp(prefix="postgres.new-", dir=self.paths.home))
        try:
            self.account.own(draft)
            self._initdb(draft / "data")
            (draft / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
            roles = roles_sql(passwords(self.paths.state))
            database = f"CREATE DATABASE {DATABASE} OWNER {OWNER};"
            self._execute(draft / "data", [*roles, database], "--fsync=off")
            (draft / "data").rename(self.paths.data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        replace(self.roles_marker, digest(roles))

    def update_roles(self) -> None:
        """Applies new process roles, and new passwords after the secrets were lost."""
        roles = roles_sql(passwords(self.paths.state))
        if self.roles_marker.exists() and self.roles_marker.read_text() == digest(roles):
            return
        self._execute(self.paths.data, roles)
        replace(self.roles_marker, digest(roles))

    @property
    def roles_marker(self) -> Path:
        return self.paths.home / "postgres.roles"

    def _initdb(self, data: Path) -> None:
        password_file = data.with_name("password")
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(passwords(self.paths.state)[SUPERUSER])
        self.account.own(password_file)
        with shell_safe(self.programs) as programs:
            command = [str(programs / "initdb"), f"--pwfile={password_file}", *INITDB_OPTIONS]
            self._run([*command, "-D", str(data)], data.parent)

    def _execute(self, data: Path, statements: list[str], *settings: str) -> None:
        """In single-user mode: no socket is open, so nobody can be faster than the passwords."""
        # Statements hold passwords, and the log is no place for them.
        options = ("--log_min_error_statement=panic", "--log_statement=none", *settings)
        command = [str(self.programs / "postgres"), "--single", "-D", str(data), *options]
        said = self._run([*command, SUPERUSER], data, "\n".join(statements) + "\n")
        # Single-user mode reports an error and goes on with the next line.
        if "ERROR:" in said or "FATAL:" in said:
            raise EmbeddedServiceError(f"setting up the roles failed: {said.strip()}")

    def _run(self, command: list[str], cwd: Path, stdin: str = "") -> str:
        return self.account.run(command, cwd=cwd, stdin=stdin, pass_fds=(self.server_lock,))


@contextmanager
def shell_safe(programs: Path) -> Iterator[Path]:
    if not SPECIAL_IN_SHELL & set(str(programs)):
        yield programs
        return
    with TemporaryDirectory(prefix="cairn-initdb-") as directory:
        copy_postgres(Path(directory))
        yield Path(directory) / PROGRAMS


def roles_sql(password_by_login: dict[str, str]) -> list[str]:
    """One statement a line, as single-user mode wants it; right for new and for existing roles."""
    lines = []
    for login, password in password_by_login.items():
        lines.append(
            f"DO $$BEGIN IF to_regrole('{login}') IS NULL THEN CREATE ROLE {login}; END IF; END$$;"
        )
        lines.append(f"ALTER ROLE {login} LOGIN PASSWORD '{password}';")
        if login not in {SUPERUSER, OWNER}:
            lines.append(f"ALTER ROLE {login} INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE;")
            lines.append(f"GRANT {OWNER} TO {login};")
    lines.append(f"ALTER ROLE {OWNER} NOSUPERUSER CREATEDB NOCREATEROLE;")
    lines.append(f"GRANT pg_read_all_stats TO {OWNER};")
    return lines


def digest(statements: list[str]) -> str:
    """The statements hold passwords, the marker does not."""
    return sha256("\n".join(statements).encode()).hexdigest()
