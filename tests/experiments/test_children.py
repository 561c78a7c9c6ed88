from __future__ import annotations

import os
import sys

import pytest

from recommender.experiments.children import ChildFailed, run_measured

HOLD = (
    "import time; data = bytearray({size}); data[::4096] = b'x' * len(data[::4096]); "
    "time.sleep(0.3); print('held')"
)


def test_it_measures_time_memory_and_output_of_the_child():
    small = run_measured([sys.executable, "-c", HOLD.format(size=1)])
    big = run_measured([sys.executable, "-c", HOLD.format(size=100 * 2**20)])
    assert big.output == "held\n"
    assert 90 <= big.peak - small.peak <= 120
    assert big.wall >= 0.3


def test_memory_of_the_childs_children_counts_too():
    inner = HOLD.format(size=100 * 2**20)
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    assert run_measured([sys.executable, "-c", code]).peak > 100


def test_the_environment_is_given():
    code = "import os; print(os.environ['VAR_DIR'])"
    assert (
        run_measured([sys.executable, "-c", code], {**os.environ, "VAR_DIR": "here"}).output
        == "here\n"
    )


def test_a_failure_shows_the_end_of_the_error_output():
    with pytest.raises(ChildFailed, match=r"code 3\n(.|\n)*no such thing"):
        run_measured(
            [sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"]
        )
