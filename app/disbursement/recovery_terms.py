"""Terms of recoveries as dated data: days to answer a notice, the share of an allowance.

`data/recovery_terms.csv`, each row with the day from which it counts and its source; what no
official text says is `confirmed = no`.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from app.errors import NotFound

NOTICE_DAYS, SHARE = "notice_days", "share_percent"


@cache
def _rows() -> tuple[tuple[str, date, int], ...]:
    text = files("app.disbursement").joinpath("data/recovery_terms.csv").read_text("utf-8")
    return tuple(
        (row["term"], date.fromisoformat(row["from_day"]), int(row["value"]))
        for row in csv.DictReader(text.splitlines())
    )


def term(name: str, on: date) -> int:
    """The value of a term on a day: days for `NOTICE_DAYS`, per cent for `SHARE`.

    Raises NotFound before the first row of the term.
    """
    known = [(since, value) for one, since, value in _rows() if one == name and since <= on]
    if not known:
        raise NotFound(
            f"Chưa có quy định “{name}” cho ngày {on:%d/%m/%Y}.",
            "Bổ sung vào recovery_terms.csv.",
        )
    return max(known)[1]
