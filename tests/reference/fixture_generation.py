"""Texts that transformers generates with the tiny random decoder and T5s, one prompt at a time.

Reads small_llama3, small_tied_t5, small_flan_t5 and the adapter saved_lora of the output folder.
Writes small_varied_t5.safetensors and .json: tied_t5 with its embedding divided by 8, since a tied
decoder whose embedding is large says its own last token again. Writes generation_llama.json and
generation_t5.json: for each model its prompts and, greedily, the tokens behind them until `end`
(which is kept) or `limit`; for the first BEAM_PROMPTS those of beam search and their scores.
`margin`: the smallest difference between two scores that were compared (logits; of beams
log-probabilities), in fp64 and without a cache, as the rules of beam_search.py give them;
`near_ties`: where it is below 1e-6. transformers itself compares in fp32.

Also writes sampling_filters.json: logits with the probabilities after temperature and top-p.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM,
    T5ForConditionalGeneration,
    TemperatureLogitsWarper,
    TopPLogitsWarper,
)

from .beam_search import Rule, beam_search
from .fixture_small_llama import make_exact, softmax_in_fp64
from .fixture_small_t5 import exact as exact_t5
from .packed import lines

PROMPTS, BEAM_PROMPTS = 200, 40
LONGEST, LIMIT = 40, 24  # tokens of a prompt, and of what is generated
BEAMS, LENGTH_PENALTY = 4, 1.0
NEAR = 1e-6


@dataclass(frozen=True)
class Case:
    """A model with the token that ends its texts. A decoder's own text begins with its prompt."""

    model: torch.nn.Module
    end: int
    decoder: bool

    @torch.no_grad()
    def generate(self, prompt: list[int], **options: Any) -> Any:
        ids = torch.tensor([prompt])
        found = self.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=LIMIT,
            eos_token_id=self.end,
            pad_token_id=0,
            do_sample=False,
            return_dict_in_generate=True,
            output_scores=True,
            **options,
        )
        tokens = found.sequences[0].tolist()[len(prompt) if self.decoder else 1 :]
        return tokens, found

    @torch.no_grad()
    def logits(self, prompt: list[int], tokens: list[int]) -> torch.Tensor:
        """Of the token behind each of the first ones: [len(tokens) + 1, vocabulary], no cache."""
        if self.decoder:
            whole = torch.tensor([[*prompt, *tokens]])
            return self.model(input_ids=whole, use_cache=False).logits[0, len(prompt) - 1 :]
        read = torch.tensor([[0, *tokens]])
        out = self.model(input_ids=torch.tensor([prompt]), decoder_input_ids=read, use_cache=False)
        return out.logits[0]


@contextmanager
def _softmax() -> Iterator[None]:
    plain = torch.nn.functional.softmax
    softmax_in_fp64()
    yield
    torch.nn.functional.softmax = plain


def _load(kind: Any, name: str, out: Path) -> torch.nn.Module:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(out / f"small_{name}.json", Path(folder) / "config.json")
        shutil.copy(out / f"small_{name}.safetensors", Path(folder) / "model.safetensors")
        model = kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64)
    return model.eval()


def _with_adapter(model: torch.nn.Module, name: str, out: Path) -> torch.nn.Module:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(out / f"{name}.json", Path(folder) / "adapter_config.json")
        shutil.copy(out / f"{name}.safetensors", Path(folder) / "adapter_model.safetensors")
        adapted = PeftModel.from_pretrained(model, folder, autocast_adapter_dtype=False)
    return adapted.double().eval()


def _greedy(case: Case, prompts: list[list[int]]) -> dict[str, Any]:
    tokens, margins = [], []
    for prompt in prompts:
        text, _ = case.generate(prompt)
        logits = case.logits(prompt, text[:-1])
        best = logits.topk(2).values
        margin = (best[:, 0] - best[:, 1]).min().item()
        if margin > NEAR and logits.argmax(-1).tolist() != text:
            raise RuntimeError(f"without a cache, in fp64, {prompt} goes on otherwise")
        tokens.append(text)
        margins.append(margin)
    return {"tokens": tokens} | _margins(margins)


