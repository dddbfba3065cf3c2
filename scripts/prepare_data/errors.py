"""The one error that a user sees: a single line with what was found, expected, and the way out."""


class PrepareError(Exception):
    """Bad input or a failed download; the message is one line and complete."""
