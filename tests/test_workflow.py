"""GitHub's workflow does what `.ci/run` does."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)$", re.MULTILINE)
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
JOBS = WORKFLOW["jobs"]


def targets_of_workflow() -> set[str]:
    return {
        target
        for job in JOBS.values()
        for step in job["steps"]
        for target in TARGET.findall(step.get("run", ""))
    }


def test_it_calls_the_same_targets_and_prints_the_coverage():
    script = (ROOT / ".ci" / "run").read_text()
    lines = "\n".join(
        line.split("#")[0] for line in script.splitlines() if not line.startswith("step ")
    )
    assert targets_of_workflow() == {*TARGET.findall(lines), "coverage"}


def test_its_targets_exist():
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets_of_workflow() <= set(targets)


def test_it_covers_every_python_that_the_project_names():
    assert JOBS["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text()
