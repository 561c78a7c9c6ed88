from __future__ import annotations

import pytest

from recommender.engine.scorers.interest_words.sentences import sentence

WORDS = ["nail art", "crafts", "gifts", "ribbons", "mugs", "lamps", "towels"]


@pytest.mark.parametrize(
    ("n", "language", "expected"),
    [
        (0, "en", ""),
        (1, "en", "Nail art."),
        (2, "en", "Nail art and crafts."),
        (3, "en-gb", "Nail art, crafts and gifts."),
        (4, "en", "Nail art, crafts and gifts, with some ribbons."),
        (7, "en", "Nail art, crafts and gifts, with some ribbons, mugs and lamps."),
        (0, "zh-hans", ""),
        (1, "zh-hans", "对nail art感兴趣。"),
        (7, "zh_Hans", "对nail art、crafts和gifts感兴趣，也关注ribbons、mugs和lamps。"),
        (3, "de", "Nail art, crafts, gifts."),
    ],
)
def test_words_become_a_sentence_in_the_catalogues_language(n, language, expected):
    assert sentence(WORDS[:n], language) == expected
