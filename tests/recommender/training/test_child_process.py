"""The parent process, with small fake children. The real child is in tests/services."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
from django.utils.timezone import now

from config import stopping
from recommender.models import TrainingRun
from recommender.training import child_process, runs

QUICK = 0.02


@pytest.fixture
def run(catalog):
    run = runs.request_training(catalog=catalog, trigger=TrainingRun.Trigger.COMMAND, send=False)
    return runs.claim_run(run_id=run.pk)


@pytest.fixture
def child_does(monkeypatch):
    """Replace the training by a few lines of Python."""

    def replace(code: str) -> None:
        command = [sys.executable, "-S", "-c", textwrap.dedent(code)]
        monkeypatch.setattr(child_process, "command_for", lambda run: command)

    return replace


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_that_ends_well_leaves_the_run_as_it_wrote_it(run, child_does):
    child_does("pass")
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert run.state == TrainingRun.State.RUNNING  # the real child would have finished it


def test_a_child_that_dies_fails_the_run_with_its_last_words(run, child_does):
    child_does("import sys; print('x' * 9000, file=sys.stderr); sys.exit('no memory left')")
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert "exited with code 1" in run.error
    assert run.error.endswith("no memory left")
    assert len(run.error) < 2200


def test_a_killed_child_is_tried_again_and_fails_the_run_at_last(run, child_does):
    child_does("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    for setbacks in range(1, runs.MOST_SETBACKS):
        child_process.train(run, seconds=QUICK)
        run.refresh_from_db()
        assert (run.state, run.setbacks) == (TrainingRun.State.QUEUED, setbacks)
        TrainingRun.objects.update(retry_at=now())
        run = runs.claim_run(run_id=run.pk)
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert run.error == ("The training process was killed (signal 9): probably the memory ran out.")


def test_a_child_that_crashes_is_not_tried_again(run, child_does):
    child_does("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED


class Clock:
    """A clock that a look at the child moves."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def test_a_child_without_progress_is_killed_and_the_run_names_the_stage(run, child_does):
    child_does("import time; time.sleep(60)")
    runs.report_progress(run_id=run.pk, stage="tuning", fraction=0.3)
    child_process.train(run, seconds=QUICK, clock=Clock(100))
    run.refresh_from_db()
    assert run.state == TrainingRun.State.FAILED
    assert run.error == "Stopped: the stage tuning stood still for 700 seconds."


def test_a_child_that_goes_on_is_not_killed_for_its_length(run, child_does, settings):
    settings.TRAINING_TIME_LIMIT = 10**6
    child_does("import time; time.sleep(1)")

    def report(run: TrainingRun) -> None:
        runs.report_progress(run_id=run.pk, stage="tuning", fraction=0.3)

    clock = Clock(100)
    child_process.train(run, watch=report, seconds=QUICK, clock=clock)
    run.refresh_from_db()
    assert clock.now > 2000
    assert run.state == TrainingRun.State.RUNNING  # the real child would have finished it


def test_a_worker_that_stops_hands_its_run_back_at_once(
    run, child_does, sent_runs, django_capture_on_commit_callbacks
):
    child_does("import time; time.sleep(60)")
    with django_capture_on_commit_callbacks(execute=True):
        child_process.train(run, watch=lambda _run: stopping.stop(), seconds=QUICK)
    run.refresh_from_db()
    assert (run.state, run.setbacks, run.retry_at) == (TrainingRun.State.QUEUED, 0, None)
    assert sent_runs == [run.pk]


def test_a_worker_process_that_must_end_hands_its_run_back(run, child_does):
    child_does("import time; time.sleep(60)")

    def end(_run: TrainingRun) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        child_process.train(run, watch=end, seconds=QUICK)
    run.refresh_from_db()
    assert run.state == TrainingRun.State.QUEUED


def test_a_process_whose_run_another_has_ends_its_child_and_changes_nothing(run, child_does):
    child_does("import time; time.sleep(60)")
    runs.hand_back_run(run_id=run.pk)
    other = runs.claim_run(run_id=run.pk)
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (TrainingRun.State.RUNNING, other.attempts)


def test_what_the_child_wrote_about_its_failure_stays(run, child_does):
    child_does("import sys; sys.exit(1)")
    runs.fail_run(run_id=run.pk, error="the child's own words")
    child_process.train(run, seconds=QUICK)
    run.refresh_from_db()
    assert run.error == "the child's own words"


def test_too_long_is_ended_with_everything_it_started(run, child_does, settings, tmp_path):
    settings.TRAINING_TIME_LIMIT = 300
    pids = tmp_path / "pids"
    child_does(f"""
        import os, subprocess, time
        grandchild = subprocess.Popen(["sleep", "60"])
        open({str(pids)!r}, "w").write(f"{{os.getpid()}} {{grandchild.pid}}")
        time.sleep(60)
    """)
    child_process.train(run, seconds=0.05, clock=lambda: 301 if written(pids) else 0)
    run.refresh_from_db()
    assert "Stopped after 300 seconds" in run.error
    child, grandchild = map(int, pids.read_text().split())
    assert not alive(child)
    deadline = time.monotonic() + 5
    while alive(grandchild) and not is_zombie(grandchild):
        assert time.monotonic() < deadline


def written(path) -> bool:
    return path.exists() and " " in path.read_text()


def is_zombie(pid: int) -> bool:
    """Killed, but not yet reaped by the init process."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_run_that_is_given_up_elsewhere_ends_its_child(run, child_does):
    child_does("import time; time.sleep(60)")
    runs.fail_run(run_id=run.pk, error="swept")
    began = time.monotonic()
    child_process.train(run, seconds=QUICK)
    assert time.monotonic() - began < 10
    run.refresh_from_db()
    assert run.error == "swept"


def test_gives_signs_of_life_and_shows_progress(run, child_does):
    child_does("import time; time.sleep(0.3)")
    TrainingRun.objects.update(heartbeat_at=None)
    seen = []
    child_process.train(run, watch=lambda run: seen.append(run.heartbeat_at), seconds=QUICK)
    assert seen[0] is not None


def test_an_orphaned_child_ends_itself(tmp_path):
    """A parent starts a child that watches it. Then the parent is killed."""
    pid_file = tmp_path / "pid"
    child = f"""
        import os, time
        from pathlib import Path
        from recommender.training.child_process import end_with_parent
        end_with_parent(seconds=0.05)
        Path({str(pid_file)!r}).write_text(str(os.getpid()))
        time.sleep(60)
    """
    setup = "import django; django.setup()\n"
    code = setup + textwrap.dedent(child)
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    started = subprocess.Popen([sys.executable, "-c", parent])
    deadline = time.monotonic() + 30
    while not (pid_file.exists() and pid_file.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pid = int(pid_file.read_text())
    started.send_signal(signal.SIGKILL)
    started.wait()
    while alive(pid) and not is_zombie(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_number_of_threads_is_limited_unless_given(run, monkeypatch, tmp_path):
    threads = tmp_path / "threads"
    code = (
        "import os; from os import environ; "
        f"open({str(threads)!r}, 'w')"
        ".write(environ['OMP_NUM_THREADS'] + environ['MKL_NUM_THREADS'])"
    )
    monkeypatch.setattr(
        child_process, "command_for", lambda run: [sys.executable, "-S", "-c", code]
    )
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    child_process.train(run, seconds=QUICK)
    assert threads.read_text() == "72"
