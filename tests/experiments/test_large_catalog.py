"""The generator of large catalogues, on small ones."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from catalog.ingestion.imports import import_interactions, import_items
from catalog.models import Interaction, Item
from recommender.engine.data.errors import DataError
from recommender.engine.data.splitting import split_by_time
from recommender.engine.evaluation.evaluate import evaluate
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.popularity import Popularity
from recommender.experiments.large_catalog.arrays import synthesize, synthetic_log
from recommender.experiments.large_catalog.files import write_files
from recommender.experiments.large_catalog.stock import START, WEEK, WEEKS, Size
from tests.factories import make_catalog

SIZE = (3_000, 2_000, 60_000)


@pytest.fixture(scope="module")
def shop():
    return synthetic_log(*SIZE, seed=0)


def test_equal_seeds_give_equal_bytes(tmp_path):
    def digest(name, seed, form="csv"):
        written = write_files(tmp_path / name, Size(400, 300, 5_000), seed, form=form)
        files = (written.items, written.interactions)
        return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]

    assert digest("a", 0) == digest("b", 0)
    assert not set(digest("a", 0)) & set(digest("c", 1))
    assert digest("d", 0, "ndjson") == digest("e", 0, "ndjson")


def test_it_has_the_wanted_size(shop):
    assert (shop.n_items, shop.n_users, len(shop.log)) == SIZE
    assert {float(weight) for weight in np.unique(shop.log.weights)} == {np.float32(0.3), 1.0}


@pytest.mark.parametrize("field", ["items", "people", "events"])
@pytest.mark.parametrize("number", [0, 10**9])
def test_a_size_out_of_bounds_is_named(field, number):
    with pytest.raises(DataError, match=f"{field}: {number} must be from 1 to"):
        Size(**{"items": 10, "people": 10, "events": 10, field: number})


def test_even_the_smallest_catalogue_works():
    assert len(synthetic_log(1, 1, 1, seed=0).log) == 1


def test_most_items_have_few_people(shop):
    counts = np.sort(shop.counts)[::-1]
    assert np.mean(counts < 10) > 0.5
    assert counts[: len(counts) // 5].sum() > 0.5 * counts.sum()


def test_people_differ_in_activity(shop):
    events = np.bincount(shop.log.users, minlength=shop.n_users)
    assert np.median(events) < 0.7 * events.mean()
    assert events.max() > 8 * events.mean()


def test_nearly_all_titles_are_distinct_and_some_are_chinese(shop):
    assert len(set(shop.items.titles)) > 0.99 * shop.n_items
    chinese = [any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in shop.items.titles]
    assert 0.1 < np.mean(chinese) < 0.35


def test_a_large_catalogue_has_hundreds_of_categories():
    stock, _people, _events = synthesize(Size(40_000, 1, 1), 0)
    assert stock.n_topics == 288


def test_no_event_comes_before_its_item():
    stock, _people, chunks = synthesize(Size(*SIZE), 0)
    for chunk in chunks:
        assert (chunk.times >= START + stock.born[chunk.items].astype(np.int64) * WEEK).all()
        assert chunk.times[-1] < START + WEEKS * WEEK


def test_new_items_appear_and_popularity_moves(shop):
    early, late = (shop.log.items[rows] for rows in (slice(0, 15_000), slice(-15_000, None)))
    assert 0.1 < np.mean(~np.isin(late, early)) < 0.9
    first, last = (np.bincount(items, minlength=shop.n_items) for items in (early, late))
    both = (first > 0) & (last > 0)
    assert np.corrcoef(first[both], last[both])[0, 1] < 0.8


def test_texts_and_behaviour_agree(shop):
    """Two items of one person share more words than one of them and any other item."""
    texts = zip(shop.items.titles, shop.items.descriptions, strict=True)
    words = [set(f"{title} {description}".split()) for title, description in texts]
    rng = np.random.default_rng(0)
    shared = []
    for user in range(400):
        history = shop.query(user).history
        if len(history) > 1:
            mine, too = rng.choice(history, 2, replace=False)
            other = rng.integers(shop.n_items)
            shared.append((len(words[mine] & words[too]), len(words[mine] & words[other])))
    own, others = np.mean(shared, axis=0)
    assert own > 1.2 * others


def test_item_knn_beats_popularity(shop):
    split = split_by_time(shop, max_users=300, rng=np.random.default_rng(0))
    ndcg = {}
    for scorer in (Popularity(), ItemKnn()):
        scorer.fit(split.train, np.random.default_rng(0))
        lists = [_list_of(scorer, split.train, user) for user in split.users]
        ndcg[scorer.name] = evaluate(lists, split).ndcg
    assert ndcg["item_knn"] > 2 * ndcg["popularity"]


def _list_of(scorer, train, user):
    query = train.query(user)
    scores = np.array(scorer.score(query), dtype=np.float64)
    scores[query.history] = -np.inf
    return np.argsort(-scores, kind="stable")[:10]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_the_importer_reads_every_line(tmp_path, form):
    call_command(
        *("synthesize", str(tmp_path), "--items", "60", "--people", "20", "--events", "300"),
        *("--format", form), stdout=io.StringIO(), stderr=io.StringIO(),
    )  # fmt: skip
    catalog = make_catalog()
    items = import_items(catalog=catalog, path=tmp_path / f"items.{form}")
    log = import_interactions(catalog=catalog, path=tmp_path / f"interactions.{form}")
    assert (items.errors, log.errors) == ([], [])
    assert (Item.objects.count(), Interaction.objects.count()) == (60, 300)
    assert Item.objects.filter(price__gt=0, attributes__has_key="colour").count() == 60


def test_the_command_names_a_bad_number(tmp_path):
    with pytest.raises(CommandError, match="items: 0 must be from 1"):
        call_command("synthesize", str(tmp_path), "--items", "0")
    with pytest.raises(CommandError, match="--seed -1"):
        call_command("synthesize", str(tmp_path), "--seed", "-1")
