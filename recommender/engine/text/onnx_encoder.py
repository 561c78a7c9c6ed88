"""A text encoder in a folder with sentence-transformers' layout, exported to ONNX.

Required files: ``model.onnx`` or ``onnx/model.onnx``, and ``tokenizer.json``. Optional files:
``1_Pooling/config.json`` (mean, first token or maximum), ``sentence_bert_config.json`` (longest
text), ``config_sentence_transformers.json`` (the default prompt) and ``modules.json``.
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
"""Longest text: titles and the first words of a description are far shorter."""

BATCH = 32


class OnnxEncoder:
    """Vectors of length 1. The model is loaded at first use.

    Raises:
        EncoderError: names the path and the missing file.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self.folder = folder
        self.name = folder.name
        self._threads = threads
        self._lock = threading.Lock()
        self._model = _found(folder)
        if not (folder / TOKENIZER).is_file():
            raise EncoderError(f"{folder}: no {TOKENIZER}")
        self._reject_unknown_modules()

    @cached_property
    def fingerprint(self) -> str:
        """Checksum of all files in the folder that change vectors."""
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
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # texts of similar length need little padding
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            vectors[batch] = self._run([texts[index] for index in batch])
            progress("encoding", (start + len(batch)) / len(order))
        return unit_rows(vectors)

    def _run(self, texts: Sequence[str]) -> FloatArray:
        with self._lock:  # the tokenizer's padding is state
            encodings = self._tokenizer.encode_batch([self._prompt + text for text in texts])
        columns = {
            "input_ids": np.array([each.ids for each in encodings], dtype=np.int64),
            "attention_mask": np.array([each.attention_mask for each in encodings], dtype=np.int64),
            "token_type_ids": np.array([each.type_ids for each in encodings], dtype=np.int64),
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
        except Exception as error:  # onnxruntime's exceptions have no common base class
            raise EncoderError(f"{self.folder / self._model}: cannot be loaded: {error}") from error

    @cached_property
    def _inputs(self) -> list[str]:
        names: list[str] = [one.name for one in self._session.get_inputs()]
        if unknown := [name for name in names if name not in INPUTS]:
            wanted, known = ", ".join(unknown), ", ".join(INPUTS)
            raise EncoderError(f"{self.folder / self._model}: wants {wanted}; known: {known}")
        return names

    @cached_property
    def _output(self) -> str:
        """The output with one vector per text if there is one, else one vector per token."""
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
        except Exception as error:  # tokenizers raises a plain Exception
            raise EncoderError(f"{self.folder / TOKENIZER}: {error}") from error
        longest = _setting(self.folder, LENGTHS, "max_seq_length")
        longest = longest or (tokenizer.truncation or {}).get("max_length") or MOST_TOKENS
        tokenizer.enable_truncation(min(int(longest), MOST_TOKENS))
        padding = tokenizer.padding or {}
        known = [token for token in PADDINGS if tokenizer.token_to_id(token) is not None]
        token = padding.get("pad_token") or (known[0] if known else PADDINGS[0])
        tokenizer.enable_padding(
            pad_token=token, pad_id=padding.get("pad_id", tokenizer.token_to_id(token) or 0)
        )
        return tokenizer

    @cached_property
    def _pooling(self) -> str:
        """The pooling in the folder's settings; mean by default."""
        settings = _read(self.folder, POOLING)
        wanted = [
            key.removeprefix("pooling_mode_")
            for key, value in settings.items()
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
        settings = _read(self.folder, PROMPTS)
        return str((settings.get("prompts") or {}).get(settings.get("default_prompt_name"), ""))

    def _reject_unknown_modules(self) -> None:
        modules = _read(self.folder, MODULES)
        kinds = (
            [str(one.get("type", "")).rpartition(".")[2] for one in modules]
            if isinstance(modules, list)
            else []
        )
        if unknown := [kind for kind in kinds if kind not in UNDERSTOOD_MODULES]:
            raise EncoderError(
                f"{self.folder / MODULES}: {', '.join(unknown)} is not supported; "
                f"export the whole model to ONNX and remove {MODULES}"
            )


def _found(folder: Path) -> str:
    if not folder.is_dir():
        raise EncoderError(f"{folder}: no such folder")
    for name in MODELS:
        if (folder / name).is_file():
            return name
    raise EncoderError(
        f"{folder}: neither {' nor '.join(MODELS)}; "
        "a model of another format can be exported to ONNX"
    )


def _model_files(folder: Path, model: str) -> Iterator[str]:
    """The model file and its data files: large models store their weights beside the model."""
    yield model
    yield from sorted(
        str(path.relative_to(folder)) for path in (folder / model).parent.glob("*.onnx?data*")
    )


def _read(folder: Path, name: str) -> Any:
    """The content of a JSON file of the folder; {} if there is no such file."""
    path = folder / name
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise EncoderError(f"{path}: is not JSON: {error}") from error


def _setting(folder: Path, name: str, key: str) -> Any:
    settings = _read(folder, name)
    return settings.get(key) if isinstance(settings, dict) else None


def _pooled(tokens: FloatArray, mask: np.ndarray, how: str) -> FloatArray:
    """(n, d) from (n, t, d) token vectors; padding does not count."""
    weights = mask[:, :, None].astype(np.float32)
    pooled = tokens[np.arange(len(tokens)), mask.argmax(axis=1)]
    if how == "max":
        pooled = np.where(weights > 0, tokens, -np.inf).max(axis=1)
    elif how != "first":
        pooled = (tokens * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return np.asarray(pooled, dtype=np.float32)
