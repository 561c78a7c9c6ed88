from __future__ import annotations

import pytest

from recommender.engine.text.normal_forms import folded, for_reading


@pytest.mark.parametrize(
    ("text", "read", "compared"),
    [
        ("Tea", "Tea", "tea"),
        ("Ｐｙｔｈｏｎ", "Python", "python"),
        ("Café", "Café", "cafe"),
        ("Cafe\u0301", "Café", "cafe"),
        ("機器學習", "机器学习", "机器学习"),
    ],
)
def test_a_text_has_one_form_for_encoders_and_one_for_words(text, read, compared):
    assert for_reading(text) == read
    assert folded(text) == compared
