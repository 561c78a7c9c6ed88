"""What a set of lists is worth: how right, how far down the tail, how varied.

``lists`` are item indices per person, best first, of any lengths; ``relevant`` are the items that each
person really took next, in the same order of people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from recommender.engine.data.categories import Categories, category_matrix
from recommender.engine.data.types import BoolArray, IntArray, Query

Lists = Sequence[IntArray]


Values = NDArray[np.float64]


DIVERSITY_LISTS = 3000
"""Pairs of categories are counted in so many lists at most: the mean stands still long before."""

DRAWN_AT_ONCE = 2**18
"""Entries that are resampled in one piece: 2 MiB instead of 80 for those of 20,000 people."""


def ndcg_by_person(lists: Lists, relevant: Lists, k: int) -> Values:
    """(people,) NDCG at k; nan for a person with nothing relevant."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    gained = _hits(lists, relevant, k) @ discount
    ideal = np.concatenate(([np.nan], np.cumsum(discount)))
    return gained / ideal[np.minimum(k, _lengths(relevant))]


def recall_by_person(lists: Lists, relevant: Lists, k: int) -> Values:
    """(people,) recall at k; nan for a person with nothing relevant."""
    possible = np.minimum(k, _lengths(relevant)).astype(float)
    possible[possible == 0] = np.nan
    recalls: Values = _hits(lists, relevant, k).sum(axis=1) / possible
    return recalls


def ndcg(lists: Lists, relevant: Lists, k: int = 10) -> float:
    """Mean normalised discounted cumulative gain of the first k places, 0 … 1.

    Gain is 1 for a relevant item, the discount 1/log2(rank + 1), the ideal a list that starts with
    min(k, relevant) hits. People with nothing relevant are not counted; an empty list is a miss;
    nan when nobody counts.

    Source: Järvelin, Kekäläinen 2002, cumulated gain-based evaluation of IR techniques.
    """
    return mean(ndcg_by_person(lists, relevant, k))


def recall(lists: Lists, relevant: Lists, k: int = 10) -> float:
    """Mean share of the relevant items among the first k places, out of the min(k, relevant) that fit, 0 … 1.

    People with nothing relevant are not counted; an empty list is a miss;
    nan when nobody counts.

    Source: Cremonesi, Koren, Turrin 2010, performance of recommender algorithms on top-n tasks (capped at k).
    """
    return mean(recall_by_person(lists, relevant, k))


def coverage(lists: Lists, n_items: int) -> float:
    """Share of the catalogue that appears in somebody's list, 0 … 1; nan for an empty catalogue.

    Source: Ge, Delgado-Battenfeld, Jannach 2010, beyond accuracy (catalogue coverage).
    """
    return float((_exposure(lists, n_items) > 0).mean()) if n_items else float("nan")


def tail_share(lists: Lists, head: BoolArray) -> float:
    """Share of list places that hold tail items, 0 … 1; nan when every list is empty.

    Args:
        lists: item indices per person.
        head: (n_items,) mask of the head items.

    Source: Abdollahpouri, Burke, Mobasher 2019, managing popularity bias (average percentage of long-tail items).
    """
    return share_of(lists, ~head)


def gini(lists: Lists, n_items: int) -> float:
    """Gini index of exposure over the catalogue: 0 = every item equally often shown, towards 1 = all on one item.

    0 when nothing was shown.

    Source: Fleder, Hosanagar 2009, blockbuster culture's next rise or fall.
    """
    exposure = np.sort(_exposure(lists, n_items))
    ranks = 2 * np.arange(1, n_items + 1) - n_items - 1
    return float(ranks @ exposure / max(1, n_items * exposure.sum()))


def provider_gini(lists: Lists, providers: IntArray) -> float:
    """Gini index of exposure over the providers: 0 = every provider shown as often, towards 1 = one has every place.

    Args:
        lists: item indices per person.
        providers: (n_items,) a number for each provider, below 0 for items without one, which do not count.

    Returns:
        nan when no item has a provider, 0 when none of theirs was shown.

    Source: Mehrotra et al. 2018, towards a fair marketplace (supplier exposure).
    """
    shown = providers[_places(lists)]
    n_providers = int(providers.max(initial=-1)) + 1
    return gini([shown[shown >= 0]], n_providers) if n_providers else float("nan")


def share_of(lists: Lists, wanted: BoolArray) -> float:
    """Share of list places that hold items of the (n_items,) mask ``wanted``, 0 … 1; nan when every list is empty."""
    return mean(wanted[_places(lists)])


