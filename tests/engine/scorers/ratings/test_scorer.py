from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.dataset import Dataset, Items, Log
from recommender.engine.data.types import Query
from recommender.engine.scorers.ratings.scorer import Rating

N_ITEMS, COLD_KETTLE, COLD_TOWEL, UNKNOWN = 22, 20, 21, 22


def two_tastes(seed=0, n_users=80):
    """Even users give kettles (even items) two stars more than towels, odd users the reverse.

    All dislike item 0. Items 20 and 21 are a kettle and a towel without ratings; item 22 has
    neither ratings nor content.
    """
    rng = np.random.default_rng(seed)
    pairs = [(user, item) for user in range(n_users) for item in rng.permutation(20)[:12]]
    users, items = np.array(pairs, dtype=np.int32).T
    fits = (users % 2) == (items % 2)
    stars = np.clip(2 + 2 * fits + rng.integers(0, 2, len(pairs)) - (items == 0), 1, 5).astype(
        np.float32
    )
    names = ["kettle" if item % 2 == 0 else "towel" for item in range(N_ITEMS)]
    titles = [*(f"{name} number{item}" for item, name in enumerate(names)), ""]
    about = Items(titles, [""] * 23, [*((name,) for name in names), ()])
    log = Log(users, items, np.ones(len(pairs), np.float32), np.arange(len(pairs)), stars)
    return Dataset(about, log, n_users)


DATA = two_tastes()


@pytest.fixture(scope="module")
def rating():
    return Rating().fit(DATA, np.random.default_rng(0))


def rated(stars: dict[int, float]) -> Query:
    items = np.array(list(stars), dtype=np.int32)
    return Query(
        items, np.ones(len(items), np.float32), values=np.array(list(stars.values()), np.float32)
    )


KETTLE_LOVER = rated({2: 5, 4: 4, 6: 5, 3: 2, 5: 2})


def test_a_new_user_is_predicted_from_their_stars(rating):
    stars = rating.stars(KETTLE_LOVER)
    assert stars[[8, 10, 12]].min() > 3.8
    assert stars[[9, 11, 13]].max() < 3.2


def test_it_predicts_the_stars_that_were_given(rating):
    said = rating.score_batch([DATA.query(user) for user in range(DATA.n_users)])
    off = said[DATA.log.users, DATA.log.items] + rating.numbers[0] - DATA.log.values
    assert (off**2).mean() < 0.4 < np.var(DATA.log.values)


def test_an_item_without_ratings_is_predicted_from_its_content(rating):
    stars = rating.stars(KETTLE_LOVER)
    assert stars[COLD_KETTLE] > stars[COLD_TOWEL] + 1


def test_an_unknown_item_has_no_prediction(rating):
    assert np.isnan(rating.stars(KETTLE_LOVER)[UNKNOWN])
    assert rating.explain(KETTLE_LOVER, UNKNOWN) == []


def test_a_user_without_ratings_has_no_predictions(rating):
    for query in (Query.of([2, 4]), rated({2: np.nan})):
        assert np.isnan(rating.score(query)).all()
        assert rating.explain(query, 8) == []


def test_past_items_without_a_rating_do_not_count(rating):
    with_views = rated({2: 5, 4: 4, 6: 5, 3: 2, 5: 2, 7: np.nan, 9: np.nan})
    np.testing.assert_array_equal(rating.score(with_views), rating.score(KETTLE_LOVER))


def test_an_explanation_names_the_ratings_that_raise_and_lower(rating):
    contributions = rating.explain(KETTLE_LOVER, 8)
    amounts = {each.item: each.amount for each in contributions}
    assert sum(each.amount for each in contributions) == pytest.approx(
        float(rating.score(KETTLE_LOVER)[8]), abs=1e-5
    )
    assert set(amounts) == {None, 2, 3, 4, 5, 6}
    assert amounts[2] > 0
    assert amounts[6] > 0
    other = {each.item: each.amount for each in rating.explain(KETTLE_LOVER, 9)}
    assert other[2] < amounts[2]


def test_predicted_stars_stay_within_those_given(rating):
    stars = rating.stars(rated(dict.fromkeys((2, 4, 6, 8, 10, 12), 5)))
    assert np.nanmax(stars) <= 5
    assert np.nanmin(rating.stars(rated(dict.fromkeys(range(1, 12), 1)))) >= 1


def test_more_ratings_move_a_prediction_towards_the_user(rating):
    one, many = (
        rated({2: 5}),
        rated(dict.fromkeys((2, 4, 6, 12, 14), 5) | dict.fromkeys((3, 5, 7, 9), 2)),
    )
    spread = [rating.stars(query)[8] - rating.stars(query)[11] for query in (one, many)]
    assert spread[1] > spread[0]


def test_a_log_without_stars_gives_no_predictions():
    pieces = Log(
        DATA.log.users,
        DATA.log.items,
        DATA.log.weights,
        DATA.log.times,
        np.ones(len(DATA.log), np.float32),
    )
    silent = Rating().fit(DATA.with_log(pieces), np.random.default_rng(0))
    assert np.isnan(silent.score(KETTLE_LOVER)).all()
    assert silent.explain(KETTLE_LOVER, 8) == []
