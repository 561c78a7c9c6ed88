from __future__ import annotations

import pytest

from recommender.experiments import cache as cache_module
from recommender.experiments.cache import ResultCache, code_fingerprint


@pytest.fixture
def maker():
    """Counts its calls."""

    def make(folder):
        make.times += 1
        (folder / "lists").write_text("a")
        return {"time": make.times}

    make.times = 0
    return make


def test_a_result_is_cached_until_something_changes(tmp_path, maker):
    cache = ResultCache(tmp_path)
    first, again = cache.get({"seed": 0}, maker), ResultCache(tmp_path).get({"seed": 0}, maker)
    assert (first.figures, first.fresh, again.figures, again.fresh) == (
        {"time": 1},
        True,
        {"time": 1},
        False,
    )
    assert (again.folder / "lists").read_text() == "a"
    assert cache.get({"seed": 1}, maker).fresh


def test_an_interrupted_result_is_not_cached(tmp_path, maker):
    def interrupted(folder):
        (folder / "lists").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ResultCache(tmp_path).get({"seed": 0}, interrupted)
    assert ResultCache(tmp_path).get({"seed": 0}, maker).figures == {"time": 1}


def test_the_fingerprint_depends_on_the_code_and_the_libraries(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "ROOT", tmp_path)
    (tmp_path / "engine" / "deep").mkdir(parents=True)
    file = tmp_path / "engine" / "deep" / "a.py"
    file.write_text("one = 1")
    before = code_fingerprint("engine")
    assert code_fingerprint("engine") == before
    file.write_text("one = 2")
    changed = code_fingerprint("engine")
    monkeypatch.setattr(cache_module, "versions", lambda: {"numpy": "0"})
    assert len({before, changed, code_fingerprint("engine")}) == 3
