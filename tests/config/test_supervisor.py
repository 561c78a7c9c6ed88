from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervisor import ProcessDied, Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
FOREVER = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]


@pytest.fixture
def up(tmp_path):
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    with Supervisor(tmp_path, {"GREETING": "hello"}, patience=5) as supervisor:
        yield supervisor
    for number, handler in before.items():
        signal.signal(number, handler)


def has_ended(pid: int, within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if (
            Path(f"/proc/{pid}/stat").exists()
            and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        ):
            return True
        time.sleep(0.01)
    return False


def test_stop_ends_everything_newest_first(up):
    up.start("first", FOREVER)
    up.start("second", FOREVER)
    pids = [watched.process.pid for watched in up.watched]
    up.stop()
    assert all(has_ended(pid) for pid in pids)
    assert up.watched == []


def test_a_dead_process_is_reported_with_the_end_of_its_log(up):
    up.start(
        "broken",
        [sys.executable, "-c", "import os; print(os.environ['GREETING']); raise SystemExit(3)"],
    )
    up.watched[0].process.wait(10)
    with pytest.raises(ProcessDied, match=r"broken ended with code 3(?s:.)*hello"):
        up.check()


def test_processes_die_with_a_supervisor_that_is_killed(tmp_path):
    code = (
        "import sys, pathlib; from config.supervisor import Supervisor\n"
        f"up = Supervisor(pathlib.Path({str(tmp_path)!r}), {{}}).__enter__()\n"
        f"up.start('child', {FOREVER!r}); print(up.watched[0].process.pid, flush=True); up.watch()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as supervisor:
        child = int(supervisor.stdout.readline())
        supervisor.kill()
    assert has_ended(child)