def _beams(case: Case, prompts: list[list[int]], early: bool) -> dict[str, Any]:
    rule = Rule(BEAMS, case.end, LIMIT, LENGTH_PENALTY, early)
    tokens, scores, margins = [], [], []
    for prompt in prompts:
        text, output = case.generate(
            prompt, num_beams=BEAMS, length_penalty=LENGTH_PENALTY, early_stopping=early
        )
        found = beam_search(
            lambda read, prompt=prompt: (
                case.logits(prompt, list(read))[-1].log_softmax(-1).tolist()
            ),
            rule,
        )
        if found.margin > NEAR and list(found.tokens) != text:
            raise RuntimeError(f"in fp64 the beams of {prompt} find {found.tokens}, not {text}")
        if abs(found.score - output.sequences_scores[0].item()) > 1e-5:
            raise RuntimeError(f"in fp64 the score of {prompt} is {found.score}")
        tokens.append(text)
        scores.append(found.score)
        margins.append(found.margin)
    return {"tokens": tokens, "score": scores} | _margins(margins)


def _margins(margins: list[float]) -> dict[str, Any]:
    near = [index for index, margin in enumerate(margins) if margin < NEAR]
    return {"margin": [float(f"{margin:.3g}") for margin in margins], "near_ties": near}


def _prompts(vocabulary: int, seed: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, LONGEST + 1, (PROMPTS,), generator=generator).tolist()
    return [torch.randint(0, vocabulary, (n,), generator=generator).tolist() for n in lengths]


def _described(name: str, adapter: str, case: Case, seed: int) -> dict[str, Any]:
    prompts = _prompts(case.model.config.vocab_size, seed)
    found = {"model": f"small_{name}", "adapter": adapter, "end": case.end, "prompts": prompts}
    found["greedy"] = _greedy(case, prompts)
    if not adapter:
        found["beams"] = _beams(case, prompts[:BEAM_PROMPTS], early=False)
        found["beams_early"] = _beams(case, prompts[:BEAM_PROMPTS], early=True)
    return found


def _llama(adapter: str, out: Path) -> dict[str, Any]:
    model = _load(AutoModelForCausalLM, "llama3", out)
    make_exact(model)
    if adapter:
        model = _with_adapter(model, adapter, out)
    with _softmax():
        return _described("llama3", adapter, Case(model, 2, decoder=True), seed=21)


def _t5(name: str, end: int, out: Path) -> dict[str, Any]:
    model = _load(T5ForConditionalGeneration, name, out)
    with exact_t5(model):
        return _described(name, "", Case(model, end, decoder=False), seed=22)


def _save_varied(out: Path) -> None:
    weights = load_file(out / "small_tied_t5.safetensors")
    (embedding,) = [name for name in weights if name.endswith("embed_tokens.weight")]
    weights[embedding] = weights[embedding] / 8
    save_file(weights, out / "small_varied_t5.safetensors", metadata={"format": "pt"})
    shutil.copy(out / "small_tied_t5.json", out / "small_varied_t5.json")


def _filters() -> list[dict[str, Any]]:
    generator = torch.Generator().manual_seed(24)
    cases = []
    for temperature, top_p in (
        (1.0, 1.0),
        (0.7, 0.95),
        (0.2, 0.95),
        (1.0, 0.5),
        (2.0, 0.9),
        (0.01, 1.0),
        (1.5, 1e-3),
    ):
        for width in (2, 12):
            logits = 3 * torch.randn((1, width), generator=generator, dtype=torch.float64)
            left = TopPLogitsWarper(top_p)(None, TemperatureLogitsWarper(temperature)(None, logits))
            case = {"temperature": temperature, "top_p": top_p, "logits": logits[0].tolist()}
            cases.append(case | {"probabilities": left.softmax(-1)[0].tolist()})
    return cases


def _write(path: Path, cases: list[dict[str, Any]]) -> None:
    head = {"limit": LIMIT, "beams": BEAMS, "length_penalty": LENGTH_PENALTY}
    path.write_text(lines(head | {"cases": cases}) + "\n")


def make(data: Path, out: Path) -> None:
    """Writes five files; `data` is not read."""
    torch.set_num_threads(1)
    _write(out / "generation_llama.json", [_llama("", out), _llama("saved_lora", out)])
    _save_varied(out)
    _write(out / "generation_t5.json", [_t5("flan_t5", 1, out), _t5("varied_t5", 3, out)])
    (out / "sampling_filters.json").write_text(lines(_filters()) + "\n")
