from __future__ import annotations

import json

from recommender.experiments.stored_results import merged, stored

OLD = {"machine": {"engine": "0123"}, "seed": 0, "k": 10}
"""Results of before, when all were measured at once."""


def test_what_is_measured_anew_is_replaced_and_the_rest_stays_with_its_machine():
    before = {
        **OLD,
        "data": [{"name": "a", "protocol": "last"}, {"name": "b", "protocol": "time"}],
    }
    fresh = [
        {"name": name, "protocol": protocol, "machine": {"engine": "4567"}, "seed": 1}
        for name, protocol in (("c", "last"), ("b", "last"), ("b", "time"))
    ]
    found = merged(before, {"k": 10, "data": fresh})
    assert [(each["name"], each["protocol"]) for each in found["data"]] == [
        ("a", "last"), ("b", "time"), ("c", "last"), ("b", "last")
    ]  # fmt: skip
    assert [each["machine"]["engine"] for each in found["data"]] == ["0123", "4567", "4567", "4567"]
    assert "machine" not in found


def test_the_first_results_are_taken_as_they_are(tmp_path):
    assert stored(tmp_path, "benchmark") is None
    fresh = {"k": 10, "data": [{"name": "b", "protocol": "time"}]}
    assert merged(None, fresh) == fresh
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "benchmark.json").write_text(json.dumps(fresh))
    assert stored(tmp_path, "benchmark") == fresh
