"""Runs the commands of docs/tutorial.md as a reader does, and compares what they print.

A reader's processes write into a folder of this test. The database is SQLite, the broker is the
embedded one, and the training fits the networks.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(
    r"(?:<!-- (?P<note>.+?) -->\n)?"
    r"```(?P<kind>sh|text)\n(?P<body>.*?)```\n",
    re.DOTALL,
)
SITE = re.compile(r"<(http://127\.0\.0\.1:\d+/[^>]*)>")
ON_FAILURE = "set -o pipefail; trap 'echo \"failed: $BASH_COMMAND\"' ERR"
MARK = "--- end of the block ---"


@dataclass(frozen=True)
class Step:
    """Commands, and what they print (``…`` stands for anything)."""

    commands: str
    prints: str
    note: str

    @property
    def is_run(self) -> bool:
        return not self.note.startswith("not run")

    @property
    def is_server(self) -> bool:
        return "background" in self.note


def steps(page: str) -> list[Step]:
    blocks = list(BLOCK.finditer(page))
    found = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block["kind"] == "sh":
            prints = following["body"] if following and following["kind"] == "text" else ""
            found.append(Step(block["body"], prints, block["note"] or ""))
    return found


def matches(expected: str, printed: str) -> bool:
    pattern = re.escape(expected.strip()).replace("…", ".*")
    return re.search(pattern, printed) is not None


class Terminal:
    """A bash that keeps its variables from block to block."""

    def __init__(self, environment: dict[str, str], errors: Path) -> None:
        with errors.open("wb") as log:
            self.process = subprocess.Popen(
                ["bash"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *exception: object) -> None:
        self.process.kill()
        self.process.communicate()

    def run(self, commands: str) -> str:
        """What the commands print. The first that fails fails the test."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{ON_FAILURE}\n{commands}\necho '{MARK}'\n")
        self.process.stdin.flush()
        lines = list(iter(self.process.stdout.readline, f"{MARK}\n"))
        assert not [line for line in lines if line.startswith("failed: ")], "".join(lines)
        return "".join(lines)


class Site:
    """What runs in the first terminal until Ctrl-C."""

    def __init__(self, command: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        self.process.communicate()

    def printed(self, last: str) -> str:
        """Its lines up to the one that begins with ``last``; all when it ends before."""
        return "".join(self._until(last))

    def _until(self, last: str) -> Iterator[str]:
        assert self.process.stdout
        for line in self.process.stdout:
            yield line
            if line.startswith(last):
                return


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The reader's: the same Python, the default settings, a folder of their own."""
    wanted = ("HOME", "LANG", "OMP_NUM_THREADS")
    environment = {name: os.environ[name] for name in wanted if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**environment, "PATH": path, "VAR_DIR": str(tmp_path / "var"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.tensorflow
def test_a_newcomer_gets_from_nothing_to_an_edited_list(
    environment: dict[str, str], port: int, tmp_path: Path
) -> None:
    page = PAGE.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    with ExitStack() as stack:
        terminal = stack.enter_context(Terminal(environment, tmp_path / "errors.log"))
        for step in filter(lambda each: each.is_run, steps(page)):
            if step.is_server:
                site = stack.enter_context(
                    Site(f"{step.commands.strip()} --port {port}", environment)
                )
                printed = site.printed("Admin: ")
            else:
                printed = terminal.run(step.commands)
            assert matches(step.prints, printed), f"{step.commands}\n{printed}"
        for address in SITE.findall(page):
            with urllib.request.urlopen(address) as answer:
                assert answer.status == 200
        site.process.send_signal(signal.SIGINT)
        assert "Stopped." in site.printed("Stopped.")


def test_the_page_has_all_its_steps() -> None:
    """A fence that is misspelt would be left out without a word."""
    page = PAGE.read_text()
    assert page.count("```") == 2 * len(BLOCK.findall(page))
    assert len(steps(page)) >= 10
    assert [step.commands for step in steps(page) if not step.is_run] == [
        "git clone REPOSITORY longtail\ncd longtail\nmake setup\nsource .venv/bin/activate\n"
    ]


def test_an_output_that_differs_is_seen() -> None:
    assert matches("60 rows in … s: 60 new", "60 rows in 0.1 s: 60 new, 0 bad.")
    assert not matches("60 rows in … s: 60 new", "60 rows in 0.1 s: 59 new, 0 bad.")
