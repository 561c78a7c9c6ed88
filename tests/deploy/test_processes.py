"""The processes of docs/how-to/operate.md are in the Compose file and in the units."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.deploy.files import DEPLOY, OURS, SERVICES, commands_of_table, unit

BIN = "/opt/longtail/.venv/bin/"


def test_the_table_has_the_processes_that_are_tested_here():
    assert tuple(commands_of_table()) == OURS


@pytest.mark.parametrize("name", OURS)
def test_compose_runs_the_command_of_the_table(name):
    assert SERVICES[name]["command"] == commands_of_table()[name]


@pytest.mark.parametrize("name", OURS)
def test_the_unit_runs_the_command_of_the_table(name):
    (start,) = unit(f"longtail-{name}.service")["ExecStart"]
    assert start.startswith(BIN)
    assert start.removeprefix(BIN).replace("%%", "%") == commands_of_table()[name]


@pytest.mark.parametrize("name", OURS)
def test_what_ends_is_started_again(name):
    assert SERVICES[name]["restart"] == "always"
    assert unit(f"longtail-{name}.service")["Restart"] == ["always"]


def test_one_scheduler_runs_and_several_webs():
    assert "deploy" not in SERVICES["beat"]
    assert SERVICES["web"]["deploy"]["replicas"] == "${WEB_REPLICAS:-2}"


@pytest.mark.parametrize("name", OURS)
def test_no_process_begins_before_the_migrations(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }


def test_the_target_starts_every_unit():
    units = {path.name for path in (DEPLOY / "systemd").glob("*.service")}
    assert units == {f"longtail-{name}.service" for name in OURS}
    assert set(unit("longtail.target")["Wants"][0].split()) == units


@pytest.mark.parametrize("name", OURS)
def test_units_run_as_a_user_of_their_own(name):
    found = unit(f"longtail-{name}.service")
    assert found["User"] == ["longtail"]
    assert found["NoNewPrivileges"] == ["true"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path):
    """In a copy, because systemd also asks whether the programs are there."""
    for program in ("gunicorn", "celery"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    for path in (DEPLOY / "systemd").iterdir():
        (tmp_path / path.name).write_text(path.read_text().replace(BIN, f"{tmp_path}/"))
    units = sorted(str(path) for path in tmp_path.glob("longtail*"))
    done = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
