from __future__ import annotations

import numpy as np
import pytest

from recommender.engine.data.types import Query
from recommender.engine.scorers.sequential.batches import batches, split_histories
from recommender.engine.scorers.sequential.params import SequenceParams
from recommender.engine.scorers.sequential.scorer import SequenceLstm
from tests.engine.builders import dataset, random_dataset
from tests.engine.scorers.worlds import best, fitted

pytestmark = pytest.mark.tensorflow

DATA = random_dataset(seed=3, n_users=120, n_items=30, n_events=1500)
VECTORS = np.random.default_rng(5).normal(size=(30, 6)).astype(np.float32)


@pytest.fixture(scope="module")
def trained():
    from recommender.engine.scorers.sequential.fit_training import Learner

    params = SequenceParams(hidden=16, dimensions=8, negatives=20, dropout=0.0, id_dropout=0.0)
    rng = np.random.default_rng(0)
    made = Learner(DATA.counts, VECTORS, params, seed=0, steps=20)
    histories = split_histories(DATA, params, rng)
    losses = [made.learn(batch) for batch in batches(histories.windows, made.draw, params, rng)]
    return made, losses


def test_numpy_and_tensorflow_give_the_same_leads(trained):
    made, _ = trained
    histories = np.array([[1, 2, 3, 4, 5], [9, 8, 7, 6, 20], [29, 3, 11, 3, 0]], dtype=np.int32)
    theirs = made.leads(histories, np.array([1, 2], np.int32)).numpy()
    ours = np.stack([made.network().read_stepwise(history)[1:] for history in histories])
    assert np.abs(theirs - ours).max() < 1e-5


def test_numpy_and_tensorflow_have_the_same_items(trained):
    made, _ = trained
    rows, bias = made.item_rows(np.arange(30, dtype=np.int32), np.array([1, 2], np.int32))
    assert np.abs(rows.numpy() - made.network().table).max() < 1e-5
    assert np.abs(bias.numpy() - made.network().bias).max() < 1e-5


def test_training_lowers_the_loss(trained):
    _, losses = trained
    assert np.mean(losses[-3:]) < np.mean(losses[:3])


def test_it_learns_an_order_that_counts_do_not_show():
    """Item 2 follows 0, 1; item 3 follows 1, 0: only the order of both identifies the next item."""
    events = [(user, item) for user in range(240) for item in ((0, 1, 2), (1, 0, 3))[user % 2]]
    scorer = fitted(SequenceLstm(SequenceParams(learning_rate=0.03)), dataset(events, 6))
    assert best(scorer, [0, 1]) == [2]
    assert best(scorer, [1, 0]) == [3]


def test_an_item_without_interactions_is_ranked_by_its_text():
    """Texts of three groups; users stay in theirs; one item is never taken."""
    cold = 27
    others = DATA.log.items != cold
    data = DATA.with_log(DATA.log.take(others))
    groups = np.eye(3, dtype=np.float32)[np.arange(30) % 3]

    class Texts:
        joined = groups

    scorer = SequenceLstm(SequenceParams(), texts=Texts()).fit(data, np.random.default_rng(0))  # type: ignore[arg-type]
    same, other = scorer.score_batch([Query.of([3, 6, 9]), Query.of([4, 7, 10])])
    assert same[cold] > other[cold] + 0.1
