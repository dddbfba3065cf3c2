"""Regenerates tests/fixtures with the reference libraries. Run it in an environment of its own:

    python3 -m venv build/fixtures
    build/fixtures/bin/pip install -r scripts/requirements-fixtures.txt
    OMP_NUM_THREADS=1 build/fixtures/bin/python -m tests.reference.make_fixtures [NAME…]

Reads the prepared MiniLM and the VADER archive (scripts/prepare --suite text10 --backbone
minilm-l6) from --data, $RANKWISE_DATA or data/; writes tests/fixtures/. Equal versions on an equal
machine give equal bytes; elsewhere the last bits of floats may differ.
"""

import argparse
import importlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ("small_bert", "small_llama", "small_t5", "saved_adapters", "generation", "text_metrics", "peft_lora", "minilm_hidden", "metrics", "projection", "statistics")


def main() -> None:
    """Makes the named fixtures, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="of " + ", ".join(FIXTURES))
    default = Path(os.environ.get("RANKWISE_DATA") or ROOT / "data")
    parser.add_argument("--data", type=Path, default=default, help="the prepared data")
    parser.add_argument("--out", type=Path, default=ROOT / "tests" / "fixtures")
    options = parser.parse_args()
    for name in options.names:
        if name not in FIXTURES:
            parser.error(f"unknown fixture '{name}'; the fixtures are {', '.join(FIXTURES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.names or FIXTURES:
        print(f"making {name}", flush=True)
        module = importlib.import_module(f"tests.reference.fixture_{name}")
        module.make(options.data, options.out)
    for path in options.out.iterdir():
        path.chmod(0o644)  # safetensors writes files that only their owner reads


if __name__ == "__main__":
    main()
