"""Generated sections of docs/explanation/evaluation.md, between markers, with their JSON files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recommender.engine.data.errors import DataError
from recommender.experiments.plots import plot_ablation, plot_benchmark, plot_paper
from recommender.experiments.report_ablation import ablation_section
from recommender.experiments.report_benchmark import benchmark_section
from recommender.experiments.report_paper import paper_section
from recommender.experiments.report_tuned_peers import tuned_peers_section

Draw = Callable[[Mapping[str, Any], Path], None]
Section = tuple[Callable[[Mapping[str, Any]], str], Draw | None]
SECTIONS: Mapping[str, Section] = {
    "benchmark": (benchmark_section, plot_benchmark),
    "tuned-peers": (tuned_peers_section, None),
    "paper": (paper_section, plot_paper),
    "ablation": (ablation_section, plot_ablation),
}


def publish(name: str, results: Mapping[str, Any], docs: Path) -> list[Path]:
    """Write the results, their tables and their charts.

    Returns:
        The written files.

    Raises:
        DataError: if evaluation.md lacks the section's markers.
    """
    folder, page = docs / "evaluation", docs / "evaluation.md"
    write, draw = SECTIONS[name]
    text = inserted(page.read_text(), name, write(results))
    folder.mkdir(exist_ok=True)
    stored = folder / f"{name}.json"
    stored.write_text(json.dumps(without_nan(results), indent=1, ensure_ascii=False) + "\n")
    if draw:
        draw(results, folder)
    page.write_text(text)
    return [page, stored, *sorted(folder.glob(f"{name}*.svg"))]


def inserted(page: str, name: str, generated: str, where: str = "evaluation.md") -> str:
    """The page with new text between the section's markers."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise DataError(f"{where}: needs {begin} and {end}, once each, in this order")
    before, rest = page.split(begin)
    return f"{before}{begin}\n\n{generated.strip()}\n\n{end}{rest.split(end)[1]}"


def without_nan(value: Any) -> Any:
    """JSON values: null instead of nan, and numbers rounded to five digits."""
    if isinstance(value, Mapping):
        return {key: without_nan(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [without_nan(each) for each in value]
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return str(value) if isinstance(value, Path) else value
