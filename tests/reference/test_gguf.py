"""A model's folder from a GGUF file: names, rows, configurations, tokenizer, and refusals."""

import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from scripts.prepare_data import cli
from scripts.prepare_data.errors import PrepareError
from scripts.prepare_data.gguf_folder import write_folder

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("RANKWISE_DATA") or ROOT / "data") / "models/smollm2-135m"
TOKENS = ["<|end|>", "<|im|>", "a", "b", "ab", "Ġ", "1", "2", "12", "ba"]
HEADS, HIDDEN = 2, 32


def interleaved(rows: np.ndarray, heads: int) -> np.ndarray:
    """As a GGUF of LLaMA has them: the halves of each head in turn."""
    halves = rows.reshape(heads, 2, -1, rows.shape[1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def rows(count: int) -> np.ndarray:
    return np.arange(count * HIDDEN, dtype=np.float32).reshape(count, HIDDEN) / 64


class Toy(unittest.TestCase):
    """A LLaMA of one layer, with two heads and one of keys and values."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(
        self, architecture: str = "llama", words: str = "smollm", bos: bool = False, **more: Any
    ) -> Path:
        path = self.folder / "toy.gguf"
        writer = gguf.GGUFWriter(path, architecture)
        writer.add_block_count(1)
        writer.add_context_length(64)
        writer.add_embedding_length(HIDDEN)
        writer.add_feed_forward_length(64)
        writer.add_head_count(HEADS)
        writer.add_head_count_kv(1)
        writer.add_layer_norm_rms_eps(1e-5)
        writer.add_rope_freq_base(100000.0)
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(words)
        writer.add_token_list(TOKENS)
        writer.add_token_types([3, 4] + [1] * (len(TOKENS) - 2))
        writer.add_token_merges(["a b", "1 2"])
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(0)
        writer.add_add_bos_token(bos)
        writer.add_chat_template("{{ messages }}")
        for name, value in more.get("texts", {}).items():
            writer.add_string(name, value)
        for name, value in more.get("numbers", {}).items():
            writer.add_uint32(name, value)
        tensors = {
            "token_embd.weight": rows(len(TOKENS)),
            "output_norm.weight": rows(1)[0],
            "blk.0.attn_q.weight": interleaved(rows(HIDDEN), HEADS),
            "blk.0.attn_k.weight": interleaved(rows(HIDDEN // HEADS), 1),
            "blk.0.ffn_down.weight": rows(HIDDEN),
        } | more.get("tensors", {})
        for name, values in tensors.items():
            writer.add_tensor(name, values)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor("blk.0.ffn_up.weight", gguf.quantize(rows(64), kind), raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    def convert(self, **more: Any) -> dict[str, Any]:
        write_folder(self.write(**more), self.folder / "model")
        return {
            name: json.loads((self.folder / f"model/{name}.json").read_text())
            for name in ("config", "tokenizer_config")
        }

    def weights(self) -> dict[str, np.ndarray]:
        return load_file(self.folder / "model/model.safetensors")

    def encode(self, text: str) -> list[str]:
        return Tokenizer.from_file(str(self.folder / "model/tokenizer.json")).encode(text).tokens

    def refuse(self, message: str, **more: Any) -> None:
        with self.assertRaisesRegex(PrepareError, message):
            self.convert(**more)
        self.assertFalse((self.folder / "model").exists())

    def test_tensors_have_todays_names_and_rows(self) -> None:
        self.convert()
        weights, layer = self.weights(), "model.layers.0."
        self.assertEqual(
            sorted(weights),
            ["model.embed_tokens.weight", f"{layer}mlp.down_proj.weight",
             f"{layer}mlp.up_proj.weight", f"{layer}self_attn.k_proj.weight",
             f"{layer}self_attn.q_proj.weight", "model.norm.weight"],
        )  # fmt: skip
        for name, count in (("q", HIDDEN), ("k", HIDDEN // HEADS)):
            found = weights[f"{layer}self_attn.{name}_proj.weight"]
            np.testing.assert_array_equal(found, rows(count))
        # Half of a step of 32/127, and the step itself in half precision.
        np.testing.assert_allclose(weights[f"{layer}mlp.up_proj.weight"], rows(64), atol=0.142)

    def test_rows_of_qwen2_are_not_interleaved(self) -> None:
        self.convert(architecture="qwen2", words="qwen2")
        found = self.weights()["model.layers.0.self_attn.q_proj.weight"]
        np.testing.assert_array_equal(found, interleaved(rows(HIDDEN), HEADS))

    def test_configurations_hold_what_the_file_says(self) -> None:
        found = self.convert()
        config = {
            "model_type": "llama", "vocab_size": 10, "hidden_size": 32, "intermediate_size": 64,
            "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
            "head_dim": 16, "max_position_embeddings": 64, "rms_norm_eps": 1e-05,
            "rope_theta": 100000.0, "tie_word_embeddings": True, "bos_token_id": 1,
            "eos_token_id": 0,
        }  # fmt: skip
        self.assertEqual(config, {name: found["config"][name] for name in config})
        self.assertEqual(found["tokenizer_config"]["chat_template"], "{{ messages }}")
        self.assertEqual(found["tokenizer_config"]["eos_token"], "<|end|>")

    def test_a_head_of_its_own_is_not_tied(self) -> None:
        found = self.convert(tensors={"output.weight": rows(len(TOKENS))})
        self.assertFalse(found["config"]["tie_word_embeddings"])
        self.assertIn("lm_head.weight", self.weights())

    def test_words_are_cut_as_the_files_name_for_it_says(self) -> None:
        self.convert(words="smollm")
        self.assertEqual(self.encode("ab<|im|>a 12"), ["ab", "<|im|>", "a", "Ġ", "1", "2"])
        self.convert(words="llama-bpe", bos=True)
        self.assertEqual(self.encode("ab12"), ["<|im|>", "ab", "12"])
        self.assertEqual(self.encode("ba"), ["<|im|>", "ba"])  # a piece that no merges make
        self.convert(words="qwen2")
        self.assertEqual(self.encode("ab12ba"), ["ab", "1", "2", "b", "a"])

    def test_what_is_not_known_is_refused_before_anything_is_written(self) -> None:
        self.refuse("architecture 'gemma'; those that are converted are llama, qwen2",
                    architecture="gemma")  # fmt: skip
        self.refuse(
            "its tokenizer is 'gpt2, jais'; those .* smollm, llama-bpe, qwen2", words="jais"
        )
        scaled = {"llama.rope.scaling.type": "yarn"}
        self.refuse("its rotary positions are scaled", texts=scaled)
        self.refuse("positions are scaled or in part", numbers={"llama.rope.dimension_count": 8})
        self.refuse("tensor 'blk.0.ffn_gate_exps.weight' is none of a model of type llama",
                    tensors={"blk.0.ffn_gate_exps.weight": rows(1)})  # fmt: skip

    def test_what_is_no_gguf_is_one_line(self) -> None:
        path = self.folder / "x.gguf"
        for content in (b"", b"GGUF", b"something else that is long enough"):
            path.write_bytes(content)
            with self.assertRaisesRegex(PrepareError, "x.gguf: cannot be read as GGUF"):
                write_folder(path, self.folder / "model")

    def test_the_command_makes_it_once(self) -> None:
        path = self.write()
        for expected in ("mine: written to", "mine: up to date"):
            self.assertIn(expected, self.command("--backbone", "mine", "--from", str(path)))
        source = json.loads((self.folder / "data/models/mine/SOURCE.json").read_text())
        self.assertEqual((source["gguf"], len(source["files"])), ("toy.gguf", 4))
        self.assertIn("mine: your own", self.command("--backbone", "mine"))
        self.assertNotIn(str(self.folder), json.dumps(source))

    def test_the_command_spares_a_model_of_the_users(self) -> None:
        (self.folder / "data/models/mine").mkdir(parents=True)
        path = self.write()
        found = self.command("--backbone", "mine", "--from", str(path))
        self.assertIn("holds a model of your own; choose another --backbone NAME", found)
        found = self.command("--backbone", "minilm-l6", "--from", str(path))
        self.assertIn("expected a new name", found)

    def command(self, *arguments: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
            cli.main([*arguments, "--data", str(self.folder / "data")])
        return out.getvalue()


@unittest.skipUnless(REAL.is_dir(), f"{REAL} is absent: scripts/prepare --backbone smollm2-135m")
class SmolLM2(unittest.TestCase):
    def test_encodes_as_the_models_own_tokenizer(self) -> None:
        tokenizer = Tokenizer.from_file(str(REAL / "tokenizer.json"))
        for text, ids in {
            "Hello world": [19556, 905],
            "The capital of France is": [504, 3575, 282, 4649, 314],
            " 12": [216, 33, 34],
            "<|im_start|>user\n": [1, 4093, 198],
        }.items():
            self.assertEqual(tokenizer.encode(text).ids, ids)
            self.assertEqual(tokenizer.decode(ids, skip_special_tokens=False), text)

    def test_has_all_tensors(self) -> None:
        weights = load_file(REAL / "model.safetensors")
        self.assertEqual(sum(values.size for values in weights.values()), 134_515_008)
        self.assertEqual(len(weights), 272)


if __name__ == "__main__":
    unittest.main()
