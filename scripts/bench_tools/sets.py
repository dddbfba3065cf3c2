"""The named measurements: which model, which data, how much of it."""

from dataclasses import dataclass, replace

ALPHA_OVER_RANK = 2  # the scale of the update
LEARNING_RATE = 1e-3
WEIGHT_DECAY = 0.01
CLIP = 1.0
SHORT_TASKS = ("sms_spam", "supersense16", "rotten_tomatoes", "vader_tweets")


@dataclass(frozen=True)
class BenchSet:
    """One measurement; every side of it trains the same examples, `warmup` steps untimed first."""

    name: str
    summary: str
    backbone: str  # its name in rankwise: bert or llama
    weights: str  # below the data's models
    suite: str  # empty: windows of `window` tokens
    tasks: tuple[str, ...]
    batch: int
    steps: int  # timed
    warmup: int = 3
    rank: int = 8
    window: int = 0
    device: str = "cpu"
    precision: str = "fp32"
    random_weights: bool = False  # made on the spot, of the shape that `weights` names
    made: str = ""  # kind of tasks whose rows are made on the spot

    @property
    def suite_name(self) -> str:
        """Of its token file."""
        return self.suite or (f"windows{self.window}" if self.window else f"rows-{self.made}")

    @property
    def orders(self) -> tuple[str, ...]:
        """Python's loops: rows of one length need no sorting."""
        return ("data",) if self.window else ("data", "length")

    def changed(self, **values: object) -> "BenchSet":
        """With those of the values that are not None."""
        return replace(self, **{key: value for key, value in values.items() if value is not None})


SETS = {
    one.name: one
    for one in (
        BenchSet(
            "cpu-short", "four short tasks of text10 mixed, MiniLM-L6, LoRA r=8, batch 32",
            "bert", "minilm-l6", "text10", SHORT_TASKS, batch=32, steps=40,
        ),
        BenchSet(
            "cpu-long", "boolq (129 tokens a row), MiniLM-L6, LoRA r=8, batch 32",
            "bert", "minilm-l6", "text10", ("boolq",), batch=32, steps=16, warmup=2,
        ),
        BenchSet(
            "cpu-llama", "SmolLM2-135M, LoRA r=8 on its seven linears, 4 rows of 512 tokens",
            "llama", "smollm2-135m", "", ("windows",), batch=4, steps=4, warmup=1, window=512,
        ),
        BenchSet(
            "gpu-small", "MiniLM-L6's shape with random weights on short random rows, LoRA r=8",
            "bert", "minilm-random", "", SHORT_TASKS, batch=32, steps=200, warmup=20,
            device="cuda", random_weights=True, made="classify",
        ),
        BenchSet(
            "gpu-llama", "LLaMA-3.1-8B's shape with random weights, r=16, 8 rows of 512 tokens",
            "llama", "llama-8b-random", "", ("windows",), batch=8, steps=20, warmup=4, rank=16,
            window=512, device="cuda", precision="bf16", random_weights=True,
        ),
    )
}  # fmt: skip

# Measurements of their own kind: their summaries.
JOBS = "jobs"
GROWTH = "growth"
OTHERS = {
    JOBS: "two one-thread runs at a time over one (configs/planted.json, 30 runs)",
    GROWTH: "a token's time over files and runs of 10^3 to 10^7 tokens, a run's over 1 to 1,000",
}
