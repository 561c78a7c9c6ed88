"""Processes of one machine count together, also those that ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

BEGIN = """
import os, sys
from pathlib import Path
from config import metric_files
for _entry_point in range(2):
    metric_files.prepare(Path(sys.argv[1]))
from prometheus_client import Counter, Gauge, Histogram, generate_latest
events = Counter("events", "Events.", ["kind"])
waits = Histogram("waits_seconds", "Waits.", buckets=(1, 2))
depth = Gauge("depth", "Depth.", multiprocess_mode="livesum")
page = lambda: generate_latest(metric_files.registry()).decode()
"""


@pytest.fixture
def python(tmp_path):
    """Runs code in a process of its own that counts in the test's folder."""

    def run(code: str, **options) -> str:
        command = [sys.executable, "-c", BEGIN + code, str(tmp_path)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, **options
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_ended_processes_counted_stays_in_one_file(python, tmp_path):
    for _process in range(3):
        python("events.labels('view').inc(2); waits.observe(1.5); depth.set(7)")
    assert len(list(tmp_path.glob("counter_*.db"))) == 3
    page = python("events.labels('view').inc(); print(page())")
    assert 'events_total{kind="view"} 7.0' in page
    assert 'waits_seconds_bucket{le="1.0"} 0.0' in page
    assert 'waits_seconds_bucket{le="2.0"} 3.0' in page
    assert "waits_seconds_sum 4.5" in page
    assert "depth 0.0" in page  # of this process; a gauge ends with its process
    assert {path.name for path in tmp_path.glob("*_ended.db")} == {
        "counter_ended.db",
        "histogram_ended.db",
    }
    again = python("print(page())")
    assert 'events_total{kind="view"} 7.0' in again
    assert len(list(tmp_path.glob("counter_*.db"))) <= 2


def test_a_forked_process_counts_for_itself_and_lives_for_itself(python):
    code = """
events.labels('view').inc()
page()
child = os.fork()
if child == 0:
    events.labels('view').inc(10)
    os._exit(0)
os.waitpid(child, 0)
for _time in range(2):
    assert 'events_total{kind="view"} 11.0' in page(), page()
events.labels('view').inc()
print(page())
"""
    assert 'events_total{kind="view"} 12.0' in python(code)


def test_the_files_of_a_living_process_are_left_alone(python, tmp_path):
    code = """
import subprocess
events.labels('view').inc()
other = subprocess.run(
    [sys.executable, "-c", sys.argv[2], sys.argv[1]], capture_output=True, text=True, check=True
)
assert 'events_total{kind="view"} 1.0' in other.stdout
assert list(Path(sys.argv[1]).glob(f"counter_{metric_files.process_id()}.db"))
events.labels('view').inc()
print(page())
"""
    command = [sys.executable, "-c", BEGIN + code, str(tmp_path), BEGIN + "print(page())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert 'events_total{kind="view"} 2.0' in done.stdout


def test_a_child_of_a_counting_process_counts_with_it(python):
    """As a training does: `manage.py` alone counts nowhere."""
    code = """
import subprocess
said = "from config import entry; entry.prepare('config.settings.local'); "
said += "from prometheus_client import Counter; Counter('events', 'Events.', ['kind'])"
subprocess.run([sys.executable, "-c", said + ".labels('view').inc(5)"], check=True)
print(page())
"""
    assert 'events_total{kind="view"} 5.0' in python(code)


def test_without_a_folder_a_process_counts_for_itself(tmp_path):
    code = "from config import metric_files; print(metric_files.registry())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "None"


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path):
    (tmp_path / "metrics").write_text("a file")
    code = """
import os
from config import entry
entry.prepare("config.settings.local", stays=True)
print("PROMETHEUS_MULTIPROC_DIR" in os.environ)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "False", done.stderr
    assert "counts for itself" in done.stderr
