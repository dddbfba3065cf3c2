"""What a part found, as tables and goals that pages and JSON are made of."""

from dataclasses import dataclass, field
from typing import Any

Cell = str | float | int | None


@dataclass
class Table:
    """Rows under columns; numbers stay numbers until they are shown."""

    columns: list[str]
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True)
class Goal:
    """A number that a part is to reach, and the one that it found."""

    what: str
    goal: float
    found: float
    at_most: bool = False
    unit: str = ""

    @property
    def reached(self) -> bool:
        return self.found <= self.goal if self.at_most else self.found >= self.goal

    def json(self) -> dict[str, Any]:
        return vars(self) | {"reached": self.reached}


@dataclass
class Found:
    """Grows while a part runs, so that what was found before it was cut off is kept."""

    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # each makes the check fail

    def table(self, *columns: str) -> Table:
        made = Table(list(columns))
        self.tables.append(made)
        return made

    def json(self) -> dict[str, Any]:
        return {
            "tables": [vars(table) for table in self.tables],
            "goals": [goal.json() for goal in self.goals],
            "notes": self.notes,
            "faults": self.faults,
        }
