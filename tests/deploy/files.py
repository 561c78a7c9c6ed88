"""What the tests of `deploy/` read: Dockerfile, Compose file, units, and operate.md's table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker", "long", "training", "beat")


@dataclass
class Stage:
    """One stage of the Dockerfile: what it begins with, and its instructions in order."""

    name: str
    source: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def values(self, instruction: str) -> list[str]:
        return [value for name, value in self.steps if name == instruction]


def stages(text: str | None = None) -> dict[str, Stage]:
    """The stages of the Dockerfile by name; continued lines are joined, comments left out."""
    text = (DEPLOY / "Dockerfile").read_text() if text is None else text
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, Stage] = {}
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        instruction, value = line.split(maxsplit=1)
        if instruction == "FROM":
            source, name = re.fullmatch(r"(\S+) AS (\S+)", value).groups()
            stage = found[name] = Stage(name, source)
        else:
            stage.steps.append((instruction, value))
    return found


def ancestors(name: str) -> list[Stage]:
    """The stage and all that it begins with or copies from, without doubles."""
    every = stages()
    waiting, seen = [name], {}
    while waiting:
        if (here := every.get(waiting.pop())) is None or here.name in seen:
            continue
        seen[here.name] = here
        copied = re.findall(r"--from=(\S+)", " ".join(here.values("COPY")))
        waiting += [here.source, *copied]
    return list(seen.values())


def requirements(name: str) -> set[str]:
    """Names of the packages that a requirements file lists, with the files that it includes."""
    found: set[str] = set()
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("-r "):
            found |= requirements(line.removeprefix("-r "))
        elif line and not line.startswith(("#", "-")):
            found.add(line.split("==")[0].lower())
    return found


def commands_of_table() -> dict[str, str]:
    """The command of each process, as the table of docs/how-to/operate.md has it."""
    text = (ROOT / "docs" / "how-to" / "operate.md").read_text()
    rows = text.split("| process | command |")[1].split("\n\n")[0]
    return dict(re.findall(r"^\| (\w+) \| `([^`]+)`", rows, re.MULTILINE))


def unit(name: str) -> dict[str, list[str]]:
    """The directives of a unit, each with its values in order."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            found.setdefault(key, []).append(value)
    return found
