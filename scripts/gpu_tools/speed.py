"""The parts that time rankwise beside PEFT: one function for each row of goals."""

from collections.abc import Sequence

from bench_tools.ours import OurRun
from bench_tools.sets import SETS, BenchSet

from .budget import Budget
from .found import Found, Goal
from .measured import Series, Side
from .place import Place

OURS = "ours, lora"
PEFT, SORTED = "PEFT", "PEFT, sorted by length"
PLAIN = "ours, lora, LibTorch's code"
FLYLORA = {"rank": 32, "active": 8}
SMORA = {"rank": 64, "active": 8}
LONG_LIMIT, CHECKPOINTED_LIMIT = 54, 28  # GiB at 8,192 tokens a step

GPU_T5 = BenchSet(
    "gpu-t5", "T5-base's shape with random weights, prompts with short answers, batch 32",
    "t5", "t5-base-random", "", ("answers",), batch=32, steps=100, warmup=10,
    device="cuda", random_weights=True, made="generate",
)  # fmt: skip

# For trying it out: seconds on a CPU.
SMALL_WEIGHTS = {
    "bert": "bert-small-random",
    "llama": "llama-small-random",
    "t5": "t5-small-random",
}
SMALL = {"steps": 3, "warmup": 2, "batch": 4}


def of_place(bench: BenchSet, place: Place, **changes: object) -> BenchSet:
    """The set as this place runs it."""
    if place.small:
        window = 16 if bench.window else 0
        changes |= SMALL | {"weights": SMALL_WEIGHTS[bench.backbone], "window": window}
    return bench.changed(device=place.device, **changes)


def variant(name: str, options: dict[str, int] | None = None) -> Side:
    return Side(f"ours, {name}", OurRun(variant=name, options=options or {}))


def opponents() -> list[Side]:
    return [Side(PEFT, like=OURS), Side(SORTED, order="length", like=OURS)]


def encoder(place: Place, found: Found, batch: int, precision: str) -> None:
    bench = of_place(SETS["gpu-small"], place, batch=batch, precision=precision)
    series = Series(place, bench, found)
    plain = Side(PLAIN, OurRun(without="device-kernels"), like=OURS)
    others = [variant("smora", SMORA), variant("more"), variant("flylora", FLYLORA)]
    series.run([Side(OURS, OurRun()), *opponents(), plain, *others])
    what = f"MiniLM, batch {batch}, {precision}, over PEFT's better order"
    goal(found, series, what, 2.0, OURS, (PEFT, SORTED))


def goal(
    found: Found, series: Series, what: str, least: float, above: str, below: Sequence[str]
) -> None:
    if (ratio := series.ratio(above, below)) is not None:
        found.goals.append(Goal(what, least, ratio))


def minilm_32(place: Place, _: Budget, found: Found) -> None:
    for precision in ("fp32", "bf16"):
        encoder(place, found, 32, precision)


def minilm_512(place: Place, _: Budget, found: Found) -> None:
    for precision in ("fp32", "bf16"):
        encoder(place, found, 512, precision)


def decoder(place: Place, found: Found) -> Series:
    """16 rows of 512 tokens a step."""
    return Series(place, of_place(SETS["gpu-llama"], place, batch=16), found)


def llama(place: Place, _: Budget, found: Found) -> None:
    series = decoder(place, found)
    few = series.bench.batch // 2
    fits = "PEFT, half as many rows"
    saves = "PEFT, checkpointing"
    series.run([
        Side(OURS, OurRun()), Side(fits, batch=few), Side(PEFT, like=OURS),
        Side(saves, checkpointing=True, like=OURS),
    ])  # fmt: skip
    what = "LLaMA-8B's shape, LoRA r=16, over PEFT's best"
    goal(found, series, what, 1.6, OURS, (fits, PEFT, saves))
    own = series.measured[OURS]
    found.goals += [
        Goal("LLaMA-8B's shape, LoRA r=16", 16000, own.speed, unit="tokens/s"),
        Goal("its peak at 8,192 tokens", LONG_LIMIT, own.peak_mib / 1024, at_most=True, unit="GiB"),
    ]


def llama_variants(place: Place, _: Budget, found: Found) -> None:
    series = decoder(place, found)
    sides = [variant("smora", SMORA), variant("flylora", FLYLORA), variant("more")]
    series.run([Side(OURS, OurRun()), *sides])
    for side in sides:
        what = f"LLaMA-8B's shape, {side.name.removeprefix('ours, ')} over LoRA r=16"
        goal(found, series, what, 0.95, side.name, (OURS,))


def llama_memory(place: Place, _: Budget, found: Found) -> None:
    series = decoder(place, found)
    name = "ours, lora, checkpointing"
    series.run([Side(name, OurRun(train={"gradient_checkpointing": True}))])
    peak = series.measured[name].peak_mib / 1024
    found.goals.append(
        Goal(
            "with checkpointing at 8,192 tokens", CHECKPOINTED_LIMIT, peak, at_most=True, unit="GiB"
        )
    )


def t5(place: Place, _: Budget, found: Found) -> None:
    for precision in ("fp32", "bf16"):
        series = Series(place, of_place(GPU_T5, place, precision=precision), found)
        series.run([Side(OURS, OurRun()), variant("more"), *opponents()])
        what = f"T5-base's shape, MoRE, batch 32, {precision}, over PEFT's LoRA"
        goal(found, series, what, 2.0, "ours, more", (PEFT, SORTED))
