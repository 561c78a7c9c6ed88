from __future__ import annotations

import numpy as np
import pytest

from catalog.ingestion.item_vectors import delete_vectors, record_vectors
from catalog.models import Interaction, Item
from recommender.training import datasets
from tests.factories import change_kind, make_catalog, make_interaction, make_item, make_profile
from tests.recommender.worlds import BEGAN, two_camps


def test_indices_stand_for_pks_in_ascending_order(catalog):
    items, profiles = two_camps(catalog, people=4, acts=2)
    data = datasets.load(catalog)
    assert data.item_pks.tolist() == [item.pk for item in items]
    assert data.profile_pks.tolist() == [profile.pk for profile in profiles]
    log = data.dataset.log
    read = [
        (data.profile_pks[user], data.item_pks[item])
        for user, item in zip(log.users, log.items, strict=True)
    ]
    written = Interaction.objects.order_by("created_at").values_list("profile_id", "item_id")
    assert read == list(written)
    assert log.times[0] == BEGAN.timestamp()


def test_reads_texts_and_categories_in_their_order(catalog):
    make_item(catalog, title="No category")
    make_item(
        catalog,
        title="红色杯子",
        description="陶瓷",
        provider="Maker",
        categories=["Mugs", "Gifts"],
    )
    items = datasets.load(catalog).dataset.items
    assert (items.titles[1], items.descriptions[1], items.providers[1]) == (
        "红色杯子",
        "陶瓷",
        "Maker",
    )
    assert items.categories == [(), ("Mugs", "Gifts")]


def test_leaves_out_negative_kinds_and_kinds_without_weight(catalog, items, profile):
    change_kind(catalog, "view", weight=0)
    for item, kind in zip(items, ("dislike", "hide", "view", "like"), strict=False):
        make_interaction(profile, item, kind)
    assert datasets.load(catalog).dataset.log.items.tolist() == [3]


def test_only_ratings_have_values(catalog, items, profile):
    for item, kind, value in (
        (items[0], "take", 12.0),
        (items[1], "rate", 4.5),
        (items[2], "view", None),
    ):
        make_interaction(profile, item, kind, value=value)
    assert datasets.load(catalog).dataset.log.values.tolist() == pytest.approx(
        [np.nan, 4.5, np.nan], nan_ok=True
    )


def test_the_quantity_of_an_order_line_counts_as_pieces(catalog, items, profile):
    make_interaction(profile, items[0], "purchase", quantity=10.0)
    make_interaction(profile, items[1], "purchase", value=10.0)
    make_interaction(profile, items[2], "purchase")
    ten, as_value, one = datasets.load(catalog).dataset.log.weights.tolist()
    assert ten == as_value == 2 * one


def test_other_catalogues_are_not_read(catalog, items, profile):
    make_interaction(profile, items[0])
    other = make_catalog()
    make_interaction(make_profile(other), make_item(other))
    data = datasets.load(catalog)
    assert (data.dataset.n_items, len(data.dataset.log)) == (6, 1)


def test_an_empty_catalogue_can_be_read(catalog):
    data = datasets.load(catalog)
    assert (data.dataset.n_items, data.dataset.n_users, len(data.dataset.log)) == (0, 0, 0)


def test_reads_the_owners_vectors_by_name_with_zeros_where_there_is_none(catalog, items):
    rows = [
        {"item_id": items[at].external_id, "name": "picture", "vector": [at, 0.5]} for at in (4, 1)
    ]
    record_vectors(catalog=catalog, rows=[*rows, {**rows[0], "name": "sound", "vector": [7]}])
    vectors = datasets.load(catalog).dataset.items.vectors
    assert list(vectors) == ["picture", "sound"]
    assert vectors["picture"].dtype == np.float32
    assert vectors["picture"].tolist() == [[0, 0], [1, 0.5], [0, 0], [0, 0], [4, 0.5], [0, 0]]
    assert vectors["sound"].shape == (6, 1)


def test_chunks_do_not_show(catalog, monkeypatch):
    two_camps(catalog)
    whole = datasets.load(catalog)
    monkeypatch.setattr(datasets, "CHUNK", 7)
    pieces = datasets.load(catalog)
    assert pieces.fingerprint == whole.fingerprint
    np.testing.assert_array_equal(pieces.dataset.log.items, whole.dataset.log.items)
    assert pieces.dataset.items.categories == whole.dataset.items.categories


class TestFingerprint:
    @pytest.fixture
    def before(self, catalog, items, profile):
        make_interaction(profile, items[0])
        return datasets.load(catalog).fingerprint

    def test_is_the_same_for_the_same_data(self, catalog, before):
        assert datasets.load(catalog).fingerprint == before

    @pytest.mark.parametrize(
        "change", [{"title": "New"}, {"available": False}, {"description": "New"}]
    )
    def test_changes_with_an_item(self, catalog, items, before, change):
        Item.objects.filter(pk=items[1].pk).update(**change)
        assert datasets.load(catalog).fingerprint != before

    def test_changes_with_a_category(self, catalog, items, before):
        items[0].item_categories.all().delete()
        assert datasets.load(catalog).fingerprint != before

    def test_changes_with_a_vector(self, catalog, items, before):
        wanted = {"item_id": items[0].external_id, "name": "picture"}
        prints = {before}
        for vector in ([1, 2], [1, 3]):
            record_vectors(catalog=catalog, rows=[{**wanted, "vector": vector}])
            prints.add(datasets.load(catalog).fingerprint)
        assert len(prints) == 3
        delete_vectors(catalog=catalog, name="picture")
        assert datasets.load(catalog).fingerprint == before

    def test_changes_with_an_interaction_and_with_the_weights(
        self, catalog, items, profile, before
    ):
        change_kind(catalog, "take", weight=2.0)
        heavier = datasets.load(catalog).fingerprint
        make_interaction(profile, items[1], "take")
        assert len({before, heavier, datasets.load(catalog).fingerprint}) == 3

    def test_ignores_what_training_does_not_read(self, catalog, items, profile, before):
        make_interaction(profile, items[1], "refund")
        make_profile(catalog)
        assert datasets.load(catalog).fingerprint == before
