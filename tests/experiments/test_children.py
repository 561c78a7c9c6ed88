from __future__ import annotations

import os
import sys

import pytest

from recommender.experiments.children import ChildFailed, run_measured

HOLD = "import time; kept = bytearray({size}); kept[::4096] = b'x' * len(kept[::4096]); time.sleep(0.3); print('held')"


def test_time_memory_and_output_are_the_childs():
    small = run_measured([sys.executable, "-c", HOLD.format(size=1)])
    big = run_measured([sys.executable, "-c", HOLD.format(size=100 * 2**20)])
    assert big.said == "held\n"
    assert 90 <= big.peak - small.peak <= 120
    assert big.wall >= 0.3


def test_memory_of_what_the_child_starts_counts_too():
    inner = HOLD.format(size=100 * 2**20)
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    assert run_measured([sys.executable, "-c", code]).peak > 100


def test_the_environment_is_given():
    code = "import os; print(os.environ['VAR_DIR'])"
    assert (
        run_measured([sys.executable, "-c", code], {**os.environ, "VAR_DIR": "here"}).said
        == "here\n"
    )


def test_a_failure_is_told_with_its_last_words():
    with pytest.raises(ChildFailed, match=r"code 3\n(.|\n)*no such thing"):
        run_measured(
            [sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(3)"]
        )
