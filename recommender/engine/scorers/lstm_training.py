"""The LSTM layer that both networks train."""

from __future__ import annotations

from typing import Any


def lstm_layer(width: int, hidden: int, seed: int) -> Any:
    """A built Keras layer: (n, t, width) steps to (n, t, hidden) states after each of them."""
    from keras import initializers, layers

    layer = layers.LSTM(
        hidden,
        return_sequences=True,
        kernel_initializer=initializers.GlorotUniform(seed=seed),
        recurrent_initializer=initializers.Orthogonal(seed=seed),
    )
    layer.build((None, None, width))
    return layer
