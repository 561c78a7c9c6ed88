"""`make lint` finds a secret that somebody is about to commit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# In pieces, so that this file holds none.
SECRETS = {
    "AWS": "AKIA" + "IOSFODNN7EXAMPLX",
    "GitHub": "ghp_" + "a1B2" * 9,
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "Slack": "https://hooks.slack.com/services/" + "T0001/B0001/" + "x1" * 12,
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiI0MiJ9." + "c2lnbmF0dXJl" * 4,
}


def hook() -> list[str]:
    """The command of .pre-commit-config.yaml."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (found,) = [each for each in config["repos"][0]["hooks"] if each["id"] == "secrets"]
    program, *arguments = found["entry"].split()
    return [str(Path(sys.executable).with_name(Path(program).name)), *arguments]


def scanned(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*hook(), str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_found(tmp_path, kind):
    path = tmp_path / "settings.py"
    path.write_text(f'ACCESS = "{SECRETS[kind]}"\n')
    done = scanned(path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"Secret Type: {kind}" in done.stdout


def test_a_file_without_one_passes(tmp_path):
    path = tmp_path / "settings.py"
    path.write_text('NAME = "longtail"\nSECRET_KEY = env.secret("SECRET_KEY")\n')
    assert scanned(path).returncode == 0
