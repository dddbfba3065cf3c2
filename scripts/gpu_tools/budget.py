"""The time that a call has, and what it is given to."""

import time


class Budget:
    """Seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.begin = time.monotonic()

    @property
    def end(self) -> float:
        """Of time.monotonic()."""
        return self.begin + self.seconds

    @property
    def left(self) -> float:
        return self.end - time.monotonic()

    @property
    def spent(self) -> float:
        return time.monotonic() - self.begin
