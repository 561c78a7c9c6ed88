"""What of an item is searched for the things that people leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class SearchableItem:
    """``text``: description, provider and attributes. ``values``: of attributes, one by one."""

    key: int
    title: str
    text: str
    categories: tuple[str, ...] = ()
    provider: str = ""
    values: tuple[str, ...] = ()
    language: str = ""

    @classmethod
    def of(
        cls,
        key: int,
        title: str,
        description: str,
        *,
        categories: Sequence[str] = (),
        provider: str = "",
        attributes: Mapping[str, Any] | None = None,
        language: str = "",
    ) -> Self:
        values = tuple(_values(attributes or {}))
        text = "\n".join([description, provider, *values])
        return cls(key, title, text, tuple(categories), provider, values, language)


def _values(attributes: Mapping[str, Any]) -> Iterator[str]:
    """Attributes in words: ``vegan: true`` as "vegan", ``nuts: false`` as "no nuts".

    Numbers and addresses name nothing.
    """
    for name, value in attributes.items():
        words = name.replace("_", " ").replace("-", " ")
        if isinstance(value, bool):
            thing = words.removeprefix("contains ").removeprefix("has ").removeprefix("is ")
            yield thing if value else f"no {thing}"
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each and "://" not in each:
                yield each
