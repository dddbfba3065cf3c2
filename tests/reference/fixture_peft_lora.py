"""Twenty LoRA steps on the real MiniLM-L6 with PEFT: start, batches, losses, and the end.

Reads the prepared MiniLM and VADER sentences (MIT); writes peft_lora.safetensors (initial lora_A of
36 sites, initial head, packed sentences, labels, batch boundaries, one final lora_B, final head)
and peft_lora.json (settings, 20 losses in fp32 and in fp64 from the same start).
"""

from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import BertModel

from .packed import Sentence, one_line_lists, starts_of, vader_sentences

STEPS, BATCH, LONGEST = 20, 16, 40
SITES = (
    r".*\.(attention\.self\.(query|key|value)|attention\.output\.dense"
    r"|intermediate\.dense|layer\.\d+\.output\.dense)"
)
FINAL_SITE = "encoder.layer.5.output.dense"
ADAMW = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.01}


class Classifier(torch.nn.Module):
    """BERT with LoRA, mean over all tokens of a sentence, one linear head."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        torch.manual_seed(7)
        base = BertModel.from_pretrained(folder, attn_implementation="eager")
        config = LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules=SITES)
        self.bert = get_peft_model(base, config)
        self.head = torch.nn.Linear(384, 2)

    def forward(self, batch: list[Sentence]) -> torch.Tensor:
        longest = max(len(sentence.tokens) for sentence in batch)
        padded = [s.tokens + [0] * (longest - len(s.tokens)) for s in batch]
        mask = torch.tensor([[i < len(s.tokens) for i in range(longest)] for s in batch]).long()
        output = self.bert(input_ids=torch.tensor(padded), attention_mask=mask)
        weight = mask[:, :, None].to(output.last_hidden_state.dtype)
        return self.head((output.last_hidden_state * weight).sum(1) / weight.sum(1))

    def factors(self, which: str) -> dict[str, torch.Tensor]:
        """Every site's lora_A or lora_B, named encoder.layer.0.attention.self.query.lora_A."""
        found = {}
        for name, parameter in self.named_parameters():
            if f"{which}.default" in name:
                site = name.removeprefix("bert.base_model.model.").split(f".{which}")[0]
                found[f"{site}.{which}"] = parameter.detach().clone().contiguous()
        return found


def _train(model: Classifier, batches: list[list[Sentence]]) -> list[float]:
    """Plain AdamW over adapter and head, no schedule, no clipping; the loss before each step."""
    model.eval()  # no dropout anywhere; gradients flow all the same
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, **ADAMW)
    losses = []
    for batch in batches:
        labels = torch.tensor([_label(sentence) for sentence in batch])
        loss = torch.nn.functional.cross_entropy(model(batch), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def _label(sentence: Sentence) -> int:
    return int(sentence.rating > 0)


def make(data: Path, out: Path) -> None:
    """Trains twice from the same start, in fp32 and in fp64."""
    torch.set_num_threads(1)
    short = [s for s in vader_sentences(data) if len(s.tokens) <= LONGEST]
    chosen = short[: STEPS * BATCH]
    batches = [chosen[begin : begin + BATCH] for begin in range(0, len(chosen), BATCH)]
    folder = data / "models" / "minilm-l6"
    model = Classifier(folder)
    saved = model.factors("lora_A")
    assert len(saved) == 36, sorted(saved)
    saved["head.weight"] = model.head.weight.detach().clone()
    saved["head.bias"] = model.head.bias.detach().clone()
    losses = _train(model, batches)
    final = f"{FINAL_SITE}.lora_B"
    saved[f"final.{final}"] = model.factors("lora_B")[final]
    saved["final.head.weight"] = model.head.weight.detach().clone()
    saved["final.head.bias"] = model.head.bias.detach().clone()
    saved["tokens"] = torch.tensor([token for s in chosen for token in s.tokens])
    saved["starts"] = starts_of([len(s.tokens) for s in chosen])
    saved["labels"] = torch.tensor([_label(s) for s in chosen])
    saved["batches"] = torch.arange(0, len(chosen) + 1, BATCH)
    save_file(saved, out / "peft_lora.safetensors")
    settings = {
        "rank": 8,
        "alpha": 16,
        "steps": STEPS,
        "optimizer": "AdamW",
        **ADAMW,
        "final_site": FINAL_SITE,
        "losses": losses,
        "losses_float64": _train(Classifier(folder).double(), batches),
    }
    (out / "peft_lora.json").write_text(one_line_lists(settings))
