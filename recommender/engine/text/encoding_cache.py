"""Cache of encoded texts on disk, by content: only new or changed texts are encoded."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.runtime.block_executor import HERE, BlockExecutor, current_executor
from recommender.engine.runtime.sparse import blocks
from recommender.engine.text.encoders import TextEncoder
from recommender.engine.text.whitening import unit_rows

logger = logging.getLogger(__name__)

MOST_BYTES = 512 * 1024**2
"""Half a million texts with vectors of 512 numbers."""

REMAINING_SHARE = 0.9
"""Share of the limit that is left after old entries are deleted, so that not every run deletes."""

CHUNK = 2048
"""Texts between two writes: an interrupted run loses at most these."""

WAIT_SECONDS = 30
_TABLE = """CREATE TABLE IF NOT EXISTS vectors
    (key BLOB PRIMARY KEY, used INTEGER NOT NULL, vector BLOB NOT NULL) WITHOUT ROWID"""


class EncodingCache:
    """A SQLite file that several processes share; vectors are stored as 16-bit floats.

    A damaged file is replaced by an empty one.
    """

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self.most_bytes = most_bytes

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The stored vectors of these keys, marked as used."""
        found: dict[bytes, bytes] = {}
        with self._open() as database:
            generation = _next(database)
            for start in range(0, len(keys), 500):  # SQLite takes a bounded number of parameters
                some = keys[start : start + 500]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608
                found.update(database.execute(query, some))
            touched = [(generation, key) for key in found]
            database.executemany("UPDATE vectors SET used = ? WHERE key = ?", touched)
        return found

    def write(self, vectors: Mapping[bytes, bytes]) -> None:
        with self._open() as database:
            generation = _next(database)
            rows = [(key, generation, vector) for key, vector in vectors.items()]
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            self._make_room(database)

    def __len__(self) -> int:
        with self._open() as database:
            return int(database.execute("SELECT COUNT(*) FROM vectors").fetchone()[0])

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Delete the least recently used vectors if the limit is exceeded."""
        rows, size = database.execute(
            "SELECT COUNT(*), COALESCE(SUM(LENGTH(vector)), 0) FROM vectors"
        ).fetchone()
        if size > self.most_bytes:
            surplus = rows - int(rows * REMAINING_SHARE * self.most_bytes / size)
            oldest = "SELECT key FROM vectors ORDER BY used, key LIMIT ?"
            database.execute(f"DELETE FROM vectors WHERE key IN ({oldest})", (surplus,))  # noqa: S608

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connect()) as database, database:
            yield database

    def _connect(self) -> sqlite3.Connection:
        try:
            return _prepared(self.path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            logger.warning("%s: %s; replaced by an empty cache", self.path, error)
            for name in (self.path.name, f"{self.path.name}-wal", f"{self.path.name}-shm"):
                self.path.with_name(name).unlink(missing_ok=True)
            return _prepared(self.path)


class CachedEncoder:
    """An encoder with a cache; without it if the cache cannot be used.

    Rows have length 1 and are rounded to 16 bits, whether they come from the cache or not.
    """

    def __init__(self, encoder: TextEncoder, cache: EncodingCache) -> None:
        self.encoder, self.cache = encoder, cache
        self.name = encoder.name

    @property
    def dimension(self) -> int:
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        keys = [self._key(text) for text in texts]
        known = self._known(keys)
        missing = [index for index, key in enumerate(keys) if key not in known]
        chunks = [missing[block] for block in blocks(len(missing), CHUNK)]
        encoded = self._executor.map_blocks(
            self.encoder.encode, [[texts[index] for index in chunk] for chunk in chunks]
        )
        done = 0
        for chunk, vectors in zip(chunks, encoded, strict=True):
            rows = unit_rows(vectors).astype("<f2")
            fresh = {keys[index]: row.tobytes() for index, row in zip(chunk, rows, strict=True)}
            known |= fresh
            self._store(fresh)
            done += len(chunk)
            progress("encoding", done / len(missing))
        joined = b"".join(known[key] for key in keys)
        return (
            np.frombuffer(joined, dtype="<f2")
            .reshape(len(texts), self.dimension)
            .astype(np.float32)
        )

    @property
    def _executor(self) -> BlockExecutor:
        """Only an encoder that every machine has goes elsewhere."""
        return current_executor() if getattr(self.encoder, "is_everywhere", False) else HERE

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(
            f"{self.fingerprint}\0{text}".encode(errors="surrogatepass")
        ).digest()[:16]

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        try:
            found = self.cache.read(keys)
        except (sqlite3.Error, OSError) as error:
            logger.warning("%s: %s; not cached", self.cache.path, error)
            return {}
        return {key: vector for key, vector in found.items() if len(vector) == 2 * self.dimension}

    def _store(self, fresh: Mapping[bytes, bytes]) -> None:
        try:
            self.cache.write(fresh)
        except (sqlite3.Error, OSError) as error:
            logger.warning("%s: %s; not cached", self.cache.path, error)


def _prepared(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=WAIT_SECONDS)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(_TABLE)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _next(database: sqlite3.Connection) -> int:
    """The number of this use: it orders the uses without a clock."""
    return int(database.execute("SELECT COALESCE(MAX(used), 0) + 1 FROM vectors").fetchone()[0])
