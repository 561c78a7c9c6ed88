"""The charts of a version's page: the ablation, the search, and the cost of the dial."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.urls import reverse
from django.utils import translation

from catalog.models import Catalog
from recommender.admin.ablation import HALF, ablation_of
from recommender.admin.candidate_recall import candidates_of
from recommender.admin.frontier import frontier_of
from recommender.admin.tail_bonuses import bonuses_of
from recommender.admin.tree_outcome import lack_of, reason_of, trees_of
from recommender.engine.tuning.figures import Figures
from recommender.engine.tuning.tail_bonus import TriedBonus
from recommender.engine.tuning.tree_choice import why_not_served
from tests import people
from tests.recommender.admin.helpers import make_version, page_of

pytestmark = pytest.mark.django_db

REPORT = {
    "frontier": {
        "people": 500,
        "k": 10,
        "settings": [
            {"tail": tail, "ndcg": ndcg, "ndcg_low": ndcg - 0.01, "ndcg_high": ndcg + 0.01,
             "tail_recall": 0.02, "tail_recall_low": None, "tail_recall_high": None,
             "tail_share": 0.4 + tail / 2, "coverage": 0.3, "novelty": 11 + tail}
            for tail, ndcg in ((0.0, 0.1), (0.5, 0.08), (1.0, 0.05))
        ],
    },
    "validation": {
        "questions": 900,
        "figures": {"ndcg": 0.1, "tail_recall": 0.2},
        "parts": {"words": {"ndcg": 0.06, "tail_recall": 0.1}},
        "without": {
            "popularity_penalty": {"ndcg": 0.11, "tail_recall": 0.1},
            "words": {"ndcg": 0.08, "tail_recall": 0.2},
        },
        "bonuses": [
            {"strength": strength, "amount": 2 * strength,
             "figures": {"ndcg": ndcg, "tail_recall": 0.2 + strength, "cold_recall": 0.01}}
            for strength, ndcg in ((0.0, 0.102), (0.1, 0.1))
        ],
        "candidates": {
            "sources": {
                "words": {"recall": 0.21, "tail_recall": 0.1, "only": 0.0412, "candidates": 50.2},
                "item_knn": {"recall": 0.35, "tail_recall": 0.05, "only": 0.1, "candidates": 81.7},
            },
            "union": {"recall": 0.4, "tail_recall": 0.2, "only": 0.0, "candidates": 120.0},
        },
        "trees": {
            "served": True, "reason": "", "gain": 0.0234,
            "first_stage": {"ndcg_at_10": 0.0973, "tail_recall": 0.1193, "cold_recall": 0.095,
                            "breadth": 0.3},
            "figures": {"ndcg_at_10": 0.0995, "tail_recall": 0.1223, "cold_recall": 0.089,
                        "breadth": 0.29},
        },
    },
}  # fmt: skip


def test_components_are_ordered_by_the_loss_without_them(catalog: Catalog) -> None:
    words, penalty = ablation_of(make_version(catalog, report=REPORT))
    assert (words.name, words.alone) == ("Words in the texts", "0.0600")
    assert [loss.text for loss in words.losses] == ["−20.0%", "0 %"]
    assert [loss.text for loss in penalty.losses] == ["+10.0%", "−50.0%"]
    assert (words.losses[0].x, words.losses[0].length) == (HALF, HALF * 0.2 / 0.5)
    assert (penalty.losses[0].x, penalty.losses[1].length) == (HALF - 12, HALF)


def test_the_bonuses_that_were_tried_are_shown_with_the_chosen_one(catalog: Catalog) -> None:
    version = make_version(catalog, report=REPORT, blend={"weights": {}, "tail_bonus": 0.2})
    plain, chosen = bonuses_of(version)
    assert (plain.amount, plain.figures, plain.is_chosen) == (
        0.0, ("0.1020", "0.2000", "0.0100"), False
    )  # fmt: skip
    assert chosen.is_chosen
    version.report = {}
    assert bonuses_of(version) == []


def test_each_source_says_how_much_of_what_was_taken_it_names(catalog: Catalog) -> None:
    version = make_version(catalog, report=REPORT)
    found = candidates_of(version)
    best, other = found.sources
    assert (best.name, best.recall, best.percent) == ("What people chose together", "35.0%", 35)
    assert (other.tail_recall, other.only, other.candidates) == ("10.0%", "4.1%", "50")
    assert (found.union.recall, found.union.only, found.union.candidates) == ("40.0%", "", "120")
    version.report = {"validation": {"candidates": None}}
    assert candidates_of(version) is None


def test_the_trees_show_what_they_gain(catalog: Catalog) -> None:
    version = make_version(catalog, report=REPORT)
    served = trees_of(version)
    assert (served.is_served, served.reason, served.gain) == (True, "", "+2.3%")
    assert [(row.before, row.after) for row in served.rows] == [
        ("0.0973", "0.0995"), ("0.1193", "0.1223"), ("0.0950", "0.0890"), ("0.3000", "0.2900")
    ]  # fmt: skip
    assert (
        "re-ranks the best hundred"
        in people.viewer().get(page_of("modelversion_change", version.pk)).content.decode()
    )
    version.report = {}
    assert trees_of(version) is None


def test_trees_that_are_not_served_show_why(catalog: Catalog) -> None:
    tried = {
        "served": False, "reason": "42 answered questions are fewer than 1000", "gain": None,
        "figures": None, "first_stage": {"ndcg_at_10": 0.09, "tail_recall": 0.1,
                                         "cold_recall": 0.0, "breadth": 0.3},
    }  # fmt: skip
    version = make_version(catalog, report={"validation": {"trees": tried}})
    outcome = trees_of(version)
    assert (outcome.gain, [row.after for row in outcome.rows]) == ("", [""] * 4)
    page = people.viewer().get(page_of("modelversion_change", version.pk)).content.decode()
    assert "No trees: 42 answered questions are fewer than 1000" in page


def test_the_engines_reasons_are_translated() -> None:
    plain = TriedBonus(0.0, 0.0, Figures(0.1, 0.1, 0.1, 0.1, 0.3))
    engine = {
        why_not_served(0.001, plain): "the gain is below 0.5 %",
        # of earlier releases, whose versions may still be live
        "the gain is below 1%": "the gain is below 1 %",
        why_not_served(0.1, plain): "the first stage alone serves the tail better",
        "cold_recall falls by more than 10%": "cold recall falls by more than 10 %",
        "breadth falls by more than 10%": "different items per position fall by more than 10 %",
    }
    assert {text: reason_of(text) for text in engine} == engine
    assert reason_of("something new") == "something new"
    with translation.override("zh-hans"):
        assert all(reason_of(text) != shown for text, shown in engine.items())


@pytest.mark.parametrize(
    ("lack", "shown"),
    [
        ("unreadable", "without its trees: its artifact could not be read"),
        ("other_terms", "without its trees: this training could not make all the scores"),
    ],
)
def test_a_comparison_with_less_than_was_served_says_so(
    catalog: Catalog, lack: str, shown: str
) -> None:
    version = make_version(catalog, report={"without_trees": {"live": lack}})
    address = page_of("modelversion_change", version.pk)
    assert shown in people.viewer().get(address).content.decode()
    with translation.override("zh-hans"):
        assert lack_of(version)
        assert shown not in lack_of(version)
    version.report = {"without_trees": {}}
    assert lack_of(version) == ""


def test_the_frontier_says_where_the_default_gains(catalog: Catalog) -> None:
    """On some logs what is added for the tail finds more than it costs."""
    catalog.tail_default = 0.25
    report = deepcopy(REPORT)
    report["frontier"]["settings"][0]["ndcg"] = 0.08
    report["frontier"]["settings"][1]["ndcg"] = 0.096
    frontier = frontier_of(make_version(catalog, report=report))
    assert "0.25 gains about 10% of NDCG compared with 0" in frontier.in_words


def test_the_frontier_says_what_the_default_costs(catalog: Catalog) -> None:
    catalog.tail_default = 0.25
    frontier = frontier_of(make_version(catalog, report=REPORT))
    assert (
        "0.25 costs about 10% of NDCG compared with 0. Less known items get 52% of the positions"
        in frontier.in_words
    )
    assert [setting.cells[0].change for setting in frontier.settings] == ["", "−20%", "−50%"]
    assert frontier.default_x == 50
    ndcg, tail_recall = frontier.panels[:2]
    assert ndcg.band.endswith("Z")
    assert tail_recall.band == ""
    assert ndcg.spoken == "0: 0.1000, 0.5: 0.0800, 1: 0.0500"
    assert ndcg.dots[0].y == round(72 - 64 * 0.1 / 0.11, 1)


def test_a_version_shows_its_pictures_with_their_tables(catalog: Catalog) -> None:
    version = make_version(
        catalog, report=REPORT, blend={"weights": {"words": 1.0}, "decays": {"words": 0.8}}
    )
    page = people.viewer().get(page_of("modelversion_change", version.pk)).content.decode()
    for heading in (
        "What each component contributes",
        "What the candidates hold",
        "Trees of the second stage",
        "What less known items gain",
        "Cost of the tail dial",
    ):
        assert heading in page
    assert page.count('class="lt-lines"') == 5
    assert "lt-fading" in page
    assert "of the same 500 people" in page


def test_the_dials_default_is_set_where_its_cost_is_shown(catalog: Catalog) -> None:
    address = reverse("admin:catalog_catalog_change", args=[catalog.pk])
    assert "Not measured yet" in people.manager().get(address).content.decode()
    make_version(catalog, 1, "live", report=REPORT)
    page = people.manager().get(address).content.decode()
    assert "The default of 0.3 costs about 12% of NDCG" in page
    assert (
        "lt-frontier"
        not in people.manager().get(reverse("admin:catalog_catalog_add")).content.decode()
    )
