"""Boosted regression trees as arrays: predictions and exact contributions in numpy.

LightGBM trains them (``tuning.tree_training``); nothing of it is needed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import chain
from math import factorial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recommender.engine.data.types import FloatArray


@dataclass(frozen=True)
class Condition:
    """A node on the way to a leaf, and whether the way goes left there."""

    node: int
    left: bool


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees over ``d`` features; a node's left child is taken where value <= threshold.

    All trees are in the same arrays. A child below 0 is the leaf -1 - child. A value that is not
    a number goes left if ``nan_left``.

    Attributes:
        roots: (n_trees,) first node of each tree; below 0 for a tree of one leaf.
        feature, threshold, left, right, nan_left: (n_nodes,).
        node_rows: (n_nodes,) training rows that reached the node.
        leaf_value, leaf_rows: (n_leaves,).
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    nan_left: NDArray[np.bool_]
    node_rows: NDArray[np.int64]
    leaf_value: NDArray[np.float64]
    leaf_rows: NDArray[np.int64]

    def get_state(self) -> dict[str, np.ndarray]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_state(cls, state: Mapping[str, np.ndarray]) -> Self:
        return cls(**{field.name: state[field.name] for field in fields(cls)})

    def predict(self, features: FloatArray) -> NDArray[np.float64]:
        """(n,) sums of the trees for features (n, d)."""
        walk, n = self._walk, len(features)
        goes_left = np.zeros((n, walk.size), dtype=np.int32)
        goes_left[:, : len(self.feature)] = self._goes_left(features)
        first = np.arange(n, dtype=np.int32)[:, None] * np.int32(walk.size)
        at = np.tile(walk.roots, (n, 1))
        for _level in range(walk.depth):
            at = walk.children.take(2 * at + goes_left.take(first + at))
        return np.asarray(self.leaf_value.take(at - len(self.feature)).sum(axis=1))

    def contributions(self, features: FloatArray) -> NDArray[np.float64]:
        """(n, d) what each feature adds to each prediction; ``base`` is what they are added to.

        The Shapley values of the features, as LightGBM's ``pred_contrib`` gives them. A leaf's part
        depends only on which of its conditions hold, so it is looked up in a table.
        Source: Lundberg et al. 2020, From local explanations to global understanding with
        explainable AI for trees.
        """
        n, d = features.shape
        table = self._table
        if not len(table.slot_leaf):
            return np.zeros((n, d))
        holds = self._goes_left(features).T[table.condition_node] == table.wants_left[:, None]
        met = holds[table.slot_starts]
        for slots, conditions in table.further:
            met[slots] &= holds[conditions]
        codes = np.add.reduceat(met * table.slot_bit[:, None], table.leaf_starts)
        found = table.amounts[table.slot_place[:, None] + codes[table.slot_leaf] * table.slot_step]
        cells = table.slot_feature[:, None] + np.arange(n) * d
        sums = np.bincount(cells.ravel(), found.ravel(), n * d)
        return np.asarray(sums.reshape(n, d), dtype=np.float64)

    @cached_property
    def base(self) -> float:
        """The mean prediction over the training rows."""
        total = 0.0
        for root in self.roots.tolist():
            leaves = [leaf for leaf, _way in self.ways(root)]
            rows = self.leaf_rows[leaves]
            total += float(self.leaf_value[leaves] @ rows / max(1, rows.sum()))
        return total

    def importance(self, n_features: int) -> NDArray[np.float64]:
        """(n_features,) the share of splits by each feature; a split counts its training rows.

        All are 0 if no tree has a split.
        """
        rows = np.bincount(self.feature, self.node_rows, n_features)
        return np.asarray(rows / max(1.0, rows.sum()))

    def ways(self, root: int) -> Iterator[tuple[int, list[Condition]]]:
        """Every leaf of a tree with the conditions on the way to it."""
        open_nodes: list[tuple[int, list[Condition]]] = [(root, [])]
        while open_nodes:
            at, way = open_nodes.pop()
            if at < 0:
                yield -1 - at, way
                continue
            open_nodes.append((int(self.right[at]), [*way, Condition(at, False)]))
            open_nodes.append((int(self.left[at]), [*way, Condition(at, True)]))

    def share(self, condition: Condition) -> float:
        """The share of the node's training rows that meet the condition."""
        child = int((self.left if condition.left else self.right)[condition.node])
        rows = self.leaf_rows[-1 - child] if child < 0 else self.node_rows[child]
        return float(rows) / max(1, int(self.node_rows[condition.node]))

    def _goes_left(self, features: FloatArray) -> NDArray[np.bool_]:
        """(n, n_nodes) where the features (n, d) go at each node."""
        values = features[:, self.feature]
        left = values <= self.threshold
        if np.isnan(features).any():
            np.copyto(left, self.nan_left, where=np.isnan(values))
        return left

    @cached_property
    def _walk(self) -> Walk:
        return Walk.of(self)

    @cached_property
    def _table(self) -> Table:
        return Table.of(self)


