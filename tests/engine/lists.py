"""Lists and explanations in one call, as tests ask for them."""

from __future__ import annotations

from typing import Any

from recommender.engine.data.types import Contribution, Recommendation
from recommender.engine.pipeline import Recommender, Request


def explain(recommender: Recommender, request: Request, *items: int) -> list[list[Contribution]]:
    """The contributions to each item's score in the list of a request."""
    return recommender.score_query(request).explain([(request, items)])[0]


def similar(recommender: Recommender, item: int, n: int, **options: Any) -> Recommendation:
    """The items nearest to one. ``options``: ``negative_feedback``, and fields of the request."""
    scored = recommender.score_neighbours(item, n, options.pop("negative_feedback", ()))
    return scored.recommend(Request(scored.query, n, **options))
