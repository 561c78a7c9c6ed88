"""A text encoder out of a folder: sentence-transformers' layout, exported to ONNX.

Read of the folder: ``model.onnx`` or ``onnx/model.onnx``, ``tokenizer.json``; where they are there, also
``1_Pooling/config.json`` (mean, first token or maximum), ``sentence_bert_config.json`` (longest text),
``config_sentence_transformers.json`` (the default prompt) and ``modules.json``.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from recommender.engine.data.errors import EncoderError
from recommender.engine.data.types import FloatArray, Progress, no_progress
from recommender.engine.text.whitening import unit_rows

MODELS = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
POOLING = "1_Pooling/config.json"
LENGTHS = "sentence_bert_config.json"
PROMPTS = "config_sentence_transformers.json"
MODULES = "modules.json"
UNDERSTOOD_MODULES = ("Transformer", "Pooling", "Normalize")
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
PADDINGS = ("[PAD]", "<pad>", "<|endoftext|>")
MOST_TOKENS = 256
"""Where the folder does not say: titles and the first words of a description are far shorter."""

BATCH = 32


class OnnxEncoder:
    """Vectors of length 1; loaded at first use, so that making one costs nothing.

    Raises:
        EncoderError: if the folder lacks something; the message names the path and what is missing.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder = folder
        self.name = folder.name
        self._threads = threads
        self._lock = threading.Lock()
        self._model = _found(folder)
        if not (folder / TOKENIZER).is_file():
            raise EncoderError(f"{folder}: no {TOKENIZER}")
        self._refuse_unknown_modules()

    @cached_property
    def fingerprint(self) -> str:
        """Of everything in the folder that changes vectors."""
        digest = hashlib.sha256()
        for name in (TOKENIZER, POOLING, LENGTHS, PROMPTS, *_model_files(self.folder, self._model)):
            path = self.folder / name
            if path.is_file():
                with path.open("rb") as file:
                    digest.update(
                        f"{name}:{hashlib.file_digest(file, 'sha256').hexdigest()};".encode()
                    )
        return f"onnx:{digest.hexdigest()}"

    @cached_property
    def dimension(self) -> int:
        width: int = self._run(["dimension"]).shape[1]
        return width

    def encode(self, texts: Sequence[str], progress: Progress = no_progress) -> FloatArray:
        """(len(texts), dimension) float32 rows of length 1."""
        made = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(
            range(len(texts)), key=lambda place: len(texts[place])
        )  # alike in length: little padding
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            made[places] = self._run([texts[place] for place in places])
            progress("encoding", (start + len(places)) / len(order))
        return unit_rows(made)

    def _run(self, texts: Sequence[str]) -> FloatArray:
        with self._lock:  # a tokenizer's padding is state
            read = self._tokenizer.encode_batch([self._prompt + text for text in texts])
        columns = {
            "input_ids": np.array([one.ids for one in read], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in read], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in read], dtype=np.int64),
        }
        wanted = {name: columns[name] for name in self._inputs}
        [output] = self._session.run([self._output], wanted)
        if output.ndim == 2:
            return np.asarray(output, dtype=np.float32)
        return _pooled(
            np.asarray(output, dtype=np.float32), columns["attention_mask"], self._pooling
        )

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(
                str(self.folder / self._model), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's own kinds have no common class
            raise EncoderError(f"{self.folder / self._model}: cannot be loaded: {error}") from error

    @cached_property
    def _inputs(self) -> list[str]:
        names: list[str] = [one.name for one in self._session.get_inputs()]
        if unknown := [name for name in names if name not in INPUTS]:
            raise EncoderError(
                f"{self.folder / self._model}: wants {', '.join(unknown)}; known: {', '.join(INPUTS)}"
            )
        return names

    @cached_property
    def _output(self) -> str:
        """A vector a text where the model makes one, else one a token."""
        shapes: dict[str, int] = {
            one.name: len(one.shape or ()) for one in self._session.get_outputs()
        }
        for rank in (2, 3):
            of_rank = [name for name, found in shapes.items() if found == rank]
            for name in (
                "sentence_embedding",
                "token_embeddings",
                "last_hidden_state",
                *of_rank[:1],
            ):
                if name in of_rank:
                    return name
        raise EncoderError(
            f"{self.folder / self._model}: makes {shapes}, neither a vector a text nor one a token"
        )

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        except Exception as error:  # a plain Exception is what it raises
            raise EncoderError(f"{self.folder / TOKENIZER}: {error}") from error
        told = _setting(self.folder, LENGTHS, "max_seq_length") or (tokenizer.truncation or {}).get(
            "max_length"
        )
        tokenizer.enable_truncation(min(int(told or MOST_TOKENS), MOST_TOKENS))
        padding = tokenizer.padding or {}
        known = [token for token in PADDINGS if tokenizer.token_to_id(token) is not None]
        token = padding.get("pad_token") or (known[0] if known else PADDINGS[0])
        tokenizer.enable_padding(
            pad_token=token, pad_id=padding.get("pad_id", tokenizer.token_to_id(token) or 0)
        )
        return tokenizer

    @cached_property
    def _pooling(self) -> str:
        """Mean unless the folder says otherwise."""
        told = _read(self.folder, POOLING)
        wanted = [
            key.removeprefix("pooling_mode_")
            for key, value in told.items()
            if value is True and "mode" in key
        ]
        known = {"mean_tokens": "mean", "cls_token": "first", "max_tokens": "max"}
        if len(wanted) > 1 or set(wanted) - set(known):
            raise EncoderError(
                f"{self.folder / POOLING}: pooling {', '.join(wanted)}; known: {', '.join(known)}"
            )
        return known[wanted[0]] if wanted else "mean"

    @cached_property
    def _prompt(self) -> str:
        told = _read(self.folder, PROMPTS)
        return str((told.get("prompts") or {}).get(told.get("default_prompt_name"), ""))

    def _refuse_unknown_modules(self) -> None:
        modules = _read(self.folder, MODULES)
        kinds = (
            [str(one.get("type", "")).rpartition(".")[2] for one in modules]
            if isinstance(modules, list)
            else []
        )
        if unknown := [kind for kind in kinds if kind not in UNDERSTOOD_MODULES]:
            raise EncoderError(
                f"{self.folder / MODULES}: {', '.join(unknown)} is not understood; export the whole model to ONNX"
                f" and remove {MODULES}"
            )


def _found(folder: Path) -> str:
    if not folder.is_dir():
        raise EncoderError(f"{folder}: no such folder")
    for name in MODELS:
        if (folder / name).is_file():
            return name
    raise EncoderError(
        f"{folder}: neither {' nor '.join(MODELS)}; a model of another format can be exported to ONNX"
    )


def _model_files(folder: Path, model: str) -> Iterator[str]:
    """The model and what belongs to it: big ones keep their numbers in files beside."""
    yield model
    yield from sorted(
        str(path.relative_to(folder)) for path in (folder / model).parent.glob("*.onnx?data*")
    )


def _read(folder: Path, name: str) -> Any:
    """A JSON file of the folder, {} where it is not there."""
    path = folder / name
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EncoderError(f"{path}: is not JSON: {error}") from error


def _setting(folder: Path, name: str, key: str) -> Any:
    told = _read(folder, name)
    return told.get(key) if isinstance(told, dict) else None


def _pooled(tokens: FloatArray, mask: np.ndarray, how: str) -> FloatArray:
    """(n, d) of (n, t, d): tokens that only pad do not count."""
    weights, pooled = (
        mask[:, :, None].astype(np.float32),
        tokens[np.arange(len(tokens)), mask.argmax(axis=1)],
    )
    if how == "max":
        pooled = np.where(weights > 0, tokens, -np.inf).max(axis=1)
    elif how != "first":
        pooled = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return np.asarray(pooled, dtype=np.float32)
