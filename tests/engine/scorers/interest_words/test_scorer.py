from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.engine.data.dataset import Items
from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import Query, StatedPreferences
from recommender.engine.scorers.interest_words.params import InterestParams
from recommender.engine.scorers.interest_words.rate_mixture import UNFITTED
from recommender.engine.scorers.interest_words.scorer import Interest
from recommender.engine.scorers.interest_words.stated_words import TYPED_WEIGHT
from recommender.engine.scorers.interest_words.typed_text import Typing
from recommender.engine.text.item_texts import ItemTexts
from recommender.engine.text.whitening import Whitening
from tests.engine.builders import dataset

TITLES = [
    "Red teapot",
    "Blue teapot",
    "Green kettles",
    "Oak hammer",
    "Steel hammer",
    "Steel chisel",
    "Silk ribbon",
    "Velvet ribbon",
    "",
    "Teapot warmer",
]
CATEGORIES = [("Tea Time",)] * 3 + [("Tools",)] * 3 + [()] * 3 + [("Tea Time",)]
ITEMS = Items(TITLES, [""] * 10, CATEGORIES)
TEA, TOOLS = Query.of([0, 1]), Query.of([3, 5])


def untrained(items: Items = ITEMS, **params: int) -> Interest:
    """A model of a catalogue without a log; it copies words."""
    data = replace(dataset([], 10, n_users=0), items=items)
    vectors = np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1, 1, 2, 2, 3, 0]]
    vectors[8] = 0
    params = {"width": 8, "hidden": 4} | params
    return Interest(InterestParams(**params), ItemTexts(items, vectors)).fit(
        data, np.random.default_rng(0)
    )


@pytest.fixture(scope="module")
def interest() -> Interest:
    return untrained()


def names(found: list[tuple[str, float]]) -> list[str]:
    return [word for word, _ in found]


def stating(
    query: Query,
    text: str = "",
    wanted: dict[str, float] | None = None,
    unwanted: tuple[str, ...] = (),
) -> Query:
    return replace(
        query, stated_preferences=StatedPreferences(text, wanted or {}, frozenset(unwanted))
    )


NOBODY = Query.of([])


def test_words_come_from_the_history_the_strongest_first(interest):
    found = interest.words(TEA, 3)
    assert {"teapot", "Tea Time"} <= set(names(found))
    weights = [weight for _, weight in found]
    assert weights[0] == 1
    assert weights == sorted(weights, reverse=True)
    assert min(weights) >= 0


def test_words_are_of_the_catalogue_and_do_not_repeat(interest):
    found = names(interest.words(TEA, 50))
    assert len(found) == len(set(found))
    assert set(found) <= set(interest.lexicon.forms)
    assert not {"tea", "time"} & set(found), "the phrase has said it"


def test_a_phrase_repeats_its_words_in_every_form():
    items = Items(
        ["Candle", "Candle holder", "Light", "Lights", *[""] * 6],
        [""] * 10,
        [("Candles and Lights",)] * 4 + [()] * 6,
    )
    found = names(untrained(items).words(Query.of([0, 3]), 9))
    assert "Candles and Lights" in found
    assert not {"candle", "candles", "light", "lights"} & set(found)


def test_a_chosen_phrase_is_not_repeated_in_pieces(interest):
    found = names(interest.words(stating(TEA, wanted={"tea time": 1.0}), 9))
    assert found[0] == "Tea Time"
    assert not {"tea", "time"} & set(found)


def test_an_empty_query_has_no_words(interest):
    assert interest.words(NOBODY) == []
    assert interest.words(Query.of([8])) == []
    assert np.isnan(interest.score(NOBODY)).all()


def test_chosen_words_come_first_then_typed_ones(interest):
    found = interest.words(stating(TEA, "I need hammers!", {"ribbons": 1.0, "kettle": 0.9}), 5)
    assert found[:2] == [("ribbon", 1.0), ("kettles", 0.9)]
    assert ("hammer", TYPED_WEIGHT) in found


def test_without_a_history_words_come_from_the_typed_text(interest):
    found = names(interest.words(stating(NOBODY, "a nice chisel please"), 4))
    assert found[0] == "chisel"
    assert set(found) & {"hammer", "steel", "Tools"}


@pytest.mark.parametrize("unwanted", ["teapot", "Teapots", "TEAPOT"])
def test_unwanted_and_hidden_words_are_never_written_in_any_form(interest, unwanted):
    assert "teapot" not in names(interest.words(stating(TEA, unwanted=(unwanted,)), 50))
    assert "teapot" not in names(interest.words(TEA, 50, hidden=[unwanted]))
    assert "teapot" not in names(
        interest.words(stating(TEA, "teapot", {"teapot": 1.0}, (unwanted,)), 50)
    )


def test_items_are_scored_by_their_words(interest):
    scores = interest.score(TEA)
    assert scores[9] > scores[3]
    assert interest.score(TOOLS)[4] > interest.score(TOOLS)[9]
    assert np.isnan(scores[8])


def test_unwanted_words_do_not_count_in_scores(interest):
    assert interest.score(stating(TEA, unwanted=("teapot",)))[9] < interest.score(TEA)[9]
    words = {each.word for each in interest.explain(stating(TEA, unwanted=("teapot",)), 9)}
    assert "teapot" not in words


def test_an_explanation_names_the_words_and_sums_to_the_score(interest):
    for query in (
        TEA,
        stating(NOBODY, "hammer"),
        stating(TOOLS, "tea", {"ribbon": 0.5}, ("steel",)),
    ):
        contributions = interest.explain(query, 9)
        assert {each.word for each in contributions} <= {"teapot", "warmer", "Tea Time", None}
        assert sum(each.amount for each in contributions) == pytest.approx(
            float(interest.score(query)[9]), rel=1e-5
        )
    assert interest.explain(TEA, 8) == []
    assert interest.explain(NOBODY, 0) == []


