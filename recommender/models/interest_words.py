"""The values that an interest text stores: words with their weights, and muted words.

`recommender.preferences.interests` edits them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from recommender.engine.data.types import Exclusion, ExclusionKind

MAX_TEXT = 2000
MAX_WORD = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an interest text.

    Attributes:
        weight: 0 to 1.
        pinned: the person pinned it.
        added: the person added it.
        edited: the person changed its weight.
        form: as the catalogue writes it. Empty if that is the word itself.

    A word without any of the three flags is generated.
    """

    word: str
    weight: float = 1.0
    pinned: bool = False
    added: bool = False
    edited: bool = False
    form: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Word:
        return cls(**row)

    @property
    def shown(self) -> str:
        return self.form or self.word

    @property
    def is_own(self) -> bool:
        """Whether the word stays when the language model writes a new text."""
        return self.pinned or self.added or self.edited

    @property
    def strength(self) -> int:
        """The weight in three steps, 1 to 3, as a page shows it."""
        return 1 + (self.weight > 0.34) + (self.weight > 0.67)

    def as_dict(self) -> dict[str, Any]:
        row = asdict(self)
        return row if self.form else {key: row[key] for key in row if key != "form"}


@dataclass(frozen=True, slots=True)
class Interests:
    """What a person typed, the words (strongest first), and the muted words.

    ``lifted``: keys of exclusions of the typed text that do not count; ``exclusions``: those that
    the person chose beside the text.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    unwanted: tuple[str, ...] = ()
    lifted: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def own(self) -> tuple[Word, ...]:
        """The words that the person pinned, added or changed."""
        return tuple(word for word in self.words if word.is_own)

    @property
    def is_edited(self) -> bool:
        return bool(self.text or self.unwanted or self.own or self.exclusions)


@dataclass(frozen=True)
class StatedExclusion:
    """An exclusion as it is read back.

    ``is_typed``: the text says it; otherwise the person chose it. ``is_lifted``: it does not count.
    """

    exclusion: Exclusion
    is_typed: bool
    is_lifted: bool = False


def exclusion_of(row: Mapping[str, Any]) -> Exclusion:
    """An exclusion from its stored form."""
    return Exclusion(ExclusionKind(row["kind"]), row["words"])


def exclusion_row(exclusion: Exclusion) -> dict[str, str]:
    return {"kind": str(exclusion.kind), "words": exclusion.words}


def folded(word: str) -> str:
    """A word as it is stored and compared: lower case, single spaces."""
    return " ".join(word.casefold().split())
