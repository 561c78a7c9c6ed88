"""What `deploy/production_local` decides before it starts anything. tests/production runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.production_local import programs, settings
from deploy.production_local.programs import NotInstalled
from deploy.production_local.stack import COMMANDS
from tests.deploy.files import ROOT, commands_of_table


def test_it_runs_the_commands_of_the_table():
    assert commands_of_table() == COMMANDS


def installed(folder: Path, *names: str) -> Path:
    """A folder with programs that do nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


def test_what_is_missing_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    bin_folder = installed(tmp_path / "bin", "caddy")
    monkeypatch.setenv("PATH", str(bin_folder))
    with pytest.raises(NotInstalled) as raised:
        programs.find(debian=tmp_path / "nowhere")
    assert str(raised.value) == (
        "Not installed: PostgreSQL 15 or newer, Redis or Valkey. Debian and Ubuntu: "
        "sudo apt-get install --no-install-recommends postgresql redis-server"
    )


def test_the_newest_postgresql_is_taken(tmp_path, monkeypatch):
    for version in ("9", "15", "17"):
        installed(tmp_path / "debian" / version / "bin", "initdb")
    monkeypatch.setenv("PATH", str(installed(tmp_path / "bin", "caddy", "valkey-server")))
    found = programs.find(debian=tmp_path / "debian")
    assert found.postgresql == tmp_path / "debian" / "17" / "bin"
    assert found.redis == tmp_path / "bin" / "valkey-server"


def test_an_old_postgresql_does_not_count(tmp_path, monkeypatch):
    installed(tmp_path / "debian" / "14" / "bin", "initdb")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.postgresql(tmp_path / "debian") is None


def test_secrets_are_made_once_and_for_their_owner(tmp_path):
    first = settings.secrets_of(tmp_path)
    assert settings.secrets_of(tmp_path) == first
    assert len(first.secret_key) >= 32
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0


def test_commands_get_the_settings_of_the_processes(tmp_path):
    (tmp_path / "manage.py").write_text("import os, sys; print(os.environ['NAME'], *sys.argv[1:])")
    script = settings.write_manage(tmp_path, tmp_path, {"NAME": "it's"})
    done = subprocess.run([script, "train", "a b"], capture_output=True, text=True, check=True)
    assert done.stdout == "it's train a b\n"
    assert script.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--webs", "1"), "--webs 1: one web cannot stand in for the other; at least 2"),
        (("--code", "/nowhere"), "--code /nowhere: there is no manage.py"),
    ],
)
def test_a_wrong_option_is_named(words, message):
    done = subprocess.run(
        [sys.executable, "-m", "deploy.production_local", *words],
        cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
