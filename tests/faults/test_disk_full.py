"""The disk is full while an artifact is written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.load import API
from tests.faults.servers import Site

pytestmark = pytest.mark.faults

AFTERWARDS = """
from recommender.models import ModelVersion, TrainingRun
print([(run.state, run.error) for run in TrainingRun.objects.order_by("pk")])
print([(version.number, version.state) for version in ModelVersion.objects.order_by("number")])
"""


class SmallDisk:
    """A file system in memory, mounted on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sudo = [] if os.getuid() == 0 else ["sudo", "-n"]

    def mount(self, size: int) -> bool:
        options = f"size={size},mode=777"
        return self._do("mount", "-t", "tmpfs", "-o", options, "none", str(self.folder))

    def grow(self, size: int) -> None:
        assert self._do("mount", "-o", f"remount,size={size}", str(self.folder))

    def unmount(self) -> None:
        self._do("umount", "-l", str(self.folder))

    def _do(self, *command: str) -> bool:
        try:
            done = subprocess.run([*self.sudo, *command], check=False, capture_output=True)
        except FileNotFoundError:
            return False
        return done.returncode == 0


def used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def disk(make_postgres_site, tmp_path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk")
    disk.folder.mkdir()
    if not disk.mount(8 << 20):
        pytest.skip("nobody may mount a file system here")
    yield disk
    disk.unmount()


def train(site: Site) -> tuple[int, str]:
    """A quick training; the command's code and output."""
    command = ["manage.py", "train", "shop", "--quick", "--force"]
    done = site.process(*command)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("language", "cause"),
    [("en", "No space is left on the device."), ("zh-hans", "磁盘空间已用尽。")],
)
def test_the_run_says_so_and_the_old_version_stays(
    make_postgres_site, postgres_key, disk, language, cause
):
    site = make_postgres_site(ARTIFACTS_DIR=str(disk.folder), LANGUAGE_CODE=language)
    shutil.copytree(site.folder / "var" / "artifacts", disk.folder, dirs_exist_ok=True)
    before = {path for path in disk.folder.rglob("*") if path.is_file()}
    (disk.folder / "other").write_bytes(bytes((8 << 20) - used(disk.folder) - (96 << 10)))
    code, said = train(site)
    assert code != 0
    assert cause in said
    states, versions = site.shell(AFTERWARDS).splitlines()[-2:]
    assert states.startswith("[('failed', ")
    assert cause in states
    assert versions == "[(1, 'retired'), (2, 'live')]"
    (disk.folder / "other").unlink()
    assert {path for path in disk.folder.rglob("*") if path.is_file()} == before

    code, said = train(site)
    assert code == 0, said
    assert site.shell(AFTERWARDS).splitlines()[-1].startswith("[(1, 'retired'), (2, 'live'), (3, ")
    site.start_valkey()
    site.start_web("--workers", "1")
    path = f"{API}/recommendations?user_id=person-1&n=3"
    assert site.get(path, **postgres_key)[0] == 200
