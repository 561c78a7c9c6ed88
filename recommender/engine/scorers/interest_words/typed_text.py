"""Typed texts as vectors of a text encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from weakref import ref

import numpy as np

from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import FloatArray
from recommender.engine.runtime.identity_cache import recently
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.normal_forms import for_reading
from recommender.engine.text.whitening import Whitening

MOST_REMEMBERED = 1000
"""Typed texts whose vectors are cached: a page needs the same one several times."""


@dataclass(frozen=True, eq=False)
class Typing:
    """From a text encoder's vector to an input of the network: whiten, then (k, a) ``adapter``."""

    whitening: Whitening
    adapter: FloatArray

    @classmethod
    def of(cls, texts: ItemTexts, adapter: FloatArray) -> Self | None:
        """None if no encoder read the items. ``adapter`` (d, a) begins with the encoder's rows."""
        if texts.whitening is None:
            return None
        return cls(texts.whitening, adapter[: texts.whitening.axes.shape[1]])

    def fits(self, encoder: TextEncoder) -> bool:
        """Whether the encoder's dimension is that of the encoder that read the items."""
        return encoder.dimension == len(self.whitening.mean)

    def read(self, vector: FloatArray) -> FloatArray:
        """(k,) the whitened vector; times ``adapter`` it is an input of the network."""
        whitened: FloatArray = self.whitening(vector[None])[0]
        return whitened

    def get_state(self) -> dict[str, np.ndarray]:
        return {"mean": self.whitening.mean, "axes": self.whitening.axes, "adapter": self.adapter}

    @classmethod
    def from_state(cls, state: dict[str, np.ndarray]) -> Self:
        return cls(Whitening(state["mean"], state["axes"]), state["adapter"])


@recently(MOST_REMEMBERED, key=lambda encoder, text: (ref(encoder), text))
def read_typed(typing: Typing, encoder: TextEncoder, text: str) -> FloatArray:
    """(k,) the whitened vector of a typed text, cached.

    Raises:
        EncoderError: if the encoder is unavailable; this is not cached.
    """
    return typing.read(encoder.encode([for_reading(text)])[0])


def typed_vector(
    typing: Typing | None, encoder: TextEncoder | None, text: str
) -> FloatArray | None:
    """(k,) the whitened vector of a typed text.

    None if the text is empty, or the encoder is missing, unavailable or another one.
    """
    if not (text.strip() and encoder and typing):
        return None
    try:
        return read_typed(typing, encoder, text) if typing.fits(encoder) else None
    except EncoderError:
        return None
