"""The sources table of a suite: what was read, what was left out, and how much remains.

Writes <suite>-<tokenizer>.sources.json and .sources.md beside the token file.
"""

from pathlib import Path

from .files import write_bytes, write_json
from .token_file import TokenisedTask

_HEAD = (
    "task", "family", "kind", "metrics", "source", "file and SHA-256", "licence", "rows",
    "train / dev / test",
    "removed: repeated, contradicting, in two splits, too long an answer, held out by other tasks",
    "unused", "cap", "cut short", "note",
)  # fmt: skip


def entry(tokenised: TokenisedTask) -> dict[str, object]:
    """One task's line of the table, as JSON."""
    prepared, splits = tokenised.prepared, tokenised.prepared.splits
    sequences = sum(len(packed.text) for packed in tokenised.packed.values())
    truncated = sum(packed.truncated for packed in tokenised.packed.values())
    held = splits.held_elsewhere
    return {
        "task": prepared.task.name,
        "family": prepared.task.family,
        "kind": prepared.task.kind,
        "metrics": list(prepared.task.metrics),
        "source": prepared.origin.source,
        "version": prepared.origin.version,
        "package_sha256": prepared.origin.archive_sha256,
        "files": [{"file": name, "sha256": digest} for name, digest in prepared.origin.files],
        "licence": prepared.task.licence,
        "rows": prepared.rows,
        "answers": "likelihood" if prepared.task.likelihood else "head",
        "examples": {name: len(packed.target) for name, packed in tokenised.packed.items()},
        "tokens": {name: len(packed.tokens) for name, packed in tokenised.packed.items()},
        "duplicates": splits.duplicates,
        "conflicts": splits.conflicts,
        "overlaps": splits.overlaps,
        **({"held_elsewhere": held} if held else {}),
        "unused": splits.unused,
        "too_long": sum(packed.dropped for packed in tokenised.packed.values()),
        "length_cap": prepared.task.cap,
        "truncated_share": round(truncated / max(1, sequences), 4),
        **_fewshot(tokenised),
        "note": prepared.note,
    }


def _fewshot(tokenised: TokenisedTask) -> dict[str, object]:
    """The exemplars of dev's and test's prompts, and how many were left out for the cap."""
    likelihood, shortened = tokenised.prepared.task.likelihood, tokenised.shortened
    if likelihood is None or not likelihood.fewshot.count:
        return {}
    return {
        "fewshot": likelihood.fewshot.count,
        "fewshot_seed": likelihood.fewshot.seed,
        "fewshot_delimiter": likelihood.fewshot.delimiter,
        "shortened_prompts": shortened.prompts,
        "exemplars_left_out": shortened.exemplars,
    }


def write_sources(path: Path, document: dict[str, object]) -> None:
    """Writes the table as <path>.json and <path>.md; `document` holds `tasks` made by `entry`."""
    write_bytes(path.with_name(path.name + ".md"), _markdown(document).encode())
    write_json(path.with_name(path.name + ".json"), document)


def _markdown(document: dict[str, object]) -> str:
    lines = [
        f"# Sources of {document['suite']} for {document['tokenizer']}",
        "",
        f"Token file SHA-256 {document['token_file_sha256']}. "
        f"Tokenizer SHA-256 {document['tokenizer_sha256']}.",
        "",
        "| " + " | ".join(_HEAD) + " |",
        "|" + "---|" * len(_HEAD),
    ]
    lines += ["| " + " | ".join(_cells(task)) + " |" for task in document["tasks"]]
    for title, key in (("Left out", "left_out"), ("Not read", "not_read")):
        if document[key]:
            lines += ["", f"{title}: {'; '.join(document[key])}."]
    return "\n".join(lines) + "\n"


def _cells(task: dict) -> list[str]:
    files = "; ".join(f"{file['file']} {file['sha256']}" for file in task["files"])
    sizes = " / ".join(f"{size:,}" for size in task["examples"].values())
    counts = [task[name] for name in ("duplicates", "conflicts", "overlaps", "too_long")]
    removed = ", ".join(map(str, [*counts, task.get("held_elsewhere", 0)]))
    cells = [
        task["task"], task["family"], task["kind"], ", ".join(task["metrics"]), task["source"],
        files, task["licence"], f"{task['rows']:,}", sizes, removed, f"{task['unused']:,}",
        str(task["length_cap"]), f"{100 * task['truncated_share']:.1f} %", _note(task),
    ]  # fmt: skip
    return [cell.replace("|", "\\|") for cell in cells]


def _note(task: dict) -> str:
    """What the description notes, behind the exemplars of prompts."""
    if "fewshot" not in task:
        return task["note"]
    seed = task["fewshot_seed"]
    drawn = "the first of train" if seed is None else f"drawn from train with seed {seed}"
    said = f"{task['fewshot']} exemplars before each question of dev and test, {drawn}"
    if task["exemplars_left_out"]:
        said += f"; {task['exemplars_left_out']} were left out for the cap"
    return f"{said}; {task['note']}" if task["note"] else said
