"""Item providers as codes, and which providers are underexposed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import BoolArray, IntArray

NO_PROVIDER = -1


def provider_codes(providers: Sequence[str]) -> IntArray | None:
    """(n_items,) provider codes in alphabetical order, ``NO_PROVIDER`` for an empty name.

    None if no item has a provider.
    """
    names = sorted({name for name in providers if name})
    if not names:
        return None
    codes = {name: code for code, name in enumerate(names)}
    return np.array([codes.get(name, NO_PROVIDER) for name in providers], dtype=np.int32)


def seldom_met(providers: IntArray, counts: IntArray) -> BoolArray:
    """(n_items,) mask of the items of seldom met providers.

    Such a provider has a smaller share of the people than of the items. Only items with a
    provider count. If all providers are equally well met, the mask is all false.

    Args:
        providers: (n_items,) codes.
        counts: (n_items,) people per item.
    """
    named = providers != NO_PROVIDER
    items, people = (_by_provider(providers[named], weights) for weights in (None, counts[named]))
    # people / all people < items / all items, as products: without rounding errors
    seldom = people * items.sum() < items * people.sum()
    mask = np.zeros(len(providers), dtype=bool)
    mask[named] = seldom[providers[named]]
    return mask


def _by_provider(codes: IntArray, weights: IntArray | None) -> NDArray[np.float64]:
    return np.bincount(codes, weights=weights).astype(np.float64)
