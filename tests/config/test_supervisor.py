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
    with Supervisor(tmp_path, {"GREETING": "hello"}, patience=5) as supervisor:
        yield supervisor


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


def test_what_ends_is_started_again_after_a_pause_that_grows(up, monkeypatch):
    clock = {"now": 100.0}
    monkeypatch.setattr("config.supervisor.time.monotonic", lambda: clock["now"])
    up.start("worker", [sys.executable, "-c", "raise SystemExit(1)"])
    watched, pauses = up.watched[0], []
    for _ in range(3):
        watched.process.wait(10)
        first = watched.process.pid
        assert "worker ended with code 1 and is started again" in up.revive()[0]
        pauses.append(watched.again_at - clock["now"])
        clock["now"] = watched.again_at - 0.1
        assert up.revive() == []
        assert watched.process.pid == first
        clock["now"] += 0.2
        up.revive()
        assert watched.process.pid != first
    assert pauses == [0.5, 1.0, 2.0]


def test_one_process_starts_anew_and_the_others_stay(up, tmp_path):
    up.start("first", FOREVER, folder=tmp_path)
    up.start("second", FOREVER)
    first, second = (watched.process.pid for watched in up.watched)
    up.restart("first")
    assert has_ended(first)
    assert up.watched[0].process.pid != first
    assert up.watched[1].process.pid == second
    up.check()


def test_what_does_not_end_by_its_own_signal_is_killed(up):
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); print('up', flush=True)"
    up.start("deaf", [sys.executable, "-c", f"{deaf}; signal.pause()"],
             patience=0.1, stop_by=signal.SIGINT)  # fmt: skip
    (watched,) = up.watched
    up.wait_for(lambda: "up" in watched.log.read_text(), "deaf", 30)
    up.stop()
    assert watched.process.returncode == -signal.SIGKILL


def test_who_waits_for_an_answer_learns_that_the_process_died(up):
    up.start("broken", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ProcessDied, match="broken ended with code 3"):
        up.wait_for(lambda: False, "broken", 30)


def test_an_answer_that_does_not_come_is_named(up):
    up.start("mute", FOREVER)
    with pytest.raises(ProcessDied, match="mute did not answer within 0 s"):
        up.wait_for(lambda: False, "mute", 0)


def test_signals_have_their_former_meaning_afterwards(tmp_path):
    former = signal.getsignal(signal.SIGTERM)
    with Supervisor(tmp_path, {}):
        assert signal.getsignal(signal.SIGTERM) != former
    assert signal.getsignal(signal.SIGTERM) == former


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
