"""Metrics of a set of lists: accuracy, tail exposure, diversity.

``lists`` are item indices per person, best first, of any lengths. ``relevant`` are the held-out
items of each person, in the same order of people.
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
"""Lists that category diversity is measured on: more do not change the mean."""

DRAWN_AT_ONCE = 2**18
"""Entries resampled at once: 2 MiB of memory instead of 80 MiB for 20,000 people."""


def ndcg_by_person(lists: Lists, relevant: Lists, k: int) -> Values:
    """(people,) NDCG at k; NaN for a person without relevant items."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    gained = _hits(lists, relevant, k) @ discount
    ideal = np.concatenate(([np.nan], np.cumsum(discount)))
    return gained / ideal[np.minimum(k, _lengths(relevant))]


def recall_by_person(lists: Lists, relevant: Lists, k: int) -> Values:
    """(people,) recall at k; NaN for a person without relevant items."""
    possible = np.minimum(k, _lengths(relevant)).astype(float)
    possible[possible == 0] = np.nan
    recalls: Values = _hits(lists, relevant, k).sum(axis=1) / possible
    return recalls


def ndcg(lists: Lists, relevant: Lists, k: int = 10) -> float:
    """Mean normalised discounted cumulative gain of the first k items, 0 … 1.

    Gain is 1 for a relevant item, the discount 1/log2(rank + 1), the ideal a list that starts with
    min(k, relevant) hits. People without relevant items are not counted; an empty list scores 0;
    NaN if nobody is counted.

    Source: Järvelin, Kekäläinen 2002, cumulated gain-based evaluation of IR techniques.
    """
    return mean(ndcg_by_person(lists, relevant, k))


def recall(lists: Lists, relevant: Lists, k: int = 10) -> float:
    """Mean share of the min(k, relevant) possible hits in the first k items, 0 … 1.

    People without relevant items are not counted; an empty list scores 0; NaN if nobody is
    counted.

    Source: Cremonesi, Koren, Turrin 2010, performance of recommender algorithms on top-n tasks
    (capped at k).
    """
    return mean(recall_by_person(lists, relevant, k))


def coverage(lists: Lists, n_items: int) -> float:
    """Share of the catalogue that appears in any list, 0 … 1; NaN for an empty catalogue.

    Source: Ge, Delgado-Battenfeld, Jannach 2010, beyond accuracy (catalogue coverage).
    """
    return float((_exposure(lists, n_items) > 0).mean()) if n_items else float("nan")


def tail_share(lists: Lists, head: BoolArray) -> float:
    """Share of tail items among the listed items, 0 … 1; NaN if all lists are empty.

    Args:
        lists: item indices per person.
        head: (n_items,) mask of the head items.

    Source: Abdollahpouri, Burke, Mobasher 2019, managing popularity bias (average percentage of
    long-tail items).
    """
    return share_of(lists, ~head)


def gini(lists: Lists, n_items: int) -> float:
    """Gini index of exposure over the catalogue.

    0 = every item is shown equally often, or nothing is shown; towards 1 = only one item is shown.

    Source: Fleder, Hosanagar 2009, blockbuster culture's next rise or fall.
    """
    exposure = np.sort(_exposure(lists, n_items))
    ranks = 2 * np.arange(1, n_items + 1) - n_items - 1
    return float(ranks @ exposure / max(1, n_items * exposure.sum()))


def provider_gini(lists: Lists, providers: IntArray) -> float:
    """Gini index of exposure over the providers.

    0 = every provider is shown equally often; towards 1 = only one provider is shown.

    Args:
        lists: item indices per person.
        providers: (n_items,) provider codes; items with a code below 0 have none and do not count.

    Returns:
        NaN if no item has a provider, 0 if no such item was shown.

    Source: Mehrotra et al. 2018, towards a fair marketplace (supplier exposure).
    """
    shown = providers[_joined(lists)]
    n_providers = int(providers.max(initial=-1)) + 1
    return gini([shown[shown >= 0]], n_providers) if n_providers else float("nan")


def share_of(lists: Lists, wanted: BoolArray) -> float:
    """Share of the listed items that are in the mask, 0 … 1; NaN if all lists are empty.

    ``wanted``: (n_items,) mask.
    """
    return mean(wanted[_joined(lists)])


