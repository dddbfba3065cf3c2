"""What ends a benchmark in one line."""


class BenchError(Exception):
    """Its text is that line: what was found, and the way out."""
