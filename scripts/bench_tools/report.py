"""What is printed and what the JSON file holds, from measurements alone."""

from typing import Any

from .agreement import TOLERANCES
from .rounds import LORA, PYTHON, SORTED, WITHOUT, Rounds, Wanted
from .sets import BenchSet
from .summaries import Spread, ratio, spread

VERSION = 1


def shares(rounds: Rounds, side: str) -> Spread:
    """Of the limit: what our side needs to compute a second over what the products alone reach."""
    flops = rounds.flops_per_token(side)
    each = zip(rounds.speeds(side), rounds.product_rate, strict=True)
    return spread([flops * speed / rate for speed, rate in each])


def ratios(rounds: Rounds) -> dict[str, Spread]:
    """Every comparison that the measurements allow, by what it says."""
    measured = rounds.measured
    found: dict[str, Spread] = {}
    if LORA not in measured:
        return found
    lora = measured[LORA]
    for name in (PYTHON, SORTED):
        if name in measured:
            theirs = measured[name]
            found[f"speed over {name}"] = ratio(rounds.speeds(LORA), rounds.speeds(name))
            found[f"peak memory over {name}"] = ratio(
                [one.peak_mib for one in lora], [one.peak_mib for one in theirs]
            )
    found["share of the limit"] = shares(rounds, LORA)
    for name in measured:
        if name in (LORA, PYTHON, SORTED):
            continue
        found[f"time a token, {name}, over lora"] = ratio(rounds.speeds(LORA), rounds.speeds(name))
        if not name.startswith(WITHOUT):
            found[f"share of the limit, {name}"] = shares(rounds, name)
    if lora[0].evaluation_tokens:
        found["evaluation over training, tokens/s"] = ratio(
            [one.evaluation_speed for one in lora], rounds.speeds(LORA)
        )
    return found


def side_lines(rounds: Rounds) -> list[str]:
    """A line a side: medians, and of the speed the spread."""
    lines = [f"  {'':34}{'real tokens/s':>24}{'peak MiB':>12}{'to first step':>16}"]
    for name, measured in rounds.measured.items():
        speed = spread(rounds.speeds(name)).text(",.0f")
        peak = spread([one.peak_mib for one in measured]).value
        start = spread([one.to_first_step for one in measured]).value
        shown = name if name in (PYTHON, SORTED) else f"ours, {name}"
        lines.append(f"  {shown:34}{speed:>24}{peak:>12,.0f}{start:>14.1f} s")
    return lines


def plural(count: int) -> str:
    return "" if count == 1 else "s"


def version_line(versions: dict[str, Any]) -> str:
    program, packages = versions["program"], versions["packages"]
    changed = ", with changes" if program.get("dirty") == "true" else ""
    told = [name for name in ("torch", "transformers", "peft") if packages.get(name)]
    opponents = ", ".join(f"{name} {packages[name]}" for name in told)
    cpu = versions["processor"]
    return (
        f"rankwise {program.get('commit', 'unknown')[:10]}{changed}, LibTorch "
        f"{program.get('libtorch')}; {opponents}; {cpu['name']} ({' '.join(cpu['flags'])})"
    )


def limit_line(rounds: Rounds) -> str:
    """What the share is of."""
    rate = spread([one / 1e9 for one in rounds.product_rate])
    side = LORA if LORA in rounds.measured else PYTHON
    return (
        f"  limit: {rounds.flops_per_token(side) / 1e6:,.1f} MFLOP a token, products alone at "
        f"{rate.text(',.0f')} GFLOP/s"
    )


def text(bench: BenchSet, wanted: Wanted, rounds: Rounds, versions: dict[str, Any]) -> str:
    """The report of a set."""
    lines = [
        f"{bench.name}: {bench.summary}",
        f"  {version_line(versions)}",
        f"  {wanted.pairs} pair{plural(wanted.pairs)}, each {bench.warmup} + {bench.steps} steps of "
        f"{bench.batch} rows, {bench.precision}, {bench.device}, {wanted.threads} "
        f"thread{plural(wanted.threads)}",
    ]
    lines += [f"  not as pinned: {one}" for one in versions["not_as_pinned"]]
    if rounds.differences:
        lines.append(
            f"  losses of the first steps agree to {max(rounds.differences.values()):.1e} "
            f"(allowed: {TOLERANCES[bench.precision]:.0e})"
        )
    lines += ["", *side_lines(rounds), "", "  ratio of medians (least-most in a pair)"]
    lines += [f"  {name:52}{found.text()}" for name, found in ratios(rounds).items()]
    return "\n".join([*lines, limit_line(rounds)])


def document(
    bench: BenchSet, wanted: Wanted, rounds: Rounds, versions: dict[str, Any]
) -> dict[str, Any]:
    """The same as JSON, with every single measurement."""
    return {
        "format": "rankwise-bench",
        "version": VERSION,
        "set": vars(bench) | {"tasks": list(bench.tasks)},
        "asked": vars(wanted) | {
            "variants": list(wanted.variants), "switches": list(wanted.switches),
        },
        "versions": versions,
        "loss_differences": rounds.differences,
        "base_flops_per_token": rounds.base_flops,
        "product_flops_per_second": rounds.product_rate,
        "sides": {name: [one.json() for one in found] for name, found in rounds.measured.items()},
        "ratios": {name: found.json() for name, found in ratios(rounds).items()},
    }  # fmt: skip