def miscalibration(
    lists: Lists, histories: sp.csr_matrix, categories: Sequence[tuple[str, ...]]
) -> float:
    """Mean divergence in nats of each list's category mix from the history's, 0 = equal.

    People without a category in their history are not counted; NaN if nobody is counted.

    Args:
        lists: item indices per person.
        histories: (people, n_items) weights, rows in the order of the lists.
        categories: (n_items,) names per item.

    Source: Steck 2018, calibrated recommendations.
    """
    by_item = Categories.of(category_matrix(categories))
    rows = (histories[row] for row in range(histories.shape[0]))
    mixes = [by_item.mix(Query(row.indices, row.data)) for row in rows]
    pairs = zip(mixes, lists, strict=True)
    return mean(np.array([mix.divergence_of(items) for mix, items in pairs if mix is not None]))


def novelty(lists: Lists, train_counts: IntArray) -> float:
    """Mean self-information of the recommended items, in bits.

    Args:
        lists: item indices per person.
        train_counts: (n_items,) interactions per item in training.

    Returns:
        0 or more; NaN if all lists are empty. Half an interaction is added to every item, so that
        the value of an item without interactions is finite.

    Source: Castells, Vargas, Wang 2011, novelty and diversity metrics (popularity complement by
    choice).
    """
    share = (train_counts + 0.5) / (train_counts.sum(dtype=np.int64) + 0.5 * len(train_counts))
    return mean(-np.log2(share[_joined(lists)]))


def category_diversity(lists: Lists, categories: Sequence[tuple[str, ...]]) -> float:
    """Share of the pairs of items within a list that have no category in common, 0 … 1.

    Pairs with an item without categories are not counted; NaN if no pair is left. Only the first
    3,000 lists are used.

    Args:
        lists: item indices per person.
        categories: (n_items,) names per item.

    Source: Ziegler et al. 2005, improving lists through topic diversification (overlap instead of
    distance).
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
        samples: (n,) each; entry i of all samples is drawn together. Entries with NaN in any
            sample are left out.
        statistic: a function of as many samples, with ``axis``.

    Returns:
        Low and high end: both the statistic itself for a single entry, NaN for none.

    Source: Efron 1979, bootstrap methods (percentile interval).
    """
    whole = np.stack(samples)
    counted = whole[:, ~np.isnan(whole).any(axis=0)]
    n = counted.shape[1]
    if n < 2:  # scipy needs two
        only = float(statistic(*counted, axis=0)) if n else float("nan")
        return only, only
    from scipy.stats import bootstrap  # 40 MiB that web processes do not need

    low, high = bootstrap(
        counted, statistic, paired=True, n_resamples=resamples, batch=max(1, DRAWN_AT_ONCE // n),
        method="percentile", rng=np.random.default_rng(seed),
    ).confidence_interval  # fmt: skip
    return float(low), float(high)


def mean(values: NDArray[Any]) -> float:
    """Mean of the values that are not NaN; NaN if there are none."""
    counted = values[~np.isnan(values.astype(float))]
    return float(counted.mean()) if len(counted) else float("nan")


def _hits(lists: Lists, relevant: Lists, k: int) -> NDArray[np.float64]:
    """(people, k) 1 where the list has an item that is relevant to the person."""
    padded = np.full((len(lists), k), -1, dtype=np.int64)
    for row, items in enumerate(lists):
        padded[row, : len(items)] = items[:k]
    wanted = _joined(relevant).astype(np.int64)
    width = 1 + max(padded.max(initial=0), wanted.max(initial=0))
    keys = padded + np.arange(len(lists))[:, None] * width
    wanted += np.repeat(np.arange(len(relevant)), _lengths(relevant)) * width
    return ((padded >= 0) & np.isin(keys, wanted)).astype(float)


def _lengths(lists: Lists) -> NDArray[np.int64]:
    return np.array([len(row) for row in lists], dtype=np.int64)


def _joined(lists: Lists) -> IntArray:
    """All lists, one after the other."""
    return np.concatenate(
        [np.asarray(row, dtype=np.int32) for row in lists] or [np.empty(0, dtype=np.int32)]
    )


def _exposure(lists: Lists, n_items: int) -> NDArray[np.int64]:
    return np.bincount(_joined(lists), minlength=n_items)


def _pairs(items: IntArray) -> NDArray[np.int32]:
    """(2, pairs) every pair of items of a list once."""
    left, right = np.triu_indices(len(items), 1)
    return np.stack([items[left], items[right]])
