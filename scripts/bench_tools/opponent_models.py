"""Models of transformers with PEFT's LoRA on them, and their losses on a batch."""

import re
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch import nn
from transformers import AutoModelForCausalLM, BertModel, T5ForConditionalGeneration

from .examples import Example, Task, inputs_of, padded

SITES = {
    "bert": r".*encoder\.layer\.\d+\."
    r"(attention\.self\.(query|key|value)|attention\.output\.dense|intermediate\.dense|output\.dense)",
    "llama": r".*layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)",
    "t5": r".*block\.\d+\.layer\.\d+\."
    r"((SelfAttention|EncDecAttention)\.[qkvo]|DenseReluDense\.w(i|o))",
}

IGNORED = -100  # a label that no loss counts


def kind_of(spec: dict[str, Any]) -> torch.dtype:
    """Of the frozen weights: bf16 where the run is and a GPU computes; else autocast makes it."""
    narrow = spec["precision"] == "bf16" and spec["device"] == "cuda"
    return torch.bfloat16 if narrow else torch.float32


def adapted(model: nn.Module, spec: dict[str, Any]) -> nn.Module:
    config = LoraConfig(
        r=spec["rank"], lora_alpha=spec["alpha"], lora_dropout=0.0, bias="none",
        target_modules=SITES[spec["backbone"]],
    )  # fmt: skip
    return get_peft_model(model, config)


def take_start(model: nn.Module, start: dict[str, torch.Tensor]) -> None:
    """Gives every A and B the values that rankwise starts from; refuses what does not match."""
    left = {name for name in start if ".lora_" in name}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            match = re.fullmatch(
                r"base_model\.model\.(?:model\.)?(.*)\.(lora_[AB])\.default\.weight", name
            )
            if match is None:
                continue
            ours = f"{match[1]}.{match[2]}"
            if ours not in start:
                raise SystemExit(f"PEFT adapts {match[1]}, and rankwise does not")
            parameter.copy_(start[ours])
            left.discard(ours)
    if left:
        raise SystemExit(f"rankwise adapts {min(left)}, and PEFT does not")


class Encoder(nn.Module):
    """Mean of a sequence's rows under a linear head for each task, as rankwise has it."""

    def __init__(self, spec: dict[str, Any], tasks: list[Task], start: dict[str, torch.Tensor]):
        super().__init__()
        model = BertModel.from_pretrained(
            spec["model"], add_pooling_layer=False, dtype=kind_of(spec),
            attn_implementation=spec["attention"],
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        )  # fmt: skip
        self.body = adapted(model, spec)
        take_start(self.body, start)
        self.tasks = tasks
        self.heads = nn.ModuleList(nn.Linear(model.config.hidden_size, t.outputs) for t in tasks)
        with torch.no_grad():
            for task, head in zip(tasks, self.heads, strict=True):
                head.weight.copy_(start[f"{task.name}_weight"])
                head.bias.copy_(start[f"{task.name}_bias"])

    def loss(self, batch: list[Example], device: torch.device) -> torch.Tensor:
        inputs = {name: value.to(device) for name, value in inputs_of(batch).items()}
        rows = self.body(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(2).to(rows.dtype)
        with torch.autocast(device.type, enabled=False):
            pooled = (rows * mask).sum(1) / mask.sum(1)
            return self.head_loss(pooled, batch) / len(batch)

    def head_loss(self, pooled: torch.Tensor, batch: list[Example]) -> torch.Tensor:
        total = pooled.new_zeros(())
        for index, (task, head) in enumerate(zip(self.tasks, self.heads, strict=True)):
            chosen = [i for i, example in enumerate(batch) if example.task == index]
            if not chosen:
                continue
            outputs = head(pooled[torch.tensor(chosen, device=pooled.device)])
            target = torch.tensor([batch[i].target for i in chosen], device=pooled.device)
            if task.kind == "classify":
                total = total + nn.functional.cross_entropy(outputs, target.long(), reduction="sum")
            else:
                total = total + (outputs.squeeze(1) - target.float()).square().sum()
        return total


class Decoder(nn.Module):
    """Every token of a window but the first one, under the model's own loss."""

    def __init__(self, spec: dict[str, Any], start: dict[str, torch.Tensor]) -> None:
        super().__init__()
        model = AutoModelForCausalLM.from_pretrained(
            spec["model"], dtype=kind_of(spec), attn_implementation=spec["attention"]
        )
        model.config.use_cache = False
        self.body = adapted(model, spec)
        take_start(self.body, start)

    def loss(self, batch: list[Example], device: torch.device) -> torch.Tensor:
        windows = torch.stack([torch.from_numpy(one.tokens).long() for one in batch]).to(device)
        targets = windows[:, 1:].contiguous()
        return self.body(input_ids=windows[:, :-1], labels=targets, shift_labels=targets).loss


class EncoderDecoder(nn.Module):
    """Every token of an answer, under the model's own loss."""

    def __init__(self, spec: dict[str, Any], start: dict[str, torch.Tensor]) -> None:
        super().__init__()
        model = T5ForConditionalGeneration.from_pretrained(
            spec["model"], dtype=kind_of(spec), dropout_rate=0.0
        )
        model.config.use_cache = False
        self.body = adapted(model, spec)
        take_start(self.body, start)

    def loss(self, batch: list[Example], device: torch.device) -> torch.Tensor:
        inputs = {name: value.to(device) for name, value in inputs_of(batch).items()}
        del inputs["token_type_ids"]
        labels = padded([one.answer for one in batch if one.answer is not None], behind=IGNORED)
        return self.body(**inputs, labels=labels.to(device)).loss


Model = Encoder | Decoder | EncoderDecoder


def make_model(spec: dict[str, Any], tasks: list[Task]) -> Model:
    start = load_file(spec["start"])
    if spec["backbone"] == "bert":
        model: Model = Encoder(spec, tasks, start)
    else:
        model = (EncoderDecoder if spec["backbone"] == "t5" else Decoder)(spec, start)
    if spec["checkpointing"]:
        model.body.gradient_checkpointing_enable({"use_reentrant": False})
        model.body.enable_input_require_grads()
    return model.to(spec["device"]).train()
