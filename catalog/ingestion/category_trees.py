"""Makes categories, and those above them, from names that are paths."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from catalog.models import Catalog, Category
from catalog.models.category_paths import BELOW, folded, paths_to


def category_keys(catalog: Catalog, names: Iterable[str]) -> dict[str, int]:
    """The keys of these categories by ``folded`` name; missing ones are made, level by level.

    A new one is spelled as it comes first.
    """
    wanted: dict[str, str] = {}
    for path in chain.from_iterable(map(paths_to, dict.fromkeys(names))):
        wanted.setdefault(folded(path), path)
    if not wanted:
        return {}
    known = _known(catalog)
    missing = [path for key, path in wanted.items() if key not in known]
    for depth in sorted({path.count(BELOW) for path in missing}):
        level = [path for path in missing if path.count(BELOW) == depth]
        Category.objects.bulk_create(
            [
                Category(
                    catalog=catalog, name=_spelled(path, known), parent_id=_parent(path, known)
                )
                for path in level
            ],
            ignore_conflicts=True,
        )
        known = _known(catalog)
    return {key: known[key][1] for key in wanted}


def _known(catalog: Catalog) -> dict[str, tuple[str, int]]:
    """Folded name -> name and key; the first made wins where two differ in case or width only."""
    rows = catalog.categories.order_by("-pk").values_list("name", "pk")
    return {folded(name): (name, pk) for name, pk in rows}


def _spelled(path: str, known: dict[str, tuple[str, int]]) -> str:
    """The path with its ancestors spelled as they are known."""
    above, below, last = path.rpartition(BELOW)
    return known[folded(above)][0] + below + last if above else path


def _parent(path: str, known: dict[str, tuple[str, int]]) -> int | None:
    above = path.rpartition(BELOW)[0]
    return known[folded(above)][1] if above else None
