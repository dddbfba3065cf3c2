"""The tokenizer that a GGUF file carries, as tokenizer.json and tokenizer_config.json.

Byte-level BPE alone: the vocabulary and its merges are in the file, the way in which texts are cut
into words follows from the name that the file gives it. Reads and writes nothing.
"""

from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.processors import ByteLevel, TemplateProcessing

from .errors import PrepareError, shown
from .gguf_model import GgufModel

_CONTROL, _USER_DEFINED = 3, 4
_DIGITS = {"llama-bpe": r"\p{N}{1,3}", "qwen2": r"\p{N}"}
# How LLaMA 3 and Qwen2 cut words; they differ in the digits.
_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_KNOWN = ("smollm", *_DIGITS)


def tokenizer_of(model: GgufModel) -> Tokenizer:
    """The tokenizer. PrepareError for a kind that is not known."""
    kind, words = model.field("tokenizer.ggml.model"), model.field("tokenizer.ggml.pre")
    if kind != "gpt2" or words not in _KNOWN:
        raise PrepareError(
            f"{model.path}: its tokenizer is {shown(f'{kind}, {words}')}; those that are converted "
            f"are gpt2 with {', '.join(_KNOWN)}; put the model's own files into a folder and name "
            f"it by --backbone DIR"
        )
    tokens = model.field("tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in model.field("tokenizer.ggml.merges")]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    tokenizer = Tokenizer(BPE(vocabulary, merges, ignore_merges=words == "llama-bpe"))
    if words == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = _words(words)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = _post_processor(model, tokens)
    tokenizer.add_tokens(_added(model, tokens))
    return tokenizer


def tokenizer_config(model: GgufModel) -> dict[str, Any]:
    """The members of tokenizer_config.json."""
    tokens = model.field("tokenizer.ggml.tokens")
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": bool(model.field("tokenizer.ggml.add_bos_token", False)),
        "clean_up_tokenization_spaces": False,
        "model_max_length": model.config()["max_position_embeddings"],
    }
    for name in ("bos", "eos", "unknown", "padding"):
        index = model.field(f"tokenizer.ggml.{name}_token_id")
        if index is not None:
            config[f"{name[:3]}_token"] = tokens[index]
    template = model.field("tokenizer.chat_template")
    return config | ({"chat_template": template} if template else {})


def _words(name: str) -> pre_tokenizers.PreTokenizer:
    if name == "smollm":
        digits = pre_tokenizers.Digits(individual_digits=True)
        return pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    cut = pre_tokenizers.Split(Regex(_WORDS % _DIGITS[name]), behavior="isolated")
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([cut, as_bytes])


def _post_processor(model: GgufModel, tokens: list[str]) -> ByteLevel | TemplateProcessing:
    first = model.field("tokenizer.ggml.bos_token_id")
    if not model.field("tokenizer.ggml.add_bos_token", False) or first is None:
        return ByteLevel(trim_offsets=False)
    bos = tokens[first]
    return TemplateProcessing(
        single=[bos, "$A"], pair=[bos, "$A", f"{bos}:1", "$B:1"], special_tokens=[(bos, first)]
    )


def _added(model: GgufModel, tokens: list[str]) -> list[AddedToken]:
    kinds = model.field("tokenizer.ggml.token_type", [])
    return [
        AddedToken(token, special=kind == _CONTROL, normalized=False)
        for token, kind in zip(tokens, kinds, strict=False)
        if kind in (_CONTROL, _USER_DEFINED)
    ]
