from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.engine.scorers.interest_words.batches import compete, spell_out


def test_wanted_words_compete_with_sampled_ones():
    wanted = sp.csr_matrix(
        np.array([[0, 0.25, 0, 0.75, 0, 0], [0, 1, 0, 0, 0, 0]], dtype=np.float32)
    )
    words, raised, targets = compete(wanted, 2, np.random.default_rng(0))
    assert words[:2].tolist() == [1, 3]
    assert len(set(words.tolist())) == 4
    np.testing.assert_allclose(raised, [0, 0, np.log(2), np.log(2)])
    np.testing.assert_allclose(targets, [[0.25, 0.75, 0, 0], [1, 0, 0, 0]])


def test_a_written_word_is_no_target_afterwards():
    targets = np.array([[0.5, 0.3, 0.2, 0], [1, 0, 0, 0]], dtype=np.float32)
    written, left = spell_out(targets, 3, np.random.default_rng(0))
    assert sorted(written[0].tolist()) == [0, 1, 2]
    assert left[0, 0, written[0, 0]] == 0
    assert left[0, 1, written[0, 2]] == pytest.approx(1)
    assert not left[0, 2].any()
    assert not left[1].any()
