"""Evaluates predicted stars in a catalogue or in files."""

from __future__ import annotations

from pathlib import Path

from catalog.models import Catalog
from config.errors import AppError
from recommender.engine.data.dataset import Dataset
from recommender.engine.data.errors import DataError
from recommender.engine.data.types import Progress, no_progress
from recommender.engine.evaluation.rating_evaluation import RatingReport, evaluate_ratings
from recommender.training import datasets, file_datasets


def of_catalog(catalog: Catalog, *, seeds: int, progress: Progress = no_progress) -> RatingReport:
    """
    Raises:
        AppError: ``nothing_to_evaluate`` (409) if there are too few ratings.
    """
    return _evaluate(datasets.load(catalog).dataset, seeds, progress)


def of_files(
    interactions: Path, items: Path, *, seeds: int, progress: Progress = no_progress
) -> RatingReport:
    """Evaluate files as `file_datasets` reads them, with stars in ``value``.

    Raises:
        AppError: ``bad_file`` (400) with file, line, field and value; ``nothing_to_evaluate``
            (409) if there are too few ratings.
    """
    loaded = file_datasets.load(interactions=interactions, items=items)
    return _evaluate(loaded.dataset, seeds, progress)


def _evaluate(dataset: Dataset, seeds: int, progress: Progress) -> RatingReport:
    try:
        return evaluate_ratings(dataset, seeds=seeds, progress=progress)
    except DataError as error:
        raise AppError("nothing_to_evaluate", str(error), 409) from error
