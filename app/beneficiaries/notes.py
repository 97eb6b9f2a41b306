"""What is wrong in the lines of one file, gathered line by line with its place."""

from __future__ import annotations

from collections.abc import Mapping

from app.beneficiaries.rows import CellError


class Notes:
    """Faults go to `errors`, mended things to `warnings`; `row` is the line being read.

    `letters` gives the column of a heading; one without has no cell to name.
    """

    def __init__(self, file: str, letters: Mapping[str, str]) -> None:
        self.errors: list[CellError] = []
        self.warnings: list[CellError] = []
        self.row = 0
        self._file = file
        self._letters = letters

    def error(self, heading: str, message: str, proposal: str = "") -> None:
        """Add an error at a column of the line; '' is the line itself."""
        self.errors.append(self._at(heading, message, proposal))

    def warn(self, heading: str, message: str) -> None:
        """Add a warning at a column of the line."""
        self.warnings.append(self._at(heading, message, ""))

    def has(self, heading: str) -> bool:
        """Whether the line has an error at this column already."""
        for error in reversed(self.errors):
            if error.row != self.row:
                return False
            if error.heading == heading:
                return True
        return False

    def _at(self, heading: str, message: str, proposal: str) -> CellError:
        letter = self._letters.get(heading, "")
        place = f"Ô {letter}{self.row} " if letter else f"Dòng {self.row} "
        return CellError(self._file, self.row, letter, heading, place + message, proposal)
