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
        (1, "zh-hans", "Nail art。"),
        (7, "zh_Hans", "Nail art、crafts 和 gifts，还有一些 ribbons、mugs 和 lamps。"),
        (3, "de", "Nail art, crafts, gifts."),
    ],
)
def test_words_become_a_sentence_in_the_catalogues_language(n, language, expected):
    assert sentence(WORDS[:n], language) == expected


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        (
            ["SQL", "数据科学", "Excel", "数据库"],
            "zh-hans",
            "SQL、数据科学和 Excel，还有一些数据库。",
        ),
        (["数据科学", "C++", "编程"], "zh-hans", "数据科学、C++ 和编程。"),
        (["蜡烛与灯饰"], "zh-hans", "蜡烛与灯饰。"),
        (["iOS", "swift"], "en", "iOS and swift."),
        (
            ["candles and lights", "jars and tins", "cups"],
            "en",
            "Candles and lights, jars and tins, and cups.",
        ),
    ],
)
def test_words_stay_as_they_are_written_and_scripts_are_spaced(words, language, expected):
    assert sentence(words, language) == expected
