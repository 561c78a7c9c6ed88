from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text_forms import for_search, plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (
            "<p>A <strong>red</strong> mug&nbsp;for tea.</p><ul><li>Dishwasher safe</li></ul>"
            "<script>alert(1)</script>",
            "A red mug for tea.\n\nDishwasher safe",
        ),
        ("Mug &amp; spoon", "Mug & spoon"),
        ("&lt;p&gt;Hello&lt;/p&gt;", "Hello"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("<p>one<p>two", "one\ntwo"),
        ("one<br/>two", "one\ntwo"),
        ("<b>x < y</b>", "x < y"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<!-- note -->tea", "tea"),
        ("\u202eevil\u202c", "evil"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_markup_entities_and_reversing_characters_go(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d",
        "AT&T",
        "R&D &copy",
        "vector<int>",
        "Learn the <p> tag",
        "&#0;",
        "I <3 tea",
    ],
)
def test_what_only_resembles_markup_stays(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(st.sampled_from("<>/&;ab p=\n\xa0éĀ\u202e#1") | st.characters()))
def test_a_plain_text_stays_plain(text: str) -> None:
    assert plain_text(plain_text(text)) == plain_text(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Ｐｙｔｈｏｎ", "python"),
        ("Café", "cafe\u0301"),
        ("ＣＡＦÉ", "cafe"),
        ("資料分析", "资料分析"),
        ("Straße", "STRASSE"),
        ("soft\u00adware", "software"),
    ],
)
def test_texts_that_mean_the_same_are_searched_alike(text: str, same: str) -> None:
    assert for_search(text) == for_search(same)
