"""A cluster of PostgreSQL of our own; the machine's own clusters are not touched."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2

USER = DATABASE = "longtail"
ACCOUNTS = ("postgres", "nobody")
"""PostgreSQL does not run as root; as root it runs as the first of these that is here."""


class ClusterError(Exception):
    """The cluster cannot be made."""


@dataclass(frozen=True)
class Cluster:
    """``programs``: the folder of PostgreSQL's programs. ``data``: the cluster's folder."""

    programs: Path
    data: Path
    port: int
    password: str

    @property
    def address(self) -> str:
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    def make(self) -> None:
        """Make the cluster unless it is there.

        Raises:
            ClusterError: PostgreSQL's account cannot use the folder, or PostgreSQL says why not.
        """
        if (self.data / "PG_VERSION").exists():
            return
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=self.data.parent) as secret:
            secret.write(self.password)
            secret.flush()
            if account := _account():
                for path in (self.data, secret.name):
                    shutil.chown(path, account.pw_uid, account.pw_gid)
                self._reject_closed_folder(account.pw_name)
            self._run("initdb", "--username", USER, "--encoding", "UTF8",
                      "--auth", "scram-sha-256", "--pwfile", secret.name)  # fmt: skip

    def command(self) -> list[str]:
        """The server, on this machine's loopback only."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        program = str(self.programs / "postgres")
        return [*_as_account(), program, "-D", str(self.data), "-p", str(self.port), *settings]

    def answers(self) -> bool:
        """Whether it takes connections; the site's database is made with the first."""
        try:
            with closing(self._connect("postgres")) as connection:
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                    if cursor.fetchone() is None:
                        cursor.execute(f"CREATE DATABASE {DATABASE}")
        except psycopg2.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, user=USER, password=self.password, dbname=database
        )

    def _run(self, program: str, *options: str) -> None:
        command = [*_as_account(), str(self.programs / program), "-D", str(self.data), *options]
        done = subprocess.run(  # noqa: S603 (our own command)
            command, capture_output=True, text=True, check=False, cwd="/"
        )
        if done.returncode:
            raise ClusterError(f"{program}: {done.stderr.strip()}")

    def _reject_closed_folder(self, account: str) -> None:
        """The way to the folder may lead through one that only root enters, as /root."""
        test = [*_as_account(), "/usr/bin/test", "-w", str(self.data)]
        if subprocess.run(test, check=False, cwd="/").returncode:  # noqa: S603 (our own command)
            raise ClusterError(
                f"{self.data}: the account {account} may not enter this folder. "
                "Name another place: make production-local FOLDER=/var/tmp/longtail"
            )


def _account() -> pwd.struct_passwd | None:
    """As whom PostgreSQL runs; None: as whoever calls this."""
    if os.geteuid():
        return None
    by_name = {account.pw_name: account for account in pwd.getpwall()}
    return next(by_name[name] for name in ACCOUNTS if name in by_name)


def _as_account() -> list[str]:
    """What goes before a command. ``keep``: it ends with its parent, like all others."""
    account = _account()
    if account is None:
        return []
    ids = ("--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups")
    return ["/usr/bin/setpriv", *ids, "--pdeathsig", "keep"]
