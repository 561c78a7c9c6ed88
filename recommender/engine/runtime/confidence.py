"""How sure the log is that a person likes an item, as a sparse matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from recommender.engine.data.dataset import Dataset
from recommender.engine.runtime.sparse import age_of


def confidence(train: Dataset, latest: int | None = None) -> sp.csr_matrix:
    """(n_users, n_items) float32: log2(1 + summed weight).

    The tenth purchase of an item then adds less than the second. ``latest``: use only so many of
    the newest interactions of each person.
    """
    log = train.log if latest is None else train.log.take(age_of(train.log.users) < latest)
    matrix = train.matrix if latest is None else train.with_log(log).matrix
    return sp.csr_matrix(
        (np.log2(1 + matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )
