"""Titles, descriptions and shop fields of synthetic items, from what the items are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from recommender.experiments.large_catalog.stock import START, WEEK, Stock, style_of
from recommender.experiments.large_catalog.vocabulary import (
    CHINESE,
    CODES,
    COLOURS,
    ENGLISH,
    brand,
    topics,
)

CHUNK = 20_000
"""Items whose texts are made together. Each chunk has its own source of randomness."""

_SENTENCES = (
    (
        "A {look} {noun} from {brand}, {use} and easy to look after.",
        "{Brand} makes this {use} {noun} with a {look} finish in {colour}.",
        "For everybody who wants a {noun} that is {use}: {look}, {colour}, made by {brand}.",
        "The {look} {noun} of the {department} range; {use}, in {colour}.",
        "This {noun} is {use}. Its {look} surface comes in {colour}.",
    ),
    (
        "{brand}出品的{look}{noun}，{use}，日常打理很方便。",
        "{colour}{look}{noun}，{use}设计，来自{brand}。",
        "想要一款{use}的{noun}，可以看看{brand}这款{look}{colour}系列。",
        "{department}系列的{look}{noun}，主打{use}。",
    ),
)
_MODELS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class ItemText:
    """The fields of one item, as a shop has them; ``created`` are seconds since 1970."""

    title: str
    description: str
    categories: tuple[str, ...]
    provider: str
    language: str
    colour: str
    price: str
    created: int
    available: bool


def item_texts(stock: Stock, seed: int) -> Iterator[ItemText]:
    """The texts of all items in their order. Memory does not grow with their number."""
    for start in range(0, len(stock), CHUNK):
        rng = np.random.default_rng([seed, 1, start])
        yield from _chunk(stock, start, min(CHUNK, len(stock) - start), rng)


def _chunk(stock: Stock, start: int, size: int, rng: np.random.Generator) -> Iterator[ItemText]:
    chosen = slice(start, start + size)
    styles = stock.style[chosen]
    columns = (
        stock.topic[chosen].tolist(),
        styles.tolist(),
        stock.language(styles).tolist(),
        stock.brand[chosen].tolist(),
        rng.integers(0, len(COLOURS), size).tolist(),
        rng.integers(0, 60, size).tolist(),
        rng.random((size, 4)).tolist(),
        np.round(np.exp(rng.normal(3.2, 0.9, size)) + 1, 2).tolist(),
        (START + stock.born[chosen].astype(np.int64) * WEEK).tolist(),
    )
    for topic, style, language, maker, colour, sentence, chances, price, created in zip(
        *columns, strict=True
    ):
        words = _words(topic, style, language, maker, colour)
        templates = _SENTENCES[language]
        yield ItemText(
            title=_title(words, language, chances),
            description=templates[sentence % len(templates)].format_map(words),
            categories=_categories(stock, topic, sentence),
            provider=words["Brand"],
            language=CODES[language],
            colour=COLOURS[colour][ENGLISH],
            price=f"{price:.2f}",
            created=created,
            available=chances[3] > 0.01,
        )


def _words(topic: int, style: int, language: int, maker: int, colour: int) -> dict[str, str]:
    about, (look, use) = topics()[topic], style_of(topic, style)
    name = brand(maker)[language]
    return {
        "noun": about.noun[language],
        "department": about.department[language],
        "look": look[language],
        "use": use[language],
        "brand": name,
        "Brand": name,
        "colour": COLOURS[colour][language],
    }


def _title(words: dict[str, str], language: int, chances: list[float]) -> str:
    """Brand, style, noun and mostly a model; a third of the titles leave one style word out."""
    left_out = int(chances[0] * 6)
    number = int(chances[2] * len(_MODELS) * 900)
    model = f"{_MODELS[number % len(_MODELS)]}{100 + number // len(_MODELS)}"
    pieces = [
        words["brand"],
        words["look"] if left_out != 0 else "",
        words["use"] if left_out != 1 else "",
        words["noun"],
        model if chances[1] < 0.7 else words["colour"],
    ]
    shown = [piece for piece in pieces if piece]
    if language == CHINESE:
        return f"{shown[0]} {''.join(shown[1:-1])} {shown[-1]}"
    return " ".join(shown)


def _categories(stock: Stock, topic: int, chance: int) -> tuple[str, ...]:
    """The topic's path; one item of six is in the next topic's too."""
    paths = topics()
    if chance % 6:
        return (paths[topic].path,)
    return paths[topic].path, paths[(topic + 1) % stock.n_topics].path
