"""To which catalogue a row belongs."""

from __future__ import annotations

from functools import cache

from django.db.models import Field, Model

from catalog.models import Catalog


@cache
def path_to_catalog(model: type[Model]) -> str | None:
    """The lookup from a model to its catalogue, such as ``profile__catalog``.

    ``pk`` for the catalogue itself; None for rows of no catalogue, such as accounts.
    """
    return "pk" if model is Catalog else _search(model, frozenset({model}))


def catalog_key_of(row: Model) -> int | None:
    """The primary key of a row's catalogue; None for rows of no catalogue."""
    path = path_to_catalog(type(row))
    if path is None:
        return None
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
        if row is None:
            return None
    return row.pk if last == "pk" else getattr(row, f"{last}_id")


def _search(model: type[Model], seen: frozenset[type[Model]]) -> str | None:
    """The shortest path through foreign keys that are never empty."""
    targets = {
        field.name: field.related_model
        for field in model._meta.fields
        if _is_key(field) and field.related_model is not None
    }
    for name, target in targets.items():
        if target is Catalog:
            return name
    found = [
        f"{name}__{path}"
        for name, target in targets.items()
        if target not in seen and (path := _search(target, seen | {target}))
    ]
    return min(found, key=lambda path: path.count("__"), default=None)


def _is_key(field: Field) -> bool:
    return bool(field.many_to_one or field.one_to_one) and not field.null
