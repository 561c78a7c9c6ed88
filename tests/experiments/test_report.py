from __future__ import annotations

import json

import pytest

from recommender.engine.data.errors import DataError
from recommender.experiments.report import inserted, publish
from recommender.experiments.stored_results import merged, stored
from recommender.experiments.tables import interval, number, signed, table, times
from tests.experiments.results import ABLATION, BENCHMARK, PAPER, TUNED_PEERS

PAGE = "# Figures\n\n" + "\n".join(
    f"before {name}\n<!-- {name}: begin -->\nformer figures\n<!-- {name}: end -->\nafter {name}\n"
    for name in ("benchmark", "tuned-peers", "paper", "ablation")
)


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "evaluation.md").write_text(PAGE)
    return tmp_path


def section(docs, name):
    return (
        (docs / "evaluation.md")
        .read_text()
        .split(f"<!-- {name}: begin -->")[1]
        .split(f"<!-- {name}: end -->")[0]
    )


def row_of(text, start):
    return next(line for line in text.splitlines() if line.startswith(start))


@pytest.mark.parametrize(
    ("name", "results"),
    [
        ("benchmark", BENCHMARK),
        ("tuned-peers", TUNED_PEERS),
        ("paper", PAPER),
        ("ablation", ABLATION),
    ],
)
class TestPublish:
    def test_only_its_section_changes(self, docs, name, results):
        publish(name, results, docs)
        page = (docs / "evaluation.md").read_text()
        assert "former figures" not in section(docs, name)
        assert page.count("former figures") == 3
        for each in ("benchmark", "tuned-peers", "paper", "ablation"):
            assert f"before {each}\n" in page
            assert f"after {each}\n" in page

    def test_publishing_twice_gives_equal_files(self, docs, name, results):
        pytest.importorskip("matplotlib")
        first = {path: path.read_bytes() for path in publish(name, results, docs)}
        assert {path: path.read_bytes() for path in publish(name, results, docs)} == first

    def test_the_figures_are_stored_as_json_without_nan(self, docs, name, results):
        publish(name, results, docs)

        def reject(constant):
            raise AssertionError(constant)

        json.loads((docs / "evaluation" / f"{name}.json").read_text(), parse_constant=reject)


class TestBenchmark:
    def test_longtail_is_beside_the_best_peer_of_each_figure(self, docs):
        publish("benchmark", BENCHMARK, docs)
        row = row_of(section(docs, "benchmark"), "| shop, last |")
        assert "**.0300**" in row
        assert ".0200 EASE | 1.50 × | +.0100 (.0050 to .0150)" in row
        assert ".0500 TF-IDF | 0.80 × | −.0100" in row

    def test_figures_with_a_better_peer_are_listed(self, docs):
        publish("benchmark", BENCHMARK, docs)
        said = row_of(section(docs, "benchmark"), "- **shop, last**")
        assert "tail recall is .0500 with TF-IDF, .0400 with Longtail" in said
        assert "NDCG" not in said
        assert "coverage .8000 (TF-IDF) against .7000" in said
        assert "EASE needs 2.0 s of CPU" in said

    def test_a_peer_that_cannot_run_has_a_reason(self, docs):
        publish("benchmark", BENCHMARK, docs)
        assert row_of(section(docs, "benchmark"), "| ALS").startswith("| ALS (no text) | – |")

    def test_measured_and_published_figures_are_in_one_table_the_best_first(self, docs):
        publish("benchmark", BENCHMARK, docs)
        text = section(docs, "benchmark").split("beside what is published")[1]
        names = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| ")]
        assert names[2:5] == ["| A better one", "| **Longtail**", "| A network"]
        assert row_of(text, "| A better one").startswith("| A better one | .0310 | .0500 | ids |")
        assert "- it reads texts" in text

    def test_stored_results_are_published_again_as_they_were(self, docs):
        pytest.importorskip("matplotlib")
        publish("benchmark", BENCHMARK, docs)
        page = (docs / "evaluation.md").read_bytes()
        publish("benchmark", merged(stored(docs, "benchmark"), {"k": 10, "data": []}), docs)
        assert (docs / "evaluation.md").read_bytes() == page

    def test_data_of_several_engines_name_theirs(self, docs):
        (shop,) = BENCHMARK["data"]
        other = {**shop, "name": "school", "machine": {**shop["machine"], "engine": "4567"}}
        publish("benchmark", {"k": 10, "data": [shop, other]}, docs)
        text = section(docs, "benchmark")
        assert "**school, last**: Measured on" in text
        assert row_of(text, "| school, last |").endswith("| 4567 |")

    def test_seeds_are_shown_with_mean_and_range(self, docs):
        publish("benchmark", BENCHMARK, docs)
        text = section(docs, "benchmark").split("### Over seeds")[1]
        assert row_of(text, "| shop, last").startswith("| shop, last | .0300 (.0290 to .0310) |")

    def test_the_cost_of_a_list_and_the_recall_of_its_candidates_are_shown(self, docs):
        publish("benchmark", BENCHMARK, docs)
        text = section(docs, "benchmark").split("### What it costs")[1]
        assert "| shop, last | 60 s | 8.2 ms | 1,000 MiB | 120 | .4000 |" in text
        assert "| words | .300, .050 |" in text
        assert "| all sources, tail | .250 |" in text

    def test_the_frontier_of_the_tail_bonus_is_shown_with_what_is_served(self, docs):
        publish("benchmark", BENCHMARK, docs)
        text = section(docs, "benchmark").split("### The frontier of the tail bonus")[1]
        assert "| .00 | .0400 | .0500 | – | – |" in text
        assert "| **.30** | **.0400** | **.0500** | **–** | **–** |" in text


def test_tuned_peers_show_what_was_chosen_and_what_the_search_cost(docs):
    publish("tuned-peers", TUNED_PEERS, docs)
    text = section(docs, "tuned-peers")
    by_ndcg, by_tail = [line for line in text.splitlines() if "ridge" in line]
    assert by_ndcg.startswith("| EASE | 2 | 90 s | NDCG | .0200 | .0250 (.0230 to .0270) |")
    assert "+.0050 (.0010 to .0090)" in by_ndcg
    assert by_ndcg.endswith("| ridge 30, neighbours all |")
    assert by_tail.startswith("|  |  |  | tail recall | .0300 |")


def test_the_published_table_is_beside_the_measured_one(docs):
    publish("paper", PAPER, docs)
    text = section(docs, "paper")
    assert "| language-model-enhanced | .85 | .80 | .75 |" in text
    gained = row_of(text, "| shop, histories |")
    assert "+.0100 (.0100 to .0100)" in gained
    assert "| collaborative filtering | .1000 ± .1271 |" in text


def test_significant_gains_are_bold(docs):
    publish("ablation", ABLATION, docs)
    row = row_of(section(docs, "ablation"), "| without the sequence model |")
    assert "**+.0100** (.0050 to .0150)" in row
    assert " +.0010 (−.0020 to .0040)" in row


def test_a_page_without_the_markers_is_rejected():
    with pytest.raises(DataError, match="paper: begin"):
        inserted("# Figures", "paper", "text")


def test_numbers_are_formatted():
    assert [number(value) for value in (0.0292, -0.5, 1.5, 1.0, -0.00001, float("nan"), None)] == [
        ".0292",
        "−.5000",
        "1.5000",
        "1.0000",
        ".0000",
        "–",
        "–",
    ]
    assert signed(0.01) == "+.0100"
    assert interval(-0.1, 0.2, 1) == "−.1 to .2"
    assert times(0.3, 0.2) == "1.50 ×"
    assert times(0.3, 0) == "–"
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
