from __future__ import annotations

import numpy as np

from recommender.engine.data.splitting import split_by_time
from recommender.engine.pipeline import Recommender
from recommender.engine.scorers.blend import Blend
from recommender.engine.scorers.hybrid import Hybrid
from recommender.engine.scorers.popularity import Popularity
from recommender.training.evaluation import figures_of
from tests.engine.builders import random_dataset


def test_lists_are_evaluated_with_their_blends_reranking():
    split = split_by_time(random_dataset(n_users=90, n_items=60, n_events=1500))

    def tail_share(quota):
        hybrid = Hybrid([Popularity()], Blend({"popularity": 1.0}, min_tail_share=quota))
        scorer = hybrid.fit(split.train, np.random.default_rng(0))
        return figures_of(Recommender.of(scorer, split.train), split, 10).tail_share

    assert tail_share(0.0) < 0.5
    assert tail_share(1.0) == 1.0
