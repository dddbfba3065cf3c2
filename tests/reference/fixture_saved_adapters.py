"""Adapters that PEFT saved for the tiny llama3 of fixture_small_llama, and the logits it gives with them.

Reads small_llama3.safetensors and .json of the output folder. Writes for each NAME of KINDS
saved_NAME.json (adapter_config.json) and saved_NAME.safetensors (adapter_model.safetensors), and
saved_expected.safetensors: tokens int64 [N], starts int64 [S+1], logits.NAME float32 [N, vocabulary],
each sequence alone. The adapter "trained" was trained by PEFT to answer the last token of a prompt with
another: prompts int64 [G, 3], answers int64 [G], and of each answer on the test rows its
log_probability float64 [G] and whether it was the likeliest token, greedy int64 [G].
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from peft import AdaLoraConfig, IA3Config, LoraConfig, PeftModel, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaForCausalLM

from .packed import starts_of

TARGETS = ["q_proj", "v_proj", "down_proj"]
PATTERNS = {"rank_pattern": {"layers.1.self_attn.q_proj": 2}, "alpha_pattern": {"down_proj": 3}}
KINDS = {
    "lora": LoraConfig(r=4, lora_alpha=6, target_modules=TARGETS, **PATTERNS),
    "rslora": LoraConfig(r=4, lora_alpha=6, target_modules=TARGETS, use_rslora=True),
    "dora": LoraConfig(r=4, lora_alpha=6, target_modules=TARGETS, use_dora=True),
    "ia3": IA3Config(target_modules=TARGETS, feedforward_modules=["down_proj"]),
    "adalora": AdaLoraConfig(
        init_r=6, target_r=4, lora_alpha=12, target_modules=TARGETS, tinit=2, tfinal=4, deltaT=1, total_step=16
    ),
    "trained": LoraConfig(r=4, lora_alpha=16, target_modules="all-linear", exclude_modules=["lm_head"]),
    "dora_by_site": LoraConfig(r=4, lora_alpha=6, target_modules=TARGETS, use_dora=True, **PATTERNS),
}
LENGTHS = [5, 12, 3]
STEPS, TRAINING, TEST = 40, 48, 24
FIRST, LETTERS = 10, 8  # answers are among the ids from 10 to 17


def _base(out: Path) -> LlamaForCausalLM:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(out / "small_llama3.json", Path(folder) / "config.json")
        shutil.copy(out / "small_llama3.safetensors", Path(folder) / "model.safetensors")
        return LlamaForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()


@torch.no_grad()
def _disturb(model: PeftModel, generator: torch.Generator) -> None:
    """Values that no start has, so that every tensor counts."""
    for name, parameter in model.named_parameters():
        if "lora_" in name or "ia3_" in name:
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator))


def _batches(generator: torch.Generator, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    prompts = torch.randint(FIRST, FIRST + LETTERS, (count, 3), generator=generator)
    answers = FIRST + (prompts[:, -1] - FIRST + 3) % LETTERS
    return prompts, answers


def _answer_logits(model: PeftModel, prompts: torch.Tensor) -> torch.Tensor:
    return model(input_ids=prompts).logits[:, -1]


def _train(model: PeftModel, prompts: torch.Tensor, answers: torch.Tensor) -> None:
    adapter = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(adapter, lr=2e-2)
    for step in range(STEPS):
        loss = torch.nn.functional.cross_entropy(_answer_logits(model, prompts), answers)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if hasattr(model.base_model, "update_and_allocate"):
            model.base_model.update_and_allocate(step)


def _scores(model: PeftModel, generator: torch.Generator) -> dict[str, torch.Tensor]:
    prompts, answers = _batches(generator, TEST)
    with torch.no_grad():
        likelihood = _answer_logits(model, prompts).double().log_softmax(-1)
    chosen = likelihood.gather(1, answers[:, None])[:, 0].contiguous()
    greedy = (likelihood.argmax(1) == answers).long()
    return {"prompts": prompts, "answers": answers, "log_probability": chosen, "greedy": greedy}


def _save(model: PeftModel, name: str, out: Path) -> PeftModel:
    """Files as PEFT writes them, but for the base's name; and the model that PEFT reads from them."""
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        config = json.loads((Path(folder) / "adapter_config.json").read_text())
        config["base_model_name_or_path"] = "org/small"
        (out / f"saved_{name}.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
        shutil.copy(Path(folder) / "adapter_model.safetensors", out / f"saved_{name}.safetensors")
        return PeftModel.from_pretrained(_base(out), folder).eval()


def make(data: Path, out: Path) -> None:
    """Writes two files a kind and one of all logits; `data` is not read."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(11)
    tokens = torch.randint(0, 60, (sum(LENGTHS),), generator=generator)
    starts = starts_of(LENGTHS)
    expected = {"tokens": tokens, "starts": starts}
    training = _batches(generator, TRAINING)
    for name, config in KINDS.items():
        torch.manual_seed(3)
        model = get_peft_model(_base(out), config)
        if name in ("trained", "adalora"):
            if name == "adalora":
                model.base_model.peft_config["default"].total_step = STEPS
                model.base_model.rankallocator.set_total_step(STEPS)
            _train(model, *training)
        else:
            _disturb(model, generator)
        model = _save(model, name, out)
        with torch.no_grad():
            rows = [
                model(input_ids=tokens[first:last][None]).logits[0]
                for first, last in zip(starts[:-1].tolist(), starts[1:].tolist())
            ]
        expected[f"logits.{name}"] = torch.cat(rows).contiguous()
        if name == "trained":
            expected |= _scores(model, generator)
    save_file(expected, out / "saved_expected.safetensors")
