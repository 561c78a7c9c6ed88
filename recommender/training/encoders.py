"""The text encoder that the settings name."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path

from django.conf import settings

from recommender.engine.data.errors import EncoderError
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.encoding_cache import CachedEncoder, EncodingCache
from recommender.engine.text.onnx_encoder import OnnxEncoder
from recommender.engine.text.sentence_encoder import SentenceEncoder
from recommender.engine.text.word_file_encoder import WordFileEncoder
from recommender.engine.text.word_vectors import is_word_vector_file
from recommender.llm.client import Client, Endpoint
from recommender.llm.embeddings import EmbeddingEncoder

logger = logging.getLogger(__name__)

PRETRAINED, WORDS = "pretrained", "words"
CACHE_FILE = "encoded-texts.sqlite3"
WORD_VECTORS_FOLDER = "word-vectors"
MEBIBYTE = 1024**2

TYPED_TIMEOUT = 2.0
"""Seconds that a page waits for a server to encode a typed text."""


def item_encoder() -> TextEncoder | None:
    """The encoder of items, with a cache in VAR_DIR. None if the settings ask for word vectors.

    Raises:
        EncoderError: if the configured encoder is unavailable.
    """
    encoder = _encoder(*_wanted(), settings.TEXT_ENCODER_TIMEOUT, 3)
    if encoder is None:
        return None
    return CachedEncoder(
        encoder, EncodingCache(settings.VAR_DIR / CACHE_FILE, settings.TEXT_CACHE_MIB * MEBIBYTE)
    )


def typed_text_encoder() -> TextEncoder | None:
    """The encoder of typed texts: it stores nothing and has a short timeout.

    None also if it is unavailable: pages work without it, and the next training reports the error.
    """
    try:
        return _encoder(*_wanted(), min(TYPED_TIMEOUT, settings.TEXT_ENCODER_TIMEOUT), 0)
    except EncoderError as error:
        logger.warning("typed texts are read without an encoder: %s", error)
        return None


def fingerprint() -> str:
    """Changes whenever the vectors of items would change."""
    encoder = item_encoder()
    return WORDS if encoder is None else encoder.fingerprint


def _wanted() -> tuple[str, str, str]:
    return settings.TEXT_ENCODER, settings.TEXT_ENCODER_MODEL, settings.TEXT_ENCODER_API_KEY


@cache
def _encoder(
    wanted: str, model: str, api_key: str, timeout: float, retries: int
) -> TextEncoder | None:
    if wanted == WORDS:
        return None
    if wanted == PRETRAINED:
        return _pretrained()
    if wanted.startswith(("http://", "https://")):
        return EmbeddingEncoder(Client(Endpoint(wanted, model, api_key, timeout, retries)))
    path = Path(wanted)
    return (
        _folder(path)
        if path.is_dir() or not is_word_vector_file(path)
        else _word_file(path, settings.VAR_DIR)
    )


@cache
def _pretrained() -> SentenceEncoder:
    return SentenceEncoder()


@cache
def _folder(path: Path) -> OnnxEncoder:
    return OnnxEncoder(path, threads=min(2, os.cpu_count() or 1))


@cache
def _word_file(path: Path, var: Path) -> WordFileEncoder:
    return WordFileEncoder(path, var / WORD_VECTORS_FOLDER, "TEXT_ENCODER")