def miscalibration(
    lists: Lists, histories: sp.csr_matrix, categories: Sequence[tuple[str, ...]]
) -> float:
    """Mean divergence in nats of the lists' mixes of categories from those of the histories, 0 = the same.

    People without a category in their history are not counted; nan when nobody is left.

    Args:
        lists: item indices per person.
        histories: (people, n_items) weights, rows in the order of the lists.
        categories: (n_items,) names per item.

    Source: Steck 2018, calibrated recommendations.
    """
    known = Categories.of(category_matrix(categories))
    rows = (histories[row] for row in range(histories.shape[0]))
    mixes = [known.mix(Query(row.indices, row.data)) for row in rows]
    return mean(
        np.array(
            [m.divergence_of(items) for m, items in zip(mixes, lists, strict=True) if m is not None]
        )
    )


def novelty(lists: Lists, train_counts: IntArray) -> float:
    """Mean self-information of the recommended items, in bits.

    Args:
        lists: item indices per person.
        train_counts: (n_items,) interactions per item in training.

    Returns:
        0 or more; nan when every list is empty. Every item counts half an interaction more than it has,
        so that one without any has a finite surprise.

    Source: Castells, Vargas, Wang 2011, novelty and diversity metrics (popularity complement by choice).
    """
    share = (train_counts + 0.5) / (train_counts.sum(dtype=np.int64) + 0.5 * len(train_counts))
    return mean(-np.log2(share[_places(lists)]))


def category_diversity(lists: Lists, categories: Sequence[tuple[str, ...]]) -> float:
    """Mean share of pairs within a list that have no category in common, 0 … 1.

    Pairs with an item without categories are not counted; nan when no pair is left. The first 3,000 lists count.

    Args:
        lists: item indices per person.
        categories: (n_items,) names per item.

    Source: Ziegler et al. 2005, improving lists through topic diversification (overlap for distance).
    """
    belongs = category_matrix(categories)
    labelled = np.diff(belongs.indptr) > 0
    pairs = [
        _pairs(row[labelled[row]]) for row in map(np.asarray, lists[:DIVERSITY_LISTS]) if len(row)
    ]
    if not pairs:
        return float("nan")
    left, right = np.concatenate(pairs, axis=1)
    return mean(np.asarray(belongs[left].multiply(belongs[right]).sum(axis=1)).ravel() == 0)


def bootstrap_interval(
    *samples: Values, statistic: Callable[..., Any] = np.mean, resamples: int = 500, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile interval of a statistic, by resampling with replacement.

    Args:
        samples: (n,) each; entry i of all of them belongs together and is drawn together.
            Entries with nan in any of them are left out.
        statistic: of as many samples, with ``axis``.

    Returns:
        Low and high end: the same of a single entry, nan where there is none.

    Source: Efron 1979, bootstrap methods (percentile interval).
    """
    whole = np.stack(samples)
    counted = whole[:, ~np.isnan(whole).any(axis=0)]
    n = counted.shape[1]
    if n < 2:  # scipy wants two
        only = float(statistic(*counted, axis=0)) if n else float("nan")
        return only, only
    from scipy.stats import bootstrap  # 40 MiB, which a web process has no use for

    low, high = bootstrap(
        counted, statistic, paired=True, n_resamples=resamples, batch=max(1, DRAWN_AT_ONCE // n),
        method="percentile", rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return float(low), float(high)


def mean(values: NDArray[Any]) -> float:
    """Mean without nan; nan when nothing is left."""
    counted = values[~np.isnan(values.astype(float))]
    return float(counted.mean()) if len(counted) else float("nan")


def _hits(lists: Lists, relevant: Lists, k: int) -> NDArray[np.float64]:
    """(people, k) 1 where the place holds an item relevant to the person."""
    padded = np.full((len(lists), k), -1, dtype=np.int64)
    for row, items in enumerate(lists):
        padded[row, : len(items)] = items[:k]
    wanted = _places(relevant).astype(np.int64)
    width = 1 + max(padded.max(initial=0), wanted.max(initial=0))
    keys = padded + np.arange(len(lists))[:, None] * width
    wanted += np.repeat(np.arange(len(relevant)), _lengths(relevant)) * width
    return ((padded >= 0) & np.isin(keys, wanted)).astype(float)


def _lengths(lists: Lists) -> NDArray[np.int64]:
    return np.array([len(row) for row in lists], dtype=np.int64)


def _places(lists: Lists) -> IntArray:
    return np.concatenate(
        [np.asarray(row, dtype=np.int32) for row in lists] or [np.empty(0, dtype=np.int32)]
    )


def _exposure(lists: Lists, n_items: int) -> NDArray[np.int64]:
    return np.bincount(_places(lists), minlength=n_items)


def _pairs(items: IntArray) -> NDArray[np.int32]:
    """(2, pairs) every pair of a list once."""
    left, right = np.triu_indices(len(items), 1)
    return np.stack([items[left], items[right]])
