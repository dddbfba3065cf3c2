"""Hidden states of the real MiniLM-L6 for 64 real sentences, from transformers.

Reads the prepared MiniLM and VADER sentences (MIT); writes minilm_hidden.safetensors: tokens int64
[N], starts int64 [65], hidden float32 [N, 384], each sentence computed alone in fp32, eager.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import BertModel

from .packed import hidden_one_by_one, starts_of, vader_sentences

# A few long sentences, the rest short, so that the file stays below 1.5 MB.
LENGTHS = [114, 80, 58, 47, 40, 33, 27, 22] + [4 + index % 12 for index in range(56)]


def make(data: Path, out: Path) -> None:
    """Takes the first unused sentence of each wanted length."""
    by_length: dict[int, list[list[int]]] = {}
    for sentence in vader_sentences(data):
        by_length.setdefault(len(sentence.tokens), []).append(sentence.tokens)
    chosen = [by_length[length].pop(0) for length in LENGTHS]
    chosen = chosen[0::2] + chosen[1::2]  # long and short ones mixed
    tokens = torch.tensor([token for sentence in chosen for token in sentence])
    starts = starts_of([len(sentence) for sentence in chosen])
    folder = data / "models" / "minilm-l6"
    model = BertModel.from_pretrained(folder, attn_implementation="eager").eval()
    hidden = hidden_one_by_one(model, tokens, torch.zeros_like(tokens), starts)
    save_file(
        {"tokens": tokens, "starts": starts, "hidden": hidden}, out / "minilm_hidden.safetensors"
    )
