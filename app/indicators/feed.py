"""One versioned feed for warehouse, operations centre and open data: the same rows for all.

A row is one figure of one value of one breakdown. The watermark is the moment it was read and how
many facts had been recorded by then. Asked again from a watermark, the feed computes what it said
at that moment and gives only rows that are new or say something else now; where the register was
changed in between, every row of the breakdowns that ask the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access.tables import act
from app.beneficiaries.about_tables import destination_check, payee
from app.beneficiaries.history_tables import person_change
from app.beneficiaries.import_tables import import_file
from app.complaints.sample_tables import (
    payment_confirmation,
    verification_draw,
    verification_visit,
)
from app.complaints.tables import complaint_step
from app.disbursement.line_tables import line_unplacing
from app.disbursement.tables import batch_event, outcome
from app.errors import InputError
from app.indicators.breakdown import BREAKDOWNS, WHOLE, Answer, asked
from app.indicators.definitions import UNITS, VERSION, definition
from app.indicators.names import Names
from app.indicators.open_data import Cells, cells_of_said, fund_of_programmes
from app.indicators.rates import Figure, cut_offs, figure
from app.indicators.said import BROKEN_DOWN, by, figures_of, said
from app.indicators.suppressed import LEAST
from app.units.tables import area_change

FORMAT = "an-sinh/indicators/1"
EVIDENCE = "evidence"
_OF_REGISTER = ("commune_kind", "commune", "sex", "age", "ethnicity", "poverty", "disability",
                "payee")  # fmt: skip


_CHANGES_OF_REGISTER = (
    (person_change, person_change.c.recorded_at),
    (import_file, import_file.c.imported_at),
    (area_change, area_change.c.recorded_at),
)
_FACTS = (
    (outcome, outcome.c.recorded_at),
    (batch_event, batch_event.c.at),
    (act, act.c.acted_at),
    (line_unplacing, line_unplacing.c.recorded_at),
    (destination_check, destination_check.c.checked_at),
    (payee, payee.c.recorded_at),
    (payment_confirmation, payment_confirmation.c.said_at),
    (verification_draw, verification_draw.c.drawn_at),
    (verification_visit, verification_visit.c.visited_at),
    (complaint_step, complaint_step.c.at),
    *_CHANGES_OF_REGISTER,
)
"""What the figures rest on, each with the moment at which it was recorded."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Where a reader stands: when it read, and how many facts there were."""

    as_of: datetime
    sequence: int

    def __str__(self) -> str:
        return f"{self.as_of.isoformat()}/{self.sequence}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as it leaves the house; n, d and percent are None where it is withheld."""

    period: str
    state: str
    breakdown: str
    value: str
    name_vi: str
    name_en: str
    code: str
    unit: str
    n: int | None
    d: int | None
    percent: str | None
    withheld: bool
    cut_off: str
    as_of: str
    sequence: int
    definition: str

    def as_json(self) -> dict[str, Any]:
        """The row as plain values, in a fixed order."""
        return asdict(self)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells a row of a month from every other."""
        return self.breakdown, self.value, self.code

    @property
    def says(self) -> tuple[object, ...]:
        """What would be news if it differed."""
        return self.state, self.n, self.d, self.withheld, self.definition


COLUMNS = tuple(Row.__dataclass_fields__)


def read_watermark(text: str) -> Watermark:
    """A watermark as it is written. Raises InputError."""
    moment, _, sequence = text.rpartition("/")
    try:
        found = Watermark(datetime.fromisoformat(moment), int(sequence))
    except ValueError:
        found = None
    if found is None or found.as_of.tzinfo is None:
        raise InputError(
            f"“{text[:60]}” không phải là mốc của lần đọc trước.",
            "Chép nguyên trường watermark của lần đọc trước.",
        )
    return found


def watermark(session: Session, as_of: datetime) -> Watermark:
    """Where a reader stands who reads at a moment. The sequence never falls."""
    counts = (_count(table, moment <= as_of) for table, moment in _FACTS)
    return Watermark(as_of, sum(session.scalar(one) or 0 for one in counts))


def _count(table: Any, *where: Any) -> Select[Any]:
    return select(func.count()).select_from(table).where(*where)


def rows(
    session: Session, period: str, as_of: datetime, *, internal: bool = False
) -> Iterator[Row]:
    """Every row of a month as it was known at a moment; small cells withheld unless `internal`."""
    at, names = watermark(session, as_of), Names(session)
    answers = {one: asked(session, period, as_of, one, evident=one == WHOLE) for one in BREAKDOWNS}
    tallies = {breakdown: one.tallies for breakdown, one in answers.items()}
    cells = Cells(tallies, fund_of_programmes(session))
    for found in answers.values():
        yield from _rows(found, at, names, cells, internal)
    yield from _evidence(answers[WHOLE], at, names, internal)
    yield from _said(session, answers[WHOLE], at, names, internal)


def news(
    session: Session, period: str, as_of: datetime, since: Watermark, *, internal: bool = False
) -> Iterator[Row]:
    """The rows that are new or say something else than at a watermark.

    Raises InputError for a watermark of the future.
    """
    if since.as_of > as_of:
        raise InputError("Mốc của lần đọc trước ở sau lúc này.", "Kiểm tra mốc hoặc đồng hồ.")
    if _is_same(session, period, as_of, since):
        return
    said = {one.key: one.says for one in rows(session, period, since.as_of, internal=internal)}
    anew = _OF_REGISTER if _register_changed(session, since.as_of, as_of) else ()
    for one in rows(session, period, as_of, internal=internal):
        if one.breakdown in anew or said.get(one.key) != one.says:
            yield one


def _is_same(session: Session, period: str, as_of: datetime, since: Watermark) -> bool:
    """Whether no fact came since, and the same cut-off is reached: then nothing can be news."""
    final = cut_offs(period).final
    same = watermark(session, as_of).sequence == since.sequence
    return same and (as_of > final) == (since.as_of > final)


def _register_changed(session: Session, since: datetime, until: datetime) -> bool:
    return any(
        session.scalar(_count(table, moment.between(since, until)))
        for table, moment in _CHANGES_OF_REGISTER
    )


def _rows(
    found: Answer, at: Watermark, names: Names, cells: Cells, internal: bool
) -> Iterator[Row]:
    for value, figures in found.figures().items():
        codes = cells.shown(found.breakdown, value)
        for one in figures:
            yield _row(found, at, names, value, one, internal or one.code in codes)


def _evidence(found: Answer, at: Watermark, names: Names, internal: bool) -> Iterator[Row]:
    """On what the paid lines rest; no kind is shown where one rests on a few lines."""
    shown = internal or all(some >= LEAST for some, _ in found.evidence.values())
    cut_off = found.moments.final if found.final else found.moments.provisional
    lines, amount = (sum(one[side] for one in found.evidence.values()) for side in (0, 1))
    for kind, (some, part) in sorted(found.evidence.items()):
        for code, n, d in (("E1", some, lines), ("E2", part, amount)):
            one = figure(code, n, d, found.as_of, cut_off)
            yield _row(found, at, names, kind, one, shown, EVIDENCE)


def _said(
    session: Session, found: Answer, at: Watermark, names: Names, internal: bool
) -> Iterator[Row]:
    """What people said, by communes and what they add up to."""
    communes = said(session, found.period, found.as_of)
    cells = cells_of_said(communes)
    for breakdown in BROKEN_DOWN:
        for value, one in by(breakdown, communes).items():
            for each in figures_of(one, found.period, found.as_of):
                shown = internal or each.code in cells[breakdown][value]
                yield _row(found, at, names, value, each, shown, breakdown)


def _row(
    found: Answer,
    at: Watermark,
    names: Names,
    value: str,
    one: Figure,
    shown: bool,
    breakdown: str = "",
) -> Row:
    breakdown = breakdown or found.breakdown
    name = names.of(breakdown, value)
    return Row(
        period=found.period,
        state="final" if found.final else "provisional",
        breakdown=breakdown,
        value=value,
        name_vi=name.vi,
        name_en=name.en,
        code=one.code,
        unit=UNITS[definition(one.code).unit].en,
        n=one.n if shown else None,
        d=one.d if shown else None,
        percent=one.percent if shown else None,
        withheld=not shown,
        cut_off=one.cut_off.isoformat(),
        as_of=at.as_of.isoformat(),
        sequence=at.sequence,
        definition=one.definition,
    )


def document(
    period: str, at: Watermark, found: Iterable[Row], *, synthetic: bool
) -> dict[str, Any]:
    """The feed as one JSON value; its shape stands in `data/feed.schema.json`."""
    return {
        "format": FORMAT,
        "definitions": VERSION,
        "period": period,
        "watermark": str(at),
        "synthetic": synthetic,
        "rows": [one.as_json() for one in found],
    }
