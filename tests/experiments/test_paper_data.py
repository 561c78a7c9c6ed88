from __future__ import annotations

import numpy as np
import pytest

from recommender.experiments.paper_data import blocks, cut_to_size, histories
from recommender.experiments.synthetic import SyntheticLog, synthetic

SMALL = SyntheticLog(people=50, items=200, topics=8)


@pytest.fixture(scope="module")
def shop():
    return synthetic(SMALL, 0)


def rng():
    return np.random.default_rng(1)


class TestHistories:
    def test_the_newest_fifth_of_the_distinct_items_is_held_out(self, shop):
        asked = histories(shop, rng())
        for user, (query, relevant) in enumerate(zip(asked.queries, asked.relevant, strict=True)):
            log = shop.log.items[shop.log.users == user]
            met = list(dict.fromkeys(log.tolist()))
            assert set(relevant) == set(met[-max(1, len(met) // 5) :])
            assert set(query.history) == set(met) - set(relevant)

    def test_training_has_the_queries_and_nothing_later(self, shop):
        asked = histories(shop, rng())
        for user, query in enumerate(asked.queries):
            assert set(asked.train.query(user).history) == set(query.history)

    def test_the_blend_is_tuned_on_a_fifth_of_the_people(self, shop):
        assert len(histories(shop, rng()).tuned_on) == 10


class TestBlocks:
    def test_training_has_one_block_of_the_table(self, shop):
        train = blocks(shop, rng()).train
        assert len(np.unique(train.log.users)) == 40
        assert len(np.unique(train.log.items)) <= 160

    def test_each_query_allows_the_remaining_block(self, shop):
        asked = blocks(shop, rng())
        trained = asked.train.counts > 0
        sizes = set()
        for query, relevant, allowed in zip(
            asked.queries, asked.relevant, asked.allowed, strict=True
        ):
            assert allowed[relevant].all()
            assert not allowed[query.history].any()
            sizes.add(int(allowed.sum()))
        assert sizes == {40, 160}
        assert trained.any()

    def test_new_people_and_new_items_are_not_in_training(self, shop):
        asked = blocks(shop, rng())
        learnt = set(asked.train.log.items.tolist())
        for query, relevant, allowed in zip(
            asked.queries, asked.relevant, asked.allowed, strict=True
        ):
            if allowed.sum() == 40:
                assert not learnt & set(relevant.tolist())
            else:
                assert not learnt & set(query.history.tolist())


class TestCutToSize:
    def test_people_and_items_are_sampled_and_renumbered(self, shop):
        cut = cut_to_size(shop, rng(), people=20, items=60)
        assert (cut.n_users, cut.n_items) == (20, 60)
        titles = {title: item for item, title in enumerate(shop.items.titles)}
        chosen = [titles[title] for title in cut.items.titles]
        assert chosen == sorted(chosen)
        original = {
            tuple(sorted(np.bincount(chosen, minlength=200)[shop.query(u).history].nonzero()[0]))
            for u in range(50)
        }
        assert len(original) > 1
        events = set(zip(shop.log.items.tolist(), shop.log.times.tolist(), strict=True))
        assert {
            (chosen[item], when)
            for item, when in zip(cut.log.items, cut.log.times.tolist(), strict=True)
        } <= events

    def test_other_items_are_added_if_too_few_were_met(self, shop):
        cut = cut_to_size(shop, rng(), people=3, items=150)
        assert cut.n_items == 150
        assert (cut.counts == 0).any()

    def test_a_small_log_is_taken_whole(self, shop):
        assert cut_to_size(shop, rng(), people=1000, items=10_000).n_items == 200
