"""What is written about anybody, whatever the model thinks is likely."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.engine.data.dataset import Items
from recommender.engine.scorers.interest_words.fit_training import Size, train_interest
from recommender.engine.scorers.interest_words.numpy_network import HistoryState
from recommender.engine.scorers.interest_words.writer import WordWriter
from recommender.engine.text.empty_words import says_nothing
from recommender.engine.text.lexicon import Kind, catalogue_words
from recommender.engine.text.parts_of_speech import is_noun
from recommender.engine.text.tokenizers import tokenize
from tests.engine.builders import dataset

TITLES = [
    "Machine learning with Python", "Practical machine learning", "Machine learning in SQL",
    "Learn visually with a new set", "Data structures, quickly", "Sewing machine", "Machine oil",
    "机器学习实战", "图解机器学习", "机器学习入门", "快速理解数据", "Python scripts and databases",
]  # fmt: skip
CATEGORIES = [("Data Science", "Books")] * 6 + [("Data Structures",)] * 3 + [("科学",)] * 3
ITEMS = Items(TITLES, [""] * len(TITLES), CATEGORIES)
WORDS = catalogue_words(ITEMS)
LEXICON = WORDS.lexicon
STATE = HistoryState(*(np.zeros((1, 4), dtype=np.float32) for _ in range(3)))


def writer() -> WordWriter:
    vectors = np.eye(4, dtype=np.float32)[np.arange(len(TITLES)) % 4]
    data = dataset([], len(TITLES), n_users=0)
    learnt = train_interest(data, vectors, WORDS, Size(4, 4, 100, 100), 0)
    return WordWriter(learnt.network, LEXICON)


WRITER = writer()
LIKELY = st.lists(st.floats(0, 1, width=32), min_size=len(LEXICON), max_size=len(LEXICON)).map(
    lambda values: np.array(values, dtype=np.float32)
)


def written(likely: np.ndarray, n: int = 12) -> dict[int, float]:
    return WRITER.write(STATE, lambda _history: likely, n, unwanted=set(), named=())


@settings(max_examples=60, deadline=None)
@given(LIKELY)
def test_no_word_stands_beside_a_phrase_that_has_it(likely):
    entries = [LEXICON.pieces(word) for word in written(likely)]
    for at, one in enumerate(entries):
        assert not any(one <= other or other <= one for other in entries[at + 1 :])


@settings(max_examples=60, deadline=None)
@given(LIKELY)
def test_single_words_are_nouns_that_say_something(likely):
    for word in written(likely):
        if LEXICON.kinds[word] == Kind.WORD:
            plain = LEXICON.forms[word].casefold()
            assert is_noun(plain)
            assert not says_nothing(LEXICON.words[word])
        else:
            assert not all(map(says_nothing, tokenize(LEXICON.words[word])))


@settings(max_examples=60, deadline=None)
@given(LIKELY)
def test_weights_fall_from_one(likely):
    weights = list(written(likely).values())
    assert weights == sorted(weights, reverse=True)
    assert not weights or weights[0] == 1


def test_of_equally_likely_words_categories_and_phrases_come_first():
    kinds = [int(LEXICON.kinds[word]) for word in written(np.ones(len(LEXICON), np.float32))]
    is_name = [kind != Kind.WORD for kind in kinds]
    assert is_name == sorted(is_name, reverse=True)
    assert any(is_name)
    assert not all(is_name)


def test_an_unlikely_phrase_does_not_come_before_a_likely_word():
    likely = np.full(len(LEXICON), 1e-6, dtype=np.float32)
    likely[LEXICON.index["python"]] = 1
    assert LEXICON.words[next(iter(written(likely)))] == "python"


def test_what_is_usual_for_everybody_comes_after_what_is_ones_own():
    likely = np.zeros(len(LEXICON), dtype=np.float32)
    usual = np.full(len(LEXICON), 0.01, dtype=np.float32)
    own, common = LEXICON.index["data structures"], LEXICON.index["data science"]
    likely[own], likely[common], usual[common] = 0.4, 0.5, 0.5
    found = WRITER.write(STATE, lambda _history: likely, 2, unwanted=set(), named=(), usual=usual)
    assert list(found) == [own, common]


def test_two_phrases_may_share_a_word():
    likely = np.zeros(len(LEXICON), dtype=np.float32)
    likely[[LEXICON.index["data science"], LEXICON.index["data structures"]]] = 1
    first_two = {LEXICON.words[word] for word in list(written(likely))[:2]}
    assert first_two == {"data science", "data structures"}
