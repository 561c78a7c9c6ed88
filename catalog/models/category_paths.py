"""Names of categories in trees: paths, such as "Clothing > T-shirts"."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext

#: Between the parts of a name: "Clothing > T-shirts" is below "Clothing".
BELOW = " > "


def folded(name: str) -> str:
    """What is alike in names of one category: they differ in case, or in width as Ｋ and K do."""
    return unicodedata.normalize("NFKC", name).casefold()


def path_of(text: str) -> str:
    """A category's name in its one form: ``Clothing>T-shirts`` is "Clothing > T-shirts".

    A text with markup in it is no path. The wide ＞ of Chinese keyboards is a >.

    Raises:
        ValueError: for an empty part, with the reason.
    """
    text = text.replace("＞", ">")
    if ">" not in text or "<" in text:
        return text.strip()
    parts = [part.strip() for part in text.split(">")]
    if not all(parts):
        raise ValueError(gettext("has an empty part in its path"))
    return BELOW.join(parts)


def paths_to(name: str) -> list[str]:
    """The category's name after those of its ancestors, the topmost first."""
    parts = name.split(BELOW)
    return [BELOW.join(parts[:depth]) for depth in range(1, len(parts) + 1)]
