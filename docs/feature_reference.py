"""The reference of the features that the trees of the second stage read."""

from __future__ import annotations

from collections.abc import Iterator

from docs.generate import code, document, table


def features_page() -> str:
    from recommender.engine.ranking.second_stage import DEPTH

    return document(
        "Features",
        f"What the trees of the second stage read of the n best candidates of a query, at most "
        f"{DEPTH}: one row for each candidate, finite 32-bit numbers. `(n_items,)` is a fact of "
        "the item at the end of the training's log, stored with the version; `()` is one value for "
        "all candidates of a query. log1p(x) is the natural logarithm of 1 + x.",
        table(["name", "shape", "kind", "meaning"], feature_rows()),
        "## Columns of the terms",
        "Before these columns come the terms of the first stage, one column `(n,)` for each: a "
        "component's score over its deviation in the catalogue, 0 without a score. A component "
        "with two decays or variants has two terms. Which terms there are is learnt for each "
        "catalogue and stored with the version.",
        "## As of",
        "`as_of` is the end of the training's log. An age is the share of the log's interactions "
        "that came later, from 0 to 1, and `recent_2` counts in the last 2 % of them. No clock is "
        "read: a moment has the same features in training and, however much later, in a list.",
        "## In explanations",
        "What each feature adds to a score is exact (Shapley values). A term's part goes to what "
        "its component contributes, as past items and words. The other parts are shown by kind.",
        table(["kind", "in explanations"], kind_rows()),
        "A version's page in the admin shows how much each feature matters to its trees.",
    )


def feature_rows() -> Iterator[tuple[str, str, str, str]]:
    from recommender.engine.ranking.features import FACTS, PAIR, PERSON, SCORE

    for shape, features in (("(n,)", SCORE), ("(n_items,)", FACTS), ("()", PERSON), ("(n,)", PAIR)):
        for feature in features:
            yield code(feature.name), code(shape), feature.kind, feature.meaning


def kind_rows() -> Iterator[tuple[str, str]]:
    """What readers see of each kind, and of the mean prediction."""
    from recommender.engine.ranking.attribution import BASE
    from recommender.engine.ranking.features import Kind
    from recommender.explanations.evidence import KINDS, NAMES

    yield Kind.SCORE, "spread over all that contributes to the first stage's score, by its amount"
    for kind in (*(kind for kind in Kind if kind != Kind.SCORE), BASE):
        yield kind, f"“{NAMES[KINDS[kind]]}”"
