"""A PostgreSQL of the tests' own, which they may restart. It does not run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.faults.servers import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NEEDED = "PostgreSQL's programs (initdb, pg_ctl) are not in /usr/lib/postgresql"


class Cluster:
    """A cluster in a folder of /tmp: the path of a socket must be short."""

    def __init__(self) -> None:
        self.folder, self.port = Path(tempfile.mkdtemp(prefix="longtail-pg-")), free_port()
        self.as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.bin = PROGRAMS[-1]
        if self.as_user:
            shutil.chown(self.folder, "postgres")
        self("initdb", "-D", str(self.folder), "-A", "trust", "-U", "postgres", "-E", "UTF8")
        self.pg_ctl("start")

    def __call__(self, program: str, *given: str) -> None:
        command = [*self.as_user, str(self.bin / program), *given]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def pg_ctl(self, act: str, *given: str) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self.folder / "log")
        self("pg_ctl", "-D", str(self.folder), "-w", "-l", log, "-o", options, act, *given)

    def create(self, name: str, *, template: str = "template1") -> str:
        """Make a database, a copy of another one; returns its address."""
        where = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
        self("createdb", *where, "-T", template, name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def ask(self, url: str, query: str) -> str:
        """The answer of a query as text; empty while the server is away."""
        command = [str(self.bin / "psql"), "-tA", "-c", query, url]
        said = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/")
        return said.stdout.strip()

    def remove(self) -> None:
        self.pg_ctl("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
