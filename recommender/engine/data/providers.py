"""Who supplies the items, as codes, and which providers few people meet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray

NO_PROVIDER = -1


def provider_codes(providers: Sequence[str]) -> IntArray | None:
    """(n_items,) each provider a number in the order of names, ``NO_PROVIDER`` for none; None if nobody is named."""
    names = sorted({name for name in providers if name})
    codes = {name: code for code, name in enumerate(names)}
    return (
        np.array([codes.get(name, NO_PROVIDER) for name in providers], dtype=np.int32)
        if names
        else None
    )


def seldom_met(providers: IntArray, counts: IntArray) -> BoolArray:
    """(n_items,) mask of the items whose provider has a smaller share of the people than of the items.

    Args:
        providers: (n_items,) codes.
        counts: (n_items,) people per item.

    Only items that have a provider count. Where everybody is met alike the mask is empty.
    """
    named = providers != NO_PROVIDER
    items, people = (_by_provider(providers[named], weights) for weights in (None, counts[named]))
    # shares as products: people / all people < items / all items, without rounding
    seldom = people * items.sum() < items * people.sum()
    mask = np.zeros(len(providers), dtype=bool)
    mask[named] = seldom[providers[named]]
    return mask


def _by_provider(codes: IntArray, weights: IntArray | None) -> NDArray[np.float64]:
    return np.bincount(codes, weights=weights).astype(np.float64)
