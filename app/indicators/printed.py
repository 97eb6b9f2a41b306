"""The report as the values of its printed page."""

from __future__ import annotations

from collections.abc import Iterable

from app.indicators.rates import Figure
from app.indicators.report import CashlessReport, figure_name, figure_unit
from app.printing.documents.report_page import ProofLine, RateLine, ReportPage
from app.printing.values import Letterhead, Signature


def page(
    report: CashlessReport,
    letterhead: Letterhead,
    proofs: Iterable[ProofLine],
    *,
    digest: str = "",
    notes: tuple[str, ...] = (),
    signatures: tuple[Signature, ...] = (),
) -> ReportPage:
    """What `render_report_page` prints: the report's figures with the proofs beneath."""
    return ReportPage(
        letterhead=letterhead,
        area=report.area,
        period=report.period,
        rates=tuple(_rate(each) for each in report.figures),
        proofs=tuple(proofs),
        synthetic=report.synthetic,
        digest=digest,
        notes=notes,
        signatures=signatures,
    )


def _rate(each: Figure) -> RateLine:
    return RateLine(
        code=each.code,
        name=figure_name(each),
        n=each.n,
        d=each.d,
        percent="" if each.percent is None else f"{each.percent.replace('.', ',')}%",
        unit=figure_unit(each),
        as_of=each.as_of,
        cut_off=each.cut_off,
        definition=each.definition,
    )
