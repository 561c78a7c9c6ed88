"""`make production-local` as a child process, and clients that come through its proxy."""

from __future__ import annotations

import compileall
import re
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import psutil

from tests.faults.servers import ROOT, free_port, wait_until

CODE = ("accounts", "catalog", "config", "deploy", "examples", "recommender", "templates")
PATIENCE = 600.0
"""Seconds for each step. Two quiet cores need 30 for a start; a busy machine is no fault."""


def copy_code(to: Path) -> Path:
    """The code of this checkout in a folder of its own, as a release lies on a server."""
    for name in CODE:
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns(".env"))
    shutil.copy(ROOT / "manage.py", to)
    compileall.compile_dir(to, quiet=1)  # else each process does it anew where none may write
    return to


class LocalProduction:
    """``code``: a link to the release that runs; `switch_to` points it at another."""

    def __init__(self, folder: Path, release: Path) -> None:
        self.folder, self.code, self.port = folder, folder.parent / "current", free_port()
        self.code.symlink_to(release)
        self.log = folder.parent / "production-local.log"
        command = ("-m", "deploy.production_local", "--folder", str(folder), "--code", self.code)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *command, "--https-port", str(self.port)],
                cwd=ROOT, stdout=output, stderr=output,
            )  # fmt: skip
        self.wait_for("Longtail is up")

    def wait_for(self, said: str, seconds: float = PATIENCE) -> None:
        wait_until(lambda: said in self.said() or self.process.poll() is not None, said, seconds)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def manage(self, *words: str) -> str:
        done = subprocess.run(
            [self.folder / "manage", *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def shell(self, code: str) -> str:
        """The last line that the code prints."""
        return self.manage("shell", "--no-imports", "-v", "0", "-c", code).splitlines()[-1]

    def client(self, **headers: str) -> httpx2.Client:
        """A client that trusts the proxy's own authority and nothing else."""
        authority = re.search(r"certificate +(\S+)", self.said())[1]
        trust = ssl.create_default_context(cafile=authority)
        address = f"https://localhost:{self.port}"
        return httpx2.Client(base_url=address, verify=trust, headers=headers, timeout=PATIENCE)

    def switch_to(self, release: Path) -> None:
        self.code.unlink()
        self.code.symlink_to(release)
        self.process.send_signal(signal.SIGUSR1)
        self.wait_for("Switched")

    def family(self) -> list[psutil.Process]:
        """Everything that it started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def children(self) -> dict[int, str]:
        """Names by id of the processes that stay: webs, workers, scheduler, proxy, databases."""
        return {child.pid: child.name() for child in psutil.Process(self.process.pid).children()}

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)
