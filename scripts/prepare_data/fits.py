"""Whether a backbone can read what its tokenizer made of a suite. Reads config.json."""

from pathlib import Path

import numpy as np

from .errors import PrepareError
from .files import read_json
from .token_file import TokenisedTask


def check_fits(config_file: Path, vocabulary: int, tasks: list[TokenisedTask]) -> None:
    """PrepareError for a token, a segment or a length beyond the sizes that config.json states."""
    config = read_json(config_file)
    sizes = config if isinstance(config, dict) else {}

    def check(member: str, found: int, what: str, hint: str = "") -> None:
        limit = sizes.get(member)
        if isinstance(limit, int) and found > limit:
            raise PrepareError(
                f"{config_file}: {member} is {limit}, and {what} {found}; "
                f"{hint}take a backbone that reads as many"
            )

    check("vocab_size", vocabulary, "the tokens of tokenizer.json are")
    for task in tasks:
        name = task.prepared.task.name
        for packed in task.packed.values():
            check("type_vocab_size", 1 + int(packed.segments.max()), f"the segments of {name} are")
            lengths = np.diff(packed.starts)
            if packed.answers is not None:
                lengths = lengths + np.diff(packed.answers.starts)
            longest = int(lengths.max())
            what = f"the tokens of a sequence of {name} are"
            check("max_position_embeddings", longest, what, "lower the task's cap, or ")
