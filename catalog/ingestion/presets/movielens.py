"""MovieLens: CSV (latest, 20M, 25M, 32M), ``::`` (1M, 10M) and the tables of 100K."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy

from catalog.ingestion.presets.base import Cells, Preset, each, filled, names_of, text
from catalog.ingestion.reading.columns import FileKind
from catalog.ingestion.reading.rows import ReadOptions

MOVIES = FileKind(
    "MovieLens movies", ("movieId", "title", "genres"), ("movieId", "title"), ("movieId",)
)
RATINGS = FileKind(
    "MovieLens ratings",
    ("userId", "movieId", "rating", "timestamp"),
    ("userId", "movieId", "rating", "timestamp"),
    ("userId", "movieId"),
    "timestamp",
)
GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime",
    "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance",
    "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
MOVIES_100K = FileKind(
    "MovieLens 100K movies",
    ("movieId", "title", "release date", "video release date", "IMDb URL", *GENRES_100K),
    ("movieId", "title"),
    ("movieId",),
)
_YEAR = re.compile(r"\((\d{4})\)\s*$")
_NONE = "(no genres listed)"


def _movie(row: Cells) -> dict[str, Any]:
    title = text(row, "title")
    year = _YEAR.search(title)
    genres = [name for name in names_of(text(row, "genres"), "|") if name != _NONE]
    return {
        "item_id": text(row, "movieId"),
        **filled(
            title=title, categories=genres, attributes={"year": int(year[1])} if year else None
        ),
    }


def _movie_100k(row: Cells) -> dict[str, Any]:
    genres = [name for name in GENRES_100K[1:] if text(row, name) == "1"]
    return _movie({**row, "genres": "|".join(genres)})


def _rating(row: Cells) -> dict[str, Any]:
    return {
        "user_id": text(row, "userId"),
        "item_id": text(row, "movieId"),
        "kind": "rate",
        "value": row.get("rating"),
        "timestamp": row.get("timestamp"),
    }


_DAT = ReadOptions(delimiter="::", encoding="latin-1", columns=MOVIES.columns)
_DAT_RATINGS = ReadOptions(delimiter="::", columns=RATINGS.columns)
_ITEM_100K = ReadOptions(delimiter="|", encoding="latin-1", columns=MOVIES_100K.columns)
_DATA_100K = ReadOptions(delimiter="\t", columns=RATINGS.columns)

PRESETS = (
    Preset("movielens", gettext_lazy("MovieLens movies.csv"), "items", MOVIES, each(_movie)),
    Preset(
        "movielens-ratings",
        gettext_lazy("MovieLens ratings.csv"),
        "interactions",
        RATINGS,
        each(_rating),
    ),
    Preset(
        "movielens-dat", gettext_lazy("MovieLens movies.dat"), "items", MOVIES, each(_movie), _DAT
    ),
    Preset(
        "movielens-dat-ratings",
        gettext_lazy("MovieLens ratings.dat"),
        "interactions",
        RATINGS,
        each(_rating),
        _DAT_RATINGS,
    ),
    Preset(
        "movielens-100k",
        gettext_lazy("MovieLens 100K u.item"),
        "items",
        MOVIES_100K,
        each(_movie_100k),
        _ITEM_100K,
    ),
    Preset(
        "movielens-100k-ratings",
        gettext_lazy("MovieLens 100K u.data"),
        "interactions",
        RATINGS,
        each(_rating),
        _DATA_100K,
    ),
)
