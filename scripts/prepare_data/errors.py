"""The errors that a user sees: a single line with what was found, expected, and the way out."""


class PrepareError(Exception):
    """Bad input or a failed download; the message is complete, `one_line` shows it."""


class UsageError(PrepareError):
    """A command line that can not be understood."""


def one_line(text: object) -> str:
    """Text on one line, without characters that move a terminal's cursor or that no file takes."""
    return _visible(" ".join(str(text).split()))


def shown(value: str, limit: int = 60) -> str:
    """A value found in a file, in quotes: its beginning, with unprintable characters escaped."""
    return f"'{_visible(value[:limit])}{'…' if len(value) > limit else ''}'"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
