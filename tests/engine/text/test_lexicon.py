from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.dataset import Items
from recommender.engine.text.lexicon import Kind, Lexicon, catalogue_words, is_word, topicality
from recommender.engine.text.tfidf import item_tfidf

ITEMS = Items(
    ["Makeup Brushes 12 oz", "Soft BRUSHES, Crème", "A brush", "茶具套装", "Travel mugs"],
    ["", "", "obscure", "", ""],
    [("Hair Care",), ("Hair Care",), (), ("茶",), ("Mugs",)],
)


def lexicon() -> Lexicon:
    return catalogue_words(ITEMS).lexicon


def form_of(word: str) -> str:
    words = lexicon()
    return words.forms[words.index[word]]


def test_a_word_is_shown_in_its_most_common_form_with_plural_and_accents():
    assert form_of("brushe") == "brushes"
    assert form_of("creme") == "crème"
    assert form_of("mug") == "Mugs"
    assert form_of("hair care") == "Hair Care"


def test_only_readable_words_of_titles_and_categories_are_shown():
    words = lexicon()
    written = {word for word, fit in zip(words.words, words.writable, strict=True) if fit}
    assert {"makeup", "brushe", "hair care", "travel"} <= written
    assert not {"12", "oz", "obscure", "茶"} & written
    assert "obscure" in words.words


@pytest.mark.parametrize(
    ("word", "fit"), [("tea", True), ("茶具", True), ("hp", False), ("500ml", False), ("套", False)]
)
def test_readable_words(word, fit):
    assert is_word(word) is fit


def test_words_are_found_in_any_form_and_phrases_first():
    words = lexicon()
    assert [words.words[index] for index in words.find("MUGS and Mugs and zebras")] == ["mug"]
    assert [words.words[index] for index in words.find("hair care")] == [
        "hair care",
        "hair",
        "care",
    ]
    assert words.find("") == []


def test_the_state_restores_the_same_words():
    again = Lexicon.from_state(lexicon().get_state())
    assert (again.words, again.forms) == (lexicon().words, lexicon().forms)
    np.testing.assert_array_equal(again.writable, lexicon().writable)


def test_weights_have_a_column_for_each_word_of_the_lexicon():
    words = catalogue_words(ITEMS)
    assert words.weights.shape == (5, len(words.lexicon))
    mugs = words.weights[4].toarray()[0]
    assert set(np.array(words.lexicon.words)[mugs > 0]) == {"travel", "mug"}


def test_a_word_of_similar_items_is_topical():
    weights = catalogue_words(Items(["tea red", "tea red", "chisel red"], [""] * 3, [()] * 3))
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    topical = dict(zip(weights.lexicon.words, topicality(weights.weights, vectors), strict=True))
    assert topical["tea"] == pytest.approx(1)
    assert topical["red"] == pytest.approx(1 / 3)
    assert topical["chisel"] == 1


def test_traditional_words_are_shown_as_titles_write_them():
    words = catalogue_words(Items(["機器學習入門", "機器人"], ["", ""], [(), ()])).lexicon
    assert words.forms[words.index["机器"]] == "機器"
    assert words.find("學習") == words.find("学习") != []


def shown(titles: list[str], categories: list[tuple[str, ...]] | None = None) -> set[str]:
    """What may be written of a catalogue, as it is written."""
    items = Items(titles, [""] * len(titles), categories or [()] * len(titles))
    return set(catalogue_words(items).lexicon.shown().values())


LEARNING = ["Machine learning with Python", "Practical machine learning", "Machine Learning: SQL"]


def test_what_is_met_in_a_phrase_most_of_the_time_is_not_shown_alone():
    assert "machine learning" in shown([*LEARNING, *OTHER_TITLES])
    assert not {"machine", "learning"} & shown([*LEARNING, *OTHER_TITLES])
    often_alone = ["Sewing machine", "Machine oil", "The machine", "Machine parts", "A machine"]
    assert "machine" in shown([*LEARNING, *OTHER_TITLES, *often_alone])


OTHER_TITLES = [f"Thing{chr(97 + n)}x" for n in range(26)]


@pytest.mark.parametrize(
    "kind", ["learn visually", "quickly including", "set introduction 入门 教程"]
)
def test_verbs_adverbs_and_empty_words_are_not_shown(kind):
    assert not shown([kind, kind])


def test_a_category_is_shown_whatever_its_words_are_unless_they_all_say_nothing():
    found = shown(["a", "b", "c"], [("Learn to Build",), ("Western",), ("Other Gifts",)])
    assert {"Learn to Build", "Western"} <= found
    assert not any("gift" in form.casefold() for form in found)


def test_a_category_of_one_known_word_among_others_is_not_that_word():
    titles = ["Duct tape", "Foil tape", "Red tape", "Magic tape"]
    words = catalogue_words(Items(titles, [""] * 4, [("ER Tape",), (), (), ()])).lexicon
    assert words.forms[words.index["tape"]] == "tape"


def test_words_are_written_as_in_the_catalogue():
    titles = ["Learn SQL with exercises", "Notes about SQL queries", "JavaScript for web pages"]
    titles += ["Some JavaScript and SQL examples", "Databases with python scripts", "Web pages"]
    found = shown(titles)
    assert {"SQL", "JavaScript"} <= found
    assert not {"sql", "Sql", "javascript"} & found


def test_titles_in_capitals_do_not_tell_how_words_are_written():
    assert {"teapot", "ribbon"} <= shown(["RED TEAPOT", "RIBBON BLUE", "TEAPOT AND RIBBON"])


def test_what_almost_every_item_has_is_not_shown():
    n = 600
    found = shown(["teapot"] * n, [("Everything",) if at else ("Tea",) for at in range(n)])
    assert "Everything" not in found
    assert "teapot" not in found


def test_phrases_are_found_in_typed_text_before_their_words():
    words = catalogue_words(Items([*LEARNING, *OTHER_TITLES], [""] * 29, [()] * 29)).lexicon
    typed = [words.words[index] for index in words.find("I like machine learning")]
    assert typed == ["machine learning", "machine", "learning"]


def test_a_phrase_is_a_column_and_leaves_the_weights_of_words_alone():
    items = Items([*LEARNING, *OTHER_TITLES], [""] * 29, [()] * 29)
    words = catalogue_words(items)
    phrase = words.lexicon.index["machine learning"]
    assert words.lexicon.kinds[phrase] == Kind.PHRASE
    np.testing.assert_array_equal(
        words.weights[:, phrase].toarray().ravel() > 0, [1] * 3 + [0] * 26
    )
    texts = item_tfidf(items)
    of_words = [texts.words.index(word) for word in words.lexicon.words[:phrase]]
    np.testing.assert_allclose(
        words.weights[:, :phrase].toarray(), texts.matrix[:, of_words].toarray()
    )


def test_a_category_may_be_a_word_that_says_nothing_in_a_title():
    """Films of Action and Children had no name, though "action" is no interest in a title."""
    titles = ["Live in action", "The other thing", "Some", "Action of children"]
    found = shown(titles, [("Action",), ("Other",), ("Children",), ()])
    assert {"Action", "Children"} <= found
    assert not {"Other", "thing"} & found
    assert not {"action", "children"} & {form.casefold() for form in shown(titles)}
