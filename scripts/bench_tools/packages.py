"""The interpreter with the opponent's packages: whether it has them, and of which versions."""

import json
import platform
from pathlib import Path
from typing import Any

from .errors import BenchError
from .ours import Places
from .processes import ROOT, SCRIPTS, environment, output

ENVIRONMENT = ROOT / "build/bench"
REQUIREMENTS = SCRIPTS / "requirements-bench.txt"
MAKE = f"python3 -m venv build/bench && build/bench/bin/pip install -r scripts/{REQUIREMENTS.name}"
FLAGS = ("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16")

ASK = """
import importlib.metadata as m, json, sys
def version(name):
    try: return m.version(name)
    except m.PackageNotFoundError: return None
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


def pins() -> dict[str, str]:
    """Name to version, as requirements-bench.txt has them."""
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if "==" in line]
    return dict(line.split("==") for line in lines)


def installed(python: Path) -> dict[str, str | None]:
    """Of the pinned packages; BenchError where there is no such interpreter."""
    if not python.exists():
        raise BenchError(f"no Python at {python}; make the environment: {MAKE}")
    return json.loads(output([str(python), "-c", ASK, *pins()], environment(1)))


def check_environment(python: Path) -> None:
    """BenchError with the line that makes the environment, where a package is missing."""
    missing = [name for name, version in installed(python).items() if version is None]
    if missing:
        raise BenchError(f"{python} has no {', '.join(missing)}; make the environment: {MAKE}")


def not_as_pinned(found: dict[str, str | None]) -> list[str]:
    """What is there in another version; a local part such as +cpu is none."""
    return [
        f"{name} {found[name]}, pinned {pin}"
        for name, pin in pins().items()
        if found.get(name) and str(found[name]).partition("+")[0] != pin
    ]


def processor() -> dict[str, Any]:
    """Its name, and which vector and matrix instructions it has."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts.get("flags", "").split()
    name = facts.get("model name", platform.processor())
    return {"name": name, "flags": [flag for flag in FLAGS if flag in flags]}


def versions(places: Places) -> dict[str, Any]:
    """Of all that was measured and that it was measured on."""
    told = output([str(places.program), "env"], environment(1)).splitlines()
    program = dict(line.split(None, 1) for line in told if " " in line)
    found = installed(places.python)
    return {
        "program": {name: value.strip() for name, value in program.items()},
        "packages": found,
        "not_as_pinned": not_as_pinned(found),
        "processor": processor(),
    }
