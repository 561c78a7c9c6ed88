"""With a tiny model made here: a table with one vector per token."""

from __future__ import annotations

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from recommender.engine.data.errors import EncoderError
from recommender.engine.text.onnx_encoder import OnnxEncoder

WORDS = {"[PAD]": 0, "tea": 1, "cup": 2, "query": 3, "[UNK]": 4}
TABLE = np.array([[9, 9], [1, 0], [0, 2], [0, -6], [1, 1]], dtype=np.float32)


def save_model(path, *, sentence=False, extra=()):
    """``sentence``: add an output ``sentence_embedding``, the sum of all tokens with padding."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ["input_ids", "attention_mask", *extra]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in names]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    outputs = [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "t", 2])]
    stored = [numpy_helper.from_array(TABLE, "table")]
    if sentence:
        stored.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"))
        nodes.append(
            helper.make_node(
                "ReduceSum", ["last_hidden_state", "axes"], ["sentence_embedding"], keepdims=0
            )
        )
        outputs.append(
            helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["n", 2])
        )
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, stored)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path
    )


def save_tokenizer(folder):
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))


@pytest.fixture
def folder(tmp_path):
    save_model(tmp_path / "onnx" / "model.onnx")
    save_tokenizer(tmp_path)
    return tmp_path


def write(folder, name, content):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content))


def unit(*numbers):
    return np.array(numbers) / np.linalg.norm(numbers)


def test_a_text_is_the_mean_of_its_tokens_and_padding_does_not_count(folder):
    made = OnnxEncoder(folder).encode(["tea cup cup cup", "tea", "cup"])
    np.testing.assert_allclose(made, [unit(1, 6), [1, 0], [0, 1]], atol=1e-6)
    assert made.dtype == np.float32


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("mean_tokens", unit(1, 2)), ("cls_token", unit(1, 0)), ("max_tokens", unit(1, 2))],
)
def test_the_folders_settings_choose_the_pooling(folder, pooling, expected):
    write(
        folder,
        "1_Pooling/config.json",
        {"word_embedding_dimension": 2, f"pooling_mode_{pooling}": True},
    )
    np.testing.assert_allclose(
        OnnxEncoder(folder).encode(["tea cup", "tea cup cup"])[0], expected, atol=1e-6
    )


def test_an_output_with_one_vector_per_text_is_not_pooled(tmp_path):
    save_model(tmp_path / "model.onnx", sentence=True)
    save_tokenizer(tmp_path)
    np.testing.assert_allclose(OnnxEncoder(tmp_path).encode(["tea cup"]), [unit(1, 2)], atol=1e-6)


def test_long_texts_are_cut_and_prompts_are_prepended(folder):
    write(folder, "sentence_bert_config.json", {"max_seq_length": 2})
    write(
        folder,
        "config_sentence_transformers.json",
        {"prompts": {"p": "query "}, "default_prompt_name": "p"},
    )
    np.testing.assert_allclose(
        OnnxEncoder(folder).encode(["tea cup cup"]), [unit(1, -6)], atol=1e-6
    )


def test_order_dimension_and_progress(folder):
    reported = []
    encoder = OnnxEncoder(folder)
    texts = ["tea " * (n % 7 + 1) + "cup" for n in range(70)]
    made = encoder.encode(texts, lambda stage, share: reported.append((stage, round(share, 2))))
    for text, row in zip(texts, made, strict=True):
        np.testing.assert_allclose(row, unit(text.count("tea"), 2), atol=1e-6)
    assert encoder.dimension == 2
    assert reported == [("encoding", 0.46), ("encoding", 0.91), ("encoding", 1.0)]
    assert encoder.encode([]).shape == (0, 2)


def test_another_model_or_setting_has_another_fingerprint(folder):
    prints = {OnnxEncoder(folder).fingerprint, OnnxEncoder(folder).fingerprint}
    write(folder, "sentence_bert_config.json", {"max_seq_length": 2})
    prints.add(OnnxEncoder(folder).fingerprint)
    save_model(folder / "onnx" / "model.onnx", sentence=True)
    prints.add(OnnxEncoder(folder).fingerprint)
    assert len(prints) == 3


def error_message(folder):
    with pytest.raises(EncoderError) as caught:
        OnnxEncoder(folder).encode(["tea"])
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_a_missing_file_is_reported_with_its_path(tmp_path):
    assert "no such folder" in error_message(tmp_path / "nowhere")
    assert "model.onnx" in error_message(tmp_path)
    save_model(tmp_path / "model.onnx")
    assert "no tokenizer.json" in error_message(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    assert "tokenizer.json" in error_message(tmp_path)


def test_unsupported_settings_are_reported(folder):
    write(folder, "modules.json", [{"type": "sentence_transformers.models.Dense"}])
    assert "modules.json: Dense" in error_message(folder)
    write(folder, "modules.json", [{"type": "sentence_transformers.models.Pooling"}])
    write(folder, "1_Pooling/config.json", {"pooling_mode_lasttoken": True})
    assert "pooling lasttoken" in error_message(folder)
    (folder / "1_Pooling/config.json").write_text("{")
    assert "config.json: is not JSON" in error_message(folder)


def test_an_unusable_model_is_reported(folder):
    save_model(folder / "onnx" / "model.onnx", extra=["pixel_values"])
    assert "wants pixel_values" in error_message(folder)
    (folder / "onnx" / "model.onnx").write_bytes(b"not a model")
    assert "cannot be loaded" in error_message(folder)
