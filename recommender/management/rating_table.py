"""The table of the errors of predicted stars."""

from __future__ import annotations

import math

from recommender.engine.evaluation.rating_evaluation import FIGURES, Interval, RatingReport

NAMES = {
    "ours": "ours (factors + content)",
    "plain_factors": "biased factors, stars only",
    "habits": "biases of people and items",
    "mean": "mean of all stars",
}
TITLES = {"mse": "MSE", "rmse": "RMSE", "mae": "MAE", "tail_mse": "MSE of tail items"}
NAME_WIDTH, WIDTH = 28, 24


def rating_table(report: RatingReport, source: str) -> str:
    head = (
        f"{source}: {report.ratings:,} ratings of {report.items:,} items "
        f"by {report.people:,} people. Random 80/20, {report.seeds} seeds; "
        f"{report.tail_ratings:,.0f} of the evaluated ratings are of tail items."
    )
    note = "Lower is better. Brackets: 95 % t-intervals over seeds."
    titles = "".ljust(NAME_WIDTH) + "".join(TITLES[figure].rjust(WIDTH) for figure in FIGURES)
    rows = [
        NAMES[name].ljust(NAME_WIDTH)
        + "".join(_cell(figures[figure]).rjust(WIDTH) for figure in FIGURES)
        for name, figures in report.figures.items()
    ]
    return "\n".join([head, note, "", titles, *rows])


def _cell(value: Interval) -> str:
    if math.isnan(value.mean):
        return "–"
    return f"{value.mean:.4f}" + (
        "" if math.isnan(value.low) else f" [{value.low:.4f} {value.high:.4f}]"
    )