def test_newer_items_count_more(interest):
    new_tools, new_tea = interest.words(Query.of([0, 3]), 1), interest.words(Query.of([3, 0]), 1)
    assert names(new_tools)[0] in {"oak", "hammer", "Tools"}
    assert names(new_tea)[0] in {"teapot", "Tea Time"}


def test_the_state_gives_the_same_words_and_scores(interest):
    again = Interest.from_state(interest.params, dict(interest.get_state()))
    query = stating(TEA, "hammer", {"ribbon": 0.5})
    assert again.words(query) == interest.words(query)
    np.testing.assert_array_equal(again.score(query), interest.score(query))


class Encoder:
    """Encodes 工具 as tools, in a space with one axis per subject."""

    name = fingerprint = "fake"
    dimension = 4

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked = error, 0

    def encode(self, texts, progress=None):
        self.asked += 1
        if self.error:
            raise self.error
        return np.array([[0, 1, 0, 0] for _ in texts], dtype=np.float32)


def with_encoder(encoder: Encoder | None) -> Interest:
    model = untrained()
    rows = model.item_steps[[0, 3, 6, 8]]
    model.typing = Typing(Whitening(np.zeros(4, np.float32), np.eye(4, dtype=np.float32)), rows)
    model.semantic_vectors = np.eye(4, dtype=np.float32)[[0, 0, 0, 1, 1, 1, 2, 2, 3, 0]]
    model.encoder = encoder
    return model


def test_typed_text_without_known_words_is_read_semantically():
    query = stating(NOBODY, "工具")
    scores = with_encoder(Encoder()).score(query)
    assert scores[4] > scores[0]
    assert set(names(with_encoder(Encoder()).words(query, 2))) <= {
        "hammer",
        "Tools",
        "steel",
        "oak",
        "chisel",
    }
    assert np.isnan(with_encoder(None).score(query)).all()


def test_each_model_encodes_a_text_itself():
    first, second = with_encoder(Encoder()), with_encoder(Encoder())
    assert first.alike(StatedPreferences("工具")).any()
    assert second.alike(StatedPreferences("工具")).any()
    assert (first.encoder.asked, second.encoder.asked) == (1, 1)


def test_a_typed_text_alone_gives_words_of_semantically_similar_items():
    model = with_encoder(Encoder())
    assert model.alike(StatedPreferences("工具")).argsort(kind="stable")[-3:].tolist() == [3, 4, 5]
    assert "Tools" in names(model.words(stating(NOBODY, "工具"), 3))
    assert not model.alike(StatedPreferences()).any()
    assert not with_encoder(None).alike(StatedPreferences("工具")).any()


def test_an_unwanted_word_is_not_added_semantically():
    assert "Tools" not in names(
        with_encoder(Encoder()).words(stating(NOBODY, "工具", unwanted=("tools",)), 12)
    )


def test_without_a_fitting_encoder_the_words_count():
    for encoder in (Encoder(EncoderError("away")), Encoder()):
        encoder.dimension = 4 if encoder.error else 7
        assert names(with_encoder(encoder).words(stating(NOBODY, "hammer"), 1)) == ["hammer"]


def test_a_text_is_encoded_once():
    model = with_encoder(encoder := Encoder())
    for _ in range(3):
        model.score(stating(TEA, "工具"))
    assert encoder.asked == 1


def test_an_unavailable_encoder_is_tried_again():
    model = with_encoder(encoder := Encoder(EncoderError("away")))
    assert not model.alike(StatedPreferences("工具")).any()
    encoder.error = None
    assert model.alike(StatedPreferences("工具")).any()


def test_the_state_has_the_typed_text_adapter():
    model = with_encoder(Encoder())
    again = Interest.from_state(model.params, dict(model.get_state()))
    again.encoder = Encoder()
    np.testing.assert_array_equal(
        again.score(stating(NOBODY, "工具")), model.score(stating(NOBODY, "工具"))
    )


@pytest.mark.tensorflow
def test_words_of_following_items_are_learnt():
    """A hammer follows a teapot in the log, but not in any text."""
    events = [(user, item) for user in range(80) for item in ((0, 3), (1, 4), (0, 4))[user % 3]]
    data = replace(dataset(events, 10), items=ITEMS)
    model = Interest(InterestParams(width=8, hidden=8, places=2000, fewest=10)).fit(
        data, np.random.default_rng(0)
    )
    assert "hammer" in names(model.words(Query.of([0]), 3))
    assert model.score(Query.of([0]))[4] > model.score(Query.of([0]))[6]


def test_an_explanation_names_no_word_that_says_nothing():
    items = Items(["Red set teapot", "Learn teapot visually"] * 5, [""] * 10, [()] * 10)
    contributions = untrained(items).explain(Query.of([0, 1]), 2)
    assert {each.word for each in contributions} == {"teapot", None}


def test_a_version_trained_before_mixtures_has_weights_that_need_no_fitting(interest):
    before = {key: value for key, value in interest.get_state().items() if key != "mixture"}
    again = Interest.from_state(interest.params, before)
    np.testing.assert_array_equal(again.mixture.weights, UNFITTED)
    assert again.words(TEA) == interest.words(TEA)


def test_a_version_trained_before_phrases_still_writes(interest):
    new = ("kinds", "followers.")
    before = {
        key: value for key, value in interest.get_state().items() if not any(n in key for n in new)
    }
    again = Interest.from_state(interest.params, before)
    assert set(names(again.words(TEA, 3))) == set(names(interest.words(TEA, 3)))
