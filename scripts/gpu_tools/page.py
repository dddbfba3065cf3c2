"""A check as a page of Markdown, made from its JSON alone."""

from typing import Any

TITLE = "Check on a device"


def shown(cell: Any) -> str:
    """Three digits of small numbers, none behind the point of large ones."""
    if cell is None:
        return "–"
    if isinstance(cell, bool) or not isinstance(cell, float | int):
        return str(cell).replace("|", "\\|")
    if isinstance(cell, int) or abs(cell) >= 1000:
        return f"{cell:,.0f}"
    return f"{cell:.1e}" if 0 < abs(cell) < 1e-3 else f"{cell:.3g}"


def table(columns: list[str], rows: list[list[Any]]) -> list[str]:
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return [*lines, *(f"| {' | '.join(shown(cell) for cell in row)} |" for row in rows)]


def machine_lines(machine: dict[str, Any], program: dict[str, str]) -> list[str]:
    card = machine["card"]
    lines = [
        f"- {card['name']}, {card['memory_gib']:.0f} GiB, compute capability {card['capability']}, "
        f"driver {card['driver']}, CUDA {card['cuda']}"
        if card
        else "- no CUDA device",
        f"- {machine['cores']} cores, {machine['processor']}",
        f"- rankwise at {program.get('commit', 'unknown')[:10]}"
        f"{', with changes' if program.get('dirty') == 'true' else ''}, LibTorch "
        f"{program.get('libtorch')}, own CUDA kernels: {program.get('cuda_kernels', 'unknown')}",
    ]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return [*lines, f"- Python {machine['python']}: {packages}"]


def goal_lines(parts: list[dict[str, Any]]) -> list[str]:
    goals = [goal for part in parts for goal in part["goals"]]
    if not goals:
        return []
    rows = []
    for goal in goals:
        sign = "≤" if goal["at_most"] else "≥"
        wanted = f"{sign} {shown(goal['goal'])} {goal['unit']}".rstrip()
        found = f"{shown(goal['found'])} {goal['unit']}".rstrip()
        rows.append([goal["what"], wanted, found, "yes" if goal["reached"] else "no"])
    return ["", "## Goals", "", *table(["", "goal", "found", "reached"], rows)]


def part_lines(part: dict[str, Any]) -> list[str]:
    lines = [
        "",
        f"## {part['name']}: {part['state']}",
        "",
        f"{part['summary']} ({part['seconds']:.0f} s).",
    ]
    for one in part["tables"]:
        if one["rows"]:
            lines += ["", *table(one["columns"], one["rows"])]
    for title, key in (("Faults", "faults"), ("Notes", "notes")):
        if part[key]:
            lines += ["", f"{title}:", "", *(f"- {text}" for text in part[key])]
    return lines


def page(document: dict[str, Any]) -> str:
    begun = [part for part in document["parts"] if part["state"] != "left out"]
    left = [part for part in document["parts"] if part["state"] == "left out"]
    lines = [
        f"# {TITLE}", "",
        f"{document['device']}, {document['spent_seconds']:.0f} of {document['budget_seconds']:.0f} s, "
        f"{document['created']}. Measured once; other cards and days give other numbers.",
        "", *machine_lines(document["machine"], document["program"]),
    ]  # fmt: skip
    if document["small"]:
        lines += ["", "**A trial of the script itself: toy shapes, whose speeds mean nothing.**"]
    lines += goal_lines(begun)
    for part in begun:
        lines += part_lines(part)
    if left:
        lines += ["", "## Left out", ""]
        lines += [
            f"- {part['name']}: {part['summary']}. {'; '.join(part['notes'])}" for part in left
        ]
    return "\n".join(lines) + "\n"
