"""What a person leaves out of their lists."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class ExclusionKind(StrEnum):
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

    kind: ExclusionKind
    words: str
    said: str = ""
    is_lack: bool = False

    @property
    def key(self) -> str:
        """The same for the same meaning, however it was said."""
        folded = unicodedata.normalize("NFKC", self.words).casefold()
        return f"{self.kind}:{' '.join(folded.split())}"
