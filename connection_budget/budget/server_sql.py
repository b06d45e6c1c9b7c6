"""The budget as SQL: the server itself refuses a role the connection that is one too many.

Printed for an administrator to read and run. It holds no password, opens no connection, and
says the same the second time as the first. No Django.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from connection_budget.budget.budget import Budget
from connection_budget.budget.roles import WEB, Role, RoleKind


@dataclass(frozen=True)
class Timeouts:
    """What the server ends by itself, in seconds."""

    statement: int
    lock: int
    idle_in_transaction: int

    def longest(self, other: "Timeouts") -> "Timeouts":
        """What suits both roles that share a login."""
        return Timeouts(
            max(self.statement, other.statement),
            max(self.lock, other.lock),
            max(self.idle_in_transaction, other.idle_in_transaction),
        )


# Nobody waits longer for a page, and a seat must not be held for one who has left.
WEB_TIMEOUTS = Timeouts(statement=15, lock=5, idle_in_transaction=30)
# Twice the deadline of a unit (30 s), which comes first and tells more; a lock is given up
# earlier, while there is time to repeat. The server is the net for clients that are gone.
WORKER_TIMEOUTS = Timeouts(statement=60, lock=20, idle_in_transaction=60)
# By kind of role; those not named have `WORKER_TIMEOUTS`.
TIMEOUTS: Mapping[RoleKind, Timeouts] = {WEB: WEB_TIMEOUTS}
# Between two looks whether the client of a running statement is still there: a killed worker's
# backend then ends within half a second and not with its statement (measured: 0.2 s, not 4.1).
CHECK_CLIENT = "500ms"

HEADER = """\
The connection budget for PostgreSQL, printed by `manage.py connection_budget --sql`.
The database {database} and its owner {owner} must exist. Run it as a superuser, all or
nothing, and again whenever the budget changes:
    psql --single-transaction --set ON_ERROR_STOP=1 --file FILE

