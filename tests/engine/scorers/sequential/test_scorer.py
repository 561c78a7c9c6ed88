from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.runtime.quantisation import FORMS
from recommender.engine.scorers.numpy_lstm import Lstm
from recommender.engine.scorers.registry import describe, restore
from recommender.engine.scorers.sequential.numpy_network import Network
from recommender.engine.scorers.sequential.params import SequenceParams
from recommender.engine.scorers.sequential.scorer import SequenceLstm

N_ITEMS, SIZE, HIDDEN = 9, 4, 5
COLD, UNKNOWN = 7, 8
"""An item with a text only, and one without text and interactions."""


def network(seed=0):
    rng = np.random.default_rng(seed)

    def some(*shape):
        return rng.normal(size=shape).astype(np.float32)

    table, bias = some(N_ITEMS, SIZE), some(N_ITEMS)
    bias[[COLD, UNKNOWN]] = 0
    table[UNKNOWN] = 0
    return Network(
        table=table,
        bias=bias,
        lstm=Lstm(some(SIZE, 4 * HIDDEN), some(HIDDEN, 4 * HIDDEN), some(4 * HIDDEN)),
        project=some(HIDDEN, SIZE),
        start=some(SIZE),
        skip=some(1),
    )


def scorer(**params):
    made = restore(SequenceLstm.name, describe(SequenceLstm(SequenceParams(**params))), state())
    assert isinstance(made, SequenceLstm)
    return made


def state():
    return {**network().get_state(), "known": known()}


def known():
    return np.arange(N_ITEMS) != UNKNOWN


def test_a_lead_is_of_the_state_and_the_latest_item():
    made, history = network(), np.array([1, 2, 0, 4])
    reached = made.lstm.read(made.table[history][None], [4])[0, -1]
    expected = reached @ made.project + made.start + made.skip * made.table[4]
    np.testing.assert_allclose(made.read([history])[0], expected, atol=1e-5)


def test_histories_of_any_length_are_read_together_as_alone():
    made = network()
    histories = [np.array(items, np.int32) for items in ([1], [4, 2, 0, 6, 3], [], [5, 5, 1])]
    together = made.read(histories)
    for history, lead in zip(histories, together, strict=True):
        np.testing.assert_allclose(made.read([history])[0], lead, atol=1e-6)
        np.testing.assert_allclose(made.read_stepwise(history)[-1], lead, atol=1e-6)


def test_order_matters():
    forth, back = scorer().score_batch([Query.of([1, 2, 3]), Query.of([3, 2, 1])])
    assert np.nanmax(np.abs(forth - back)) > 0.01


def test_an_item_without_interactions_is_ranked_by_its_text():
    assert np.isfinite(scorer().score(Query.of([1]))[COLD])
    assert np.isfinite(scorer().score(Query.of([COLD]))).sum() == N_ITEMS - 1


def test_an_item_with_neither_interactions_nor_text_has_no_score_and_is_not_read():
    made = scorer()
    assert np.isnan(made.score(Query.of([1]))[UNKNOWN])
    assert np.isnan(made.score(Query.of([UNKNOWN]))).all()
    np.testing.assert_array_equal(
        made.score(Query.of([1, UNKNOWN, 2])), made.score(Query.of([1, 2]))
    )


def test_scores_are_centred_on_the_catalogue():
    scores = scorer().score_batch([Query.of([1, 2]), Query.of([5])])
    np.testing.assert_allclose(np.nanmean(scores, axis=1), 0, atol=1e-5)


def test_only_the_latest_items_are_read():
    made = scorer(latest=2)
    np.testing.assert_array_equal(made.score(Query.of([6, 0, 1, 2])), made.score(Query.of([1, 2])))


def test_a_past_items_contribution_is_the_change_of_the_score():
    made = scorer()
    history = [4, 1, 6]
    before = [made.score(Query.of(history[:n]))[3] for n in (1, 2, 3)]
    amounts = {each.item: each.amount for each in made.explain(Query.of(history), 3)}
    assert amounts[1] == pytest.approx(before[1] - before[0], abs=1e-5)
    assert amounts[6] == pytest.approx(before[2] - before[1], abs=1e-5)
    assert sum(amounts.values()) == pytest.approx(before[2], abs=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_every_stored_form_gives_the_same_scores(form):
    made = scorer(stored=form)
    rounded = restore(made.name, describe(made), made.get_state())
    again = restore(made.name, describe(made), rounded.get_state())
    queries = [Query.of([1, 2, 3]), Query.of([6])]
    np.testing.assert_array_equal(again.score_batch(queries), rounded.score_batch(queries))
    np.testing.assert_allclose(rounded.score_batch(queries), made.score_batch(queries), atol=0.3)


def former(made, gates=4):
    """The state as older versions stored it: other names and gates, and a content term."""
    names = {"kernel": "lstm_kernel", "recurrent": "lstm_recurrent", "gates": "lstm_bias"}
    order = [0, 1, 3, 2][:gates]
    arrays = {
        old: np.concatenate([np.split(made[new], 4, axis=-1)[at] for at in order], axis=-1)
        for old, new in names.items()
    }
    rest = {name: array for name, array in made.items() if name not in names.values()}
    content = {"content": np.ones(1, np.float32), "vectors": np.ones((N_ITEMS, 2), np.float32)}
    return rest | arrays | content


def test_versions_trained_before_are_read_without_their_content_term():
    stored = {**describe(SequenceLstm()), "cell": "lstm", "compared": 10}
    again = restore(SequenceLstm.name, stored, former(state()))
    query = Query.of([1, 2, 3])
    np.testing.assert_array_equal(again.score(query), scorer().score(query))
    assert not {"cell", "compared"} & set(describe(again))


def test_a_gru_trained_before_has_to_be_trained_again():
    with pytest.raises(ValueError, match="train it again"):
        restore(SequenceLstm.name, {"cell": "gru"}, former(state(), gates=3))
