"""What both grammars make of a text: the things that somebody leaves out, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from recommender.engine.exclusions.folding import folded_text


class Kind(StrEnum):
    """``WITHOUT``: no item with it. ``ONLY``: no item that is anything else."""

    WITHOUT = "without"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One thing that a person leaves out, or the only thing that they want.

    Attributes:
        words: the thing, as the person wrote it.
        said: the phrase that says so; empty for one that was not typed.
        is_lack: the person says that they do not have it. That counts for equipment and food.
    """

    kind: Kind
    words: str
    said: str = ""
    is_lack: bool = False

    @property
    def key(self) -> str:
        """The same for the same meaning, however it was said."""
        return f"{self.kind}:{' '.join(folded_text(self.words).split())}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a text that leaves something out: from ``start`` to ``end``."""

    start: int
    end: int
    exclusions: tuple[Exclusion, ...]

    @property
    def stays(self) -> bool:
        """Whether its words are wanted, so that they stay in the rest of the text."""
        return all(each.kind == Kind.ONLY for each in self.exclusions)