A login inherits what the owner may do, and keeps CONNECT when PUBLIC loses it. Its limit counts
for new connections and ends none; a superuser is held to nothing. The timeouts are for new
sessions: the net under clients that hang or are gone."""
SHARED = """\
All roles share one login, so PostgreSQL can limit the fleet, but not one role: a role that
takes too much starves the others. Give each its own with ROLE_<ROLE>_DATABASE_USER and
ROLE_<ROLE>_DATABASE_PASSWORD, then print this again."""
OWNER = """\
The owner sees which statement each connection runs, whoever opened it; its members inherit
that. An administrator who may not grant it is told so, and nothing else is lost."""
OWNER_LOGIN = """\
Commands and migrations use this login, too: {operations} connections are added for them
(DB_RESERVED_CONNECTIONS), and statements get no time limit, for building an index takes long."""
NEW_LOGIN = """\
A new login has no password. Set one in psql, which sends only its hash: \\password {login}"""


def server_sql(budget: Budget, *, database: str, owner: str, users: Mapping[str, str]) -> str:
    """Statements that hold the fleet to `budget`, and comments that say why.

    `users` are logins by role; a role that is not in it uses the owner's. Raises `ValueError`
    for a name that PostgreSQL cannot have.
    """
    roles_by_login: dict[str, list[Role]] = {}
    for role in budget.roles:
        roles_by_login.setdefault(users.get(role.name, owner), []).append(role)
    logins = [
        _Login(name, tuple(roles), budget, owner, database)
        for name, roles in roles_by_login.items()
    ]
    shared = len(logins) == 1 and len(budget.roles) > 1
    header = HEADER.format(database=identifier(database), owner=identifier(owner))
    sections = [
        comment(header),
        *([comment(SHARED)] if shared else []),
        *(login.section() for login in logins),
        _see_activity(owner),
    ]
    return "\n\n".join(sections)


@dataclass(frozen=True)
class _Login:
    """One login and the roles that use it."""

    name: str
    roles: tuple[Role, ...]
    budget: Budget
    owner: str
    database: str

    @property
    def is_owner(self) -> bool:
        return self.name == self.owner

    @property
    def generations(self) -> int:
        """How many fleets the server can hold at once; a pooler's pools are for all of them."""
        return 2 if self.budget.rolling_fits and not self.budget.pooler else 1

    @property
    def limit(self) -> int:
        """Connections the server allows this login."""
        return self.generations * self.budget.server_peak(self.roles) + self._operations

    @property
    def _operations(self) -> int:
        return self.budget.operations_reserved if self.is_owner else 0

    def section(self) -> str:
        login = identifier(self.name)
        statements = [
            _create(self.name),
            # Before the grant: a membership inherits if its member did when it was granted.
            f"ALTER ROLE {login} LOGIN INHERIT CONNECTION LIMIT {self.limit};",
            f"GRANT CONNECT ON DATABASE {identifier(self.database)} TO {login};",
            *(f"ALTER ROLE {login} SET {name} = '{value}';" for name, value in self._timeouts()),
        ]
        if not self.is_owner:
            statements.insert(2, f"GRANT {identifier(self.owner)} TO {login};")
        return "\n".join([*self._comments(), *statements])

    def _comments(self) -> list[str]:
        notes = [self._arithmetic(), NEW_LOGIN.format(login=identifier(self.name))]
        if self.is_owner:
            notes.insert(1, OWNER_LOGIN.format(operations=self._operations))
        return list(map(comment, notes))

    def _arithmetic(self) -> str:
        names = ", ".join(role.name for role in self.roles)
        if self.budget.pooler:
            pool = f"limit: the pool of {self.budget.pooler.pool_size} (DB_POOLER_POOL_SIZE)"
            added = f" + {self._operations} operations = {self.limit}" if self.is_owner else ""
            return f"{identifier(self.name)} for {names}\n{pool}{added}"
        peaks = " + ".join(str(role.peak) for role in self.roles)
        peaks = f"({peaks})" if len(self.roles) > 1 else peaks
        operations = f" + {self._operations} operations" if self.is_owner else ""
        why = (
            "a rolling deploy has two generations of processes"
            if self.generations > 1
            else "a rolling deploy does not fit: stop the old processes first"
        )
        explained = [role.explain() for role in self.roles]
        sum_ = f"limit: {self.generations} x {peaks}{operations} = {self.limit}"
        return "\n".join([f"{identifier(self.name)} for {names}", *explained, sum_, f"({why})"])

    def _timeouts(self) -> list[tuple[str, str]]:
        check = ("client_connection_check_interval", CHECK_CLIENT)
        if self.is_owner:
            return [check]
        kinds = [TIMEOUTS.get(role.kind, WORKER_TIMEOUTS) for role in self.roles]
        timeouts = reduce(Timeouts.longest, kinds)
        return [
            ("statement_timeout", f"{timeouts.statement}s"),
            ("lock_timeout", f"{timeouts.lock}s"),
            ("idle_in_transaction_session_timeout", f"{timeouts.idle_in_transaction}s"),
            check,
        ]


def _create(login: str) -> str:
    """CREATE ROLE has no IF NOT EXISTS."""
    return _block(
        f"    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(login)}) THEN\n"
        f"        CREATE ROLE {identifier(login)};\n"
        "    END IF;"
    )


def _see_activity(owner: str) -> str:
    grant = (
        f"    GRANT pg_read_all_stats TO {identifier(owner)};\n"
        "EXCEPTION WHEN insufficient_privilege THEN\n"
        "    RAISE NOTICE 'pg_read_all_stats was not granted: ask an administrator';"
    )
    return f"{comment(OWNER)}\n{_block(grant)}"


def _block(body: str) -> str:
    """PL/pgSQL between dollar quotes that `body` cannot end, whatever names it holds."""
    tag = "budget"
    while f"${tag}$" in body:
        tag += "_"
    return f"DO ${tag}$\nBEGIN\n{body}\nEND\n${tag}$;"


def comment(text: str) -> str:
    """Every line stays a comment, also when a name in it holds a line break."""
    return "\n".join(f"-- {line}".rstrip() for line in text.splitlines())


def identifier(name: str) -> str:
    """`name` between double quotes, as PostgreSQL reads it back."""
    return '"' + _checked(name).replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` between single quotes; a backslash means itself, whatever the server's settings."""
    quoted = "'" + _checked(text).replace("'", "''").replace("\\", "\\\\") + "'"
    return f"E{quoted}" if "\\" in text else quoted


def _checked(name: str) -> str:
    if not name:
        raise ValueError("The database or one of its users has no name.")
    if "\0" in name:
        raise ValueError(f"{name!r} cannot be a name in PostgreSQL.")
    return name
