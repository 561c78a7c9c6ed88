"""Items related to one item: each relation uses its own scorers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.pipeline import Recommender
from recommender.engine.related_items import Relation, related
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.content import Words
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.item_knn import ItemKnn
from recommender.engine.scorers.markov import Transitions
from tests.engine.builders import dataset


@pytest.fixture
def shop():
    """People take tea, cup and pot together, in this order; the tin only has a similar title."""
    events = [(person, item) for person in range(6) for item in (0, 1, 2)] + [(6, 4)]
    train = dataset(events, 5)
    return replace(
        train, items=replace(train.items, titles=["green tea", "cup", "pot", "tea tin", "hammer"])
    )


def hybrid(train, *components):
    scorer = Hybrid(components, Blend({each.name: 1.0 for each in components})).fit(
        train, np.random.default_rng(0)
    )
    return Recommender.of(scorer, train)


def test_each_relation_uses_its_own_scorers(shop):
    recommender = hybrid(shop, Words(), ItemKnn(), Transitions())
    assert related(recommender, Relation.TEXT, 0, 5) == [3]
    assert set(related(recommender, Relation.PEOPLE, 0, 5)) == {1, 2}
    assert set(related(recommender, Relation.AFTER, 0, 5)) == {1, 2}
    assert related(recommender, Relation.AFTER, 2, 5) == []


def test_a_relation_without_a_scorer_has_no_items(shop):
    recommender = hybrid(shop, Words())
    assert related(recommender, Relation.PEOPLE, 0, 5) == []
    assert related(recommender, Relation.AFTER, 0, 5) == []


def test_only_allowed_items_and_at_most_n_are_returned(shop):
    recommender = hybrid(shop, ItemKnn())
    allowed = np.array([True, False, True, True, True])
    assert related(recommender, Relation.PEOPLE, 0, 5, allowed) == [2]
    assert len(related(recommender, Relation.PEOPLE, 0, 1)) == 1


def test_penalised_items_come_last(shop):
    recommender = hybrid(shop, ItemKnn())
    first, second = related(recommender, Relation.PEOPLE, 0, 5)
    penalised = np.arange(5) == first
    assert related(recommender, Relation.PEOPLE, 0, 5, last=penalised) == [second, first]


def test_texts_are_compared_semantically_if_an_encoder_read_them(shop):
    recommender = hybrid(shop, Words(), ItemKnn())

    class Read:
        name = "interest"
        semantic_vectors = np.array(
            [[1, 0], [0.1, 0.99], [0.6, 0.8], [0, 1], [0, 0]], dtype=np.float32
        )

    assert related(replace(recommender, interest=Read()), Relation.TEXT, 0, 5) == [2]
    # an item that the encoder could not read is compared by its words
    assert related(replace(recommender, interest=Read()), Relation.TEXT, 4, 5) == []
