"""Shapes of models that are filled with random weights: config.json and the tensors' sizes."""

from typing import Any

Config = dict[str, Any]
Sizes = dict[str, tuple[int, ...]]

LLAMA: Config = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 128256,
    "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
    "max_position_embeddings": 8192, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
    "rope_scaling": None, "hidden_act": "silu", "tie_word_embeddings": False,
    "attention_bias": False, "mlp_bias": False, "torch_dtype": "bfloat16", "use_cache": True,
}  # fmt: skip
BERT: Config = {
    "architectures": ["BertModel"], "model_type": "bert", "vocab_size": 30522, "hidden_size": 384,
    "intermediate_size": 1536, "num_hidden_layers": 6, "num_attention_heads": 12,
    "max_position_embeddings": 512, "type_vocab_size": 2, "layer_norm_eps": 1e-12,
    "hidden_act": "gelu", "torch_dtype": "float32",
}  # fmt: skip
T5: Config = {
    "architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "vocab_size": 32128,
    "d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 12, "num_decoder_layers": 12,
    "num_heads": 12, "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
    "layer_norm_epsilon": 1e-06, "feed_forward_proj": "relu", "tie_word_embeddings": True,
    "is_encoder_decoder": True, "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
    "dropout_rate": 0.0, "torch_dtype": "float32",
}  # fmt: skip

# By the name of the folder that they are written to.
CONFIGS: dict[str, Config] = {
    "llama-8b-random": LLAMA,
    "minilm-random": BERT,
    "t5-base-random": T5,
    # For trying a script without a GPU.
    "llama-small-random": LLAMA | {
        "vocab_size": 256, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
    },
    "bert-small-random": BERT | {
        "vocab_size": 256, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4,
    },
    "t5-small-random": T5 | {
        "vocab_size": 256, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2,
        "num_decoder_layers": 2, "num_heads": 4,
    },
}  # fmt: skip


def sizes(config: Config) -> Sizes:
    """Of every tensor of the checkpoint."""
    return {"llama": llama, "bert": bert, "t5": t5}[config["model_type"]](config)


def llama(config: Config) -> Sizes:
    width, inner = config["hidden_size"], config["intermediate_size"]
    own = config["num_attention_heads"] * config["head_dim"]
    shared = config["num_key_value_heads"] * config["head_dim"]
    found: Sizes = {
        "model.embed_tokens.weight": (config["vocab_size"], width),
        "lm_head.weight": (config["vocab_size"], width),
        "model.norm.weight": (width,),
    }
    for layer in range(config["num_hidden_layers"]):
        root = f"model.layers.{layer}"
        found |= {
            f"{root}.self_attn.q_proj.weight": (own, width),
            f"{root}.self_attn.k_proj.weight": (shared, width),
            f"{root}.self_attn.v_proj.weight": (shared, width),
            f"{root}.self_attn.o_proj.weight": (width, own),
            f"{root}.mlp.gate_proj.weight": (inner, width),
            f"{root}.mlp.up_proj.weight": (inner, width),
            f"{root}.mlp.down_proj.weight": (width, inner),
            f"{root}.input_layernorm.weight": (width,),
            f"{root}.post_attention_layernorm.weight": (width,),
        }
    return found


def bert(config: Config) -> Sizes:
    width, inner = config["hidden_size"], config["intermediate_size"]

    def linear(name: str, out: int, inputs: int) -> Sizes:
        return {f"{name}.weight": (out, inputs), f"{name}.bias": (out,)}

    def norm(name: str) -> Sizes:
        return {f"{name}.weight": (width,), f"{name}.bias": (width,)}

    found: Sizes = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], width),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], width),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], width),
    } | norm("embeddings.LayerNorm")
    for layer in range(config["num_hidden_layers"]):
        root = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            found |= linear(f"{root}.attention.self.{part}", width, width)
        found |= linear(f"{root}.attention.output.dense", width, width)
        found |= norm(f"{root}.attention.output.LayerNorm")
        found |= linear(f"{root}.intermediate.dense", inner, width)
        found |= linear(f"{root}.output.dense", width, inner)
        found |= norm(f"{root}.output.LayerNorm")
    return found


def t5(config: Config) -> Sizes:
    """Of version 1.0: one matrix before the activation, the head is the embedding."""
    width, inner = config["d_model"], config["d_ff"]
    heads = config["num_heads"]
    found: Sizes = {"shared.weight": (config["vocab_size"], width)}

    def attention(layer: str, name: str) -> Sizes:
        root, own = f"{layer}.{name}", heads * config["d_kv"]
        parts: Sizes = {f"{root}.{part}.weight": (own, width) for part in ("q", "k", "v")}
        return parts | {f"{root}.o.weight": (width, own), f"{layer}.layer_norm.weight": (width,)}

    for stack, blocks in (("encoder", "num_layers"), ("decoder", "num_decoder_layers")):
        for block in range(config[blocks]):
            root = f"{stack}.block.{block}.layer"
            found |= attention(f"{root}.0", "SelfAttention")
            if stack == "decoder":
                found |= attention(f"{root}.1", "EncDecAttention")
            last = f"{root}.{2 if stack == 'decoder' else 1}"
            found |= {
                f"{last}.DenseReluDense.wi.weight": (inner, width),
                f"{last}.DenseReluDense.wo.weight": (width, inner),
                f"{last}.layer_norm.weight": (width,),
            }
        distances = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        found[distances] = (config["relative_attention_num_buckets"], heads)
        found[f"{stack}.final_layer_norm.weight"] = (width,)
    return found
