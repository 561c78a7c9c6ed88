"""How far one percent of fake people can push an item of the gift shop.

The fakes come within a day. Each takes the target and eight of twelve well-known items, so that
the target seems to go with those.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from django.conf import settings

from catalog.profiles.suspect_detection import Acts, signs
from recommender.engine.data.csv_files import Loaded, load
from recommender.engine.data.dataset import Dataset
from recommender.engine.pipeline import Recommender, Request
from recommender.engine.scorers.item_knn import ItemKnn

pytestmark = pytest.mark.quality

DATA = settings.DEMO_DATA_DIR / "uci-online-retail"
K, READERS, DAY = 10, 1_000, 86_400


@pytest.fixture(scope="module")
def shop() -> Loaded:
    return load(interactions=DATA / "interactions.csv.gz", items=DATA / "items.csv.gz")


def attacked(shop: Dataset, target: int, seed: int) -> tuple[Dataset, int]:
    """The log with the fakes as its last users, and their number."""
    rng = np.random.default_rng(seed)
    log, n = shop.log, shop.n_users // 100
    popular = np.argsort(-np.bincount(log.items, minlength=shop.n_items))[100:112]
    rows = [
        (shop.n_users + fake, item, log.times.max() + int(rng.integers(0, DAY)))
        for fake in range(n)
        for item in [target, *rng.choice(popular, 8, replace=False)]
    ]
    users, items, times = np.array(rows, dtype=np.int64).T
    return with_rows(shop, users, items, times, shop.n_users + n), n


def with_rows(shop: Dataset, users, items, times, n_users: int) -> Dataset:
    log = shop.log
    both = pd.DataFrame({
        "users": np.concatenate([log.users, users]),
        "items": np.concatenate([log.items, items]),
        "times": np.concatenate([log.times, times]),
    }).sort_values("times", kind="stable")  # fmt: skip
    ones = np.ones(len(both), dtype=np.float32)
    changed = type(log)(
        users=both.users.to_numpy(np.int32), items=both["items"].to_numpy(np.int32),
        weights=ones, times=both.times.to_numpy(np.int64),
        values=np.full(len(both), np.nan, dtype=np.float32),
    )  # fmt: skip
    return Dataset(shop.items, changed, n_users)


def cleaned(data: Dataset) -> Dataset:
    log = data.log
    acts = Acts(log.users.astype(np.int64), log.items.astype(np.int64), log.times)
    stay = ~np.isin(log.users, list(signs(acts)))
    parts = {
        name: getattr(log, name)[stay] for name in ("users", "items", "weights", "times", "values")
    }
    return Dataset(data.items, type(log)(**parts), data.n_users)


def exposure(data: Dataset, people: range, target: int) -> int:
    """In how many lists of ten the target is."""
    made = Recommender.of(ItemKnn().fit(data, np.random.default_rng(0)), data)
    lists = made.recommend_many([Request(data.query(user), K) for user in people])
    return sum(target in [ranked.item for ranked in one.ranked_items] for one in lists)


def test_one_percent_of_fakes_at_most_double_an_items_exposure(shop: Loaded) -> None:
    data, people = shop.dataset, range(READERS)
    taken = np.bincount(data.log.items, minlength=data.n_items)
    for rank in (0.1, 0.5):
        target = int(np.argsort(taken, kind="stable")[int(rank * data.n_items)])
        before = exposure(data, people, target)
        changed, n = attacked(data, target, seed=3)
        with_fakes = exposure(changed, people, target)
        after = exposure(cleaned(changed), people, target)
        print(  # noqa: T201 (the figures are wanted: make test-quality)
            f"item with {taken[target]} acts, {n} fakes: in {before} of {READERS} lists before, "
            f"{with_fakes} with the fakes, {after} after they are left out"
        )
        assert with_fakes > before
        assert after <= 2 * max(before, 1)
