from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.providers import provider_codes, seldom_met
from recommender.engine.reranking.exposure_quotas import ExposureQuota, fill_quotas
from tests.engine.rankings import ranked_of


def test_tail_items_replace_the_worst_head_items():
    head = np.array([True, True, True, True, False, False, False])
    ranked = ranked_of([9, 8, 7, 6, 5, 4, 3])
    assert fill_quotas(ranked, 4, [ExposureQuota(0.5, ~head)]).items.tolist() == [0, 1, 4, 5]
    assert fill_quotas(ranked, 4, [ExposureQuota(0.01, ~head)]).items.tolist() == [0, 1, 2, 4]
    assert fill_quotas(ranked, 4, [ExposureQuota(0.0, ~head)]).items.tolist() == [0, 1, 2, 3]
    assert fill_quotas(ranked, 4, [ExposureQuota(1.0, ~head)]).items.tolist() == [0, 4, 5, 6]
    assert fill_quotas(ranked, 9, [ExposureQuota(1.0, ~head)]).items.tolist() == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
    ]


def test_without_quotas_the_list_is_cut():
    assert fill_quotas(ranked_of([3, 1, 2]), 2, []).items.tolist() == [0, 2]


def test_a_quota_never_breaks_an_earlier_one():
    tail = np.array([False, True, False, False, False, True])
    seldom = np.array([False, False, False, False, True, True])
    ranked = ranked_of([9, 8, 7, 6, 5, 4])
    quotas = [ExposureQuota(0.5, tail), ExposureQuota(0.5, seldom)]
    assert fill_quotas(ranked, 2, quotas).items.tolist() == [0, 5]
    assert fill_quotas(ranked, 3, quotas).items.tolist() == [1, 4, 5]


def test_a_quota_with_too_few_members_lists_all_of_them():
    seldom = np.array([False, False, True, False])
    assert fill_quotas(ranked_of([4, 3, 2, 1]), 2, [ExposureQuota(1.0, seldom)]).items.tolist() == [
        0,
        2,
    ]


@settings(deadline=None)
@given(st.data())
def test_every_quota_is_met_if_there_are_enough_members(data):
    size = data.draw(st.integers(1, 20))
    n = data.draw(st.integers(1, size))
    masks = [
        np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size))) for _ in range(2)
    ]
    shares = [data.draw(st.sampled_from([0.0, 0.2, 0.5, 1.0])) for _ in range(2)]
    ranked = ranked_of(-np.arange(size))
    filled = fill_quotas(
        ranked, n, [ExposureQuota(*pair) for pair in zip(shares, masks, strict=True)]
    )
    wanted = [math.ceil(share * n) for share in shares]
    assert len(filled) == n == len(set(filled.items.tolist()))
    assert (np.diff(filled.items) > 0).all()
    assert masks[0][filled.items].sum() >= min(wanted[0], masks[0].sum())
    if shares[0] == 0:
        assert masks[1][filled.items].sum() >= min(wanted[1], masks[1].sum())
    alone = fill_quotas(ranked, n, [ExposureQuota(shares[0], masks[0])])
    assert masks[1][filled.items].sum() >= min(wanted[1], masks[1][alone.items].sum())


def test_providers_are_numbered_by_name_and_none_is_minus_one():
    assert provider_codes(["b", "", "a", "b"]).tolist() == [1, -1, 0, 1]
    assert provider_codes(["", ""]) is None
    assert provider_codes([]) is None


def test_a_provider_is_seldom_met_if_its_share_of_people_is_smaller_than_of_items():
    providers = np.array([0, 0, 1, 1, 1, -1, 2])
    counts = np.array([5, 5, 0, 1, 2, 99, 2])
    # shares of the people 10, 3 and 2 of 15, of the items 2, 3 and 1 of 6
    assert seldom_met(providers, counts).tolist() == [False, False, True, True, True, False, True]
    assert not seldom_met(providers, np.full(7, 4)).any()
    assert not seldom_met(providers, np.zeros(7, dtype=np.int32)).any()