@dataclass(frozen=True)
class Walk:
    """The nodes and, after them, the leaves, each of which is its own child.

    Attributes:
        roots: (n_trees,) where each tree begins.
        children: (2 * size,) the right and the left child of each.
        size: number of nodes and leaves.
        depth: steps after which every way is at a leaf.
    """

    roots: NDArray[np.int32]
    children: NDArray[np.int32]
    size: int
    depth: int

    @classmethod
    def of(cls, trees: Trees) -> Walk:
        n_nodes, n_leaves = len(trees.feature), len(trees.leaf_value)

        def place(child: NDArray[np.int32]) -> NDArray[np.int32]:
            return np.where(child < 0, n_nodes - 1 - child, child).astype(np.int32)

        leaves = np.arange(n_nodes, n_nodes + n_leaves, dtype=np.int32)
        right, left = (np.append(place(child), leaves) for child in (trees.right, trees.left))
        ways = (way for root in trees.roots.tolist() for _leaf, way in trees.ways(root))
        return cls(
            roots=place(trees.roots),
            children=np.stack([right, left], axis=1).ravel(),
            size=n_nodes + n_leaves,
            depth=max(map(len, ways), default=0),
        )


@dataclass(frozen=True)
class Leaf:
    """A leaf's conditions by feature: the *slots* of the table.

    ``amounts``: (2^k, k) what each of its k features adds, by which of the slots hold.
    """

    slots: Mapping[int, list[Condition]]
    amounts: NDArray[np.float64]

    @classmethod
    def of(cls, trees: Trees, leaf: int, way: list[Condition]) -> Leaf:
        slots: dict[int, list[Condition]] = {}
        for condition in way:
            slots.setdefault(int(trees.feature[condition.node]), []).append(condition)
        shares = [np.prod([trees.share(each) for each in slot]) for slot in slots.values()]
        return cls(slots, shapley(np.array(shares)) * trees.leaf_value[leaf])


@dataclass(frozen=True)
class Table:
    """For every leaf with conditions: its slots, and what each combination of them adds.

    Attributes:
        condition_node, wants_left: the conditions of all slots, in order.
        slot_starts: the first condition of each slot.
        slot_feature, slot_leaf, slot_rank: of each slot; the rank is the one within its leaf.
        leaf_starts: the first slot of each leaf.
        offset, size: by leaf where its amounts begin, and its number of slots.
        amounts: flat, one row of ``size`` for each combination.
    """

    condition_node: NDArray[np.int32]
    wants_left: NDArray[np.bool_]
    slot_starts: NDArray[np.int64]
    slot_feature: NDArray[np.int64]
    slot_leaf: NDArray[np.int64]
    slot_rank: NDArray[np.int64]
    leaf_starts: NDArray[np.int64]
    offset: NDArray[np.int64]
    size: NDArray[np.int64]
    amounts: NDArray[np.float64]

    @cached_property
    def slot_bit(self) -> NDArray[np.int64]:
        return np.left_shift(1, self.slot_rank)

    @cached_property
    def further(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The slots with a second condition and those conditions, then with a third, and so on."""
        lengths = np.diff(np.append(self.slot_starts, len(self.condition_node)))
        found = []
        for rank in range(1, int(lengths.max(initial=0))):
            slots = np.flatnonzero(lengths > rank)
            found.append((slots, self.slot_starts[slots] + rank))
        return found

    @cached_property
    def slot_place(self) -> NDArray[np.int64]:
        """Where the amounts of each slot begin, and below what they are apart."""
        return self.offset[self.slot_leaf] + self.slot_rank

    @cached_property
    def slot_step(self) -> NDArray[np.int64]:
        """(n_slots, 1)."""
        return self.size[self.slot_leaf][:, None]

    @classmethod
    def of(cls, trees: Trees) -> Table:
        leaves = [
            Leaf.of(trees, leaf, way)
            for root in trees.roots.tolist()
            for leaf, way in trees.ways(root)
            if way
        ]
        slots = [slot for leaf in leaves for slot in leaf.slots.values()]
        conditions = list(chain.from_iterable(slots))
        size = np.array([len(leaf.slots) for leaf in leaves], dtype=np.int64)
        ranks = [np.arange(count) for count in size]
        return cls(
            condition_node=np.array([each.node for each in conditions], dtype=np.int32),
            wants_left=np.array([each.left for each in conditions], dtype=bool),
            slot_starts=_starts(np.array([len(slot) for slot in slots], dtype=np.int64)),
            slot_feature=np.array([name for leaf in leaves for name in leaf.slots], dtype=np.int64),
            slot_leaf=np.repeat(np.arange(len(leaves)), size),
            slot_rank=np.concatenate(ranks) if ranks else np.zeros(0, dtype=np.int64),
            leaf_starts=_starts(size),
            offset=_starts(np.array([leaf.amounts.size for leaf in leaves], dtype=np.int64)),
            size=size,
            amounts=np.concatenate([leaf.amounts.ravel() for leaf in leaves] or [np.zeros(0)]),
        )


def _starts(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) where each of the pieces of these sizes begins."""
    return np.cumsum(sizes) - sizes


def shapley(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2^k, k) Shapley values of k conditions of a leaf of value 1, by which of them hold.

    ``shares``: (k,) the share of the training rows that meet each condition. Bit j of the row says
    whether condition j holds. Without knowledge of a condition the leaf counts with its share.
    """
    k = len(shares)
    bits = (np.arange(1 << k)[:, None] >> np.arange(k)) & 1
    found = np.zeros((1 << k, k))
    for known in bits.astype(bool):  # the same bits say which conditions are known
        size = int(known.sum())
        value = np.where(known, bits, shares)  # (2^k, k): a condition's factor of the leaf's value
        for j in np.flatnonzero(~known):
            weight = factorial(size) * factorial(k - size - 1) / factorial(k)
            others = np.prod(np.delete(value, j, axis=1), axis=1)
            found[:, j] += weight * others * (bits[:, j] - shares[j])
    return found
