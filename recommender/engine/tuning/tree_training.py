"""Train the trees of the second stage with LightGBM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from recommender.engine.ranking.trees import Trees
from recommender.engine.runtime.part_done import part_done
from recommender.engine.tuning.tree_groups import Groups

ROUNDS = 120
PARAMETERS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "num_leaves": 8,
    "learning_rate": 0.06,
    "min_data_in_leaf": 60,
    "lambda_l2": 20.0,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambdarank_truncation_level": 15,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


def why_not() -> str:
    """Why no trees can be trained on this machine; empty if they can."""
    try:
        import lightgbm  # noqa: F401 (a system library that it needs may be missing, too)
    except (ImportError, OSError) as error:
        return f"lightgbm cannot be imported: {error}"
    return ""


def train_trees(groups: Groups, seed: int) -> Trees:
    """The trees that rank what was taken first: LambdaMART.

    Source: Burges 2010, From RankNet to LambdaRank to LambdaMART.
    """
    import lightgbm

    data = lightgbm.Dataset(
        groups.features,
        groups.taken.astype(np.int32),
        group=groups.sizes,
        weight=np.repeat(groups.weights, groups.sizes),
        init_score=groups.start,
    )
    parameters, callbacks = {**PARAMETERS, "seed": seed}, [lambda _round: part_done()]
    return trees_of(lightgbm.train(parameters, data, ROUNDS, callbacks=callbacks))


def trees_of(booster: Any) -> Trees:
    """The arrays of a LightGBM booster."""
    arrays: dict[str, list[Any]] = {field.name: [] for field in fields(Trees)}
    for tree in booster.dump_model()["tree_info"]:
        arrays["roots"].append(_add(tree["tree_structure"], arrays))
    kinds = {"threshold": np.float64, "nan_left": np.bool_, "leaf_value": np.float64}
    kinds |= {"node_rows": np.int64, "leaf_rows": np.int64}
    return Trees(**{name: np.array(own, kinds.get(name, np.int32)) for name, own in arrays.items()})


def _add(node: Mapping[str, Any], arrays: dict[str, list[Any]]) -> int:
    """Add the node with all below it.

    Returns:
        Its number, or -1 - the number of the leaf.
    """
    if "leaf_value" in node:
        arrays["leaf_value"].append(node["leaf_value"])
        arrays["leaf_rows"].append(node.get("leaf_count", 1))
        return -len(arrays["leaf_value"])
    if node["decision_type"] != "<=":
        raise ValueError(f"decision_type: {node['decision_type']!r} is not '<='")
    at = len(arrays["feature"])
    arrays["feature"].append(node["split_feature"])
    arrays["threshold"].append(node["threshold"])
    arrays["nan_left"].append(_nan_left(node))
    arrays["node_rows"].append(node["internal_count"])
    arrays["left"].append(0)
    arrays["right"].append(0)
    arrays["left"][at] = _add(node["left_child"], arrays)
    arrays["right"][at] = _add(node["right_child"], arrays)
    return at


def _nan_left(node: Mapping[str, Any]) -> bool:
    """Where a missing value goes: LightGBM treats it as 0 where training saw none."""
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    return bool(node["threshold"] >= 0)
