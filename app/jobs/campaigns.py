"""Job of a one-off payment: what it owes, then payrolls of its own with their flags."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.benefits.campaigns import Campaign, all_campaigns
from app.benefits.entitlements import listed_before
from app.benefits.one_off import grant_chunk, grant_gift
from app.benefits.rates import standing_book
from app.benefits.rules import History
from app.benefits.tables import obligation
from app.clock import local_date
from app.errors import Refused
from app.jobs.runtime import Runtime
from app.months import in_words
from app.payroll.flags import raise_campaign_flags
from app.payroll.runs import open_campaign
from app.payroll.tables import payroll, payroll_line
from app.takeover.lookup import last_taken_over
from app.units.lookup import payers, province_of
from ledger.bulk import refresh_statistics


def prepare_campaign(
    runtime: Runtime, campaign: Campaign, known: Sequence[Campaign] | None = None
) -> str:
    """Owe what a campaign gives and open its payrolls as drafts; again it adds what is new.

    `known` are all campaigns there are, those of the data where not told.
    Raises Refused outside its days, and for a month paid ahead whose own list was made already.
    """
    now = runtime.clock.now()
    campaign.refuse_on(local_date(now))
    with runtime.database.view() as session:
        _refuse_listed(session, campaign)
    owed = _granted(runtime, campaign, tuple(all_campaigns().values()) if known is None else known)
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, obligation)
        opened = open_campaign(session, campaign, now)
        refresh_statistics(session, payroll, payroll_line)
        raise_campaign_flags(session, campaign, now)
    return f"{owed} obligations, {opened} payrolls"


def _refuse_listed(session: Session, campaign: Campaign) -> None:
    if campaign.kind != "ahead":
        return
    listed = select(obligation.c.id).where(
        obligation.c.period == campaign.first_month,
        obligation.c.programme.in_(campaign.programmes),
        obligation.c.component.in_(("monthly", "carer")),
    )
    if session.scalar(listed.limit(1)) is not None:
        raise Refused(
            f"Danh sách kỳ {in_words(campaign.first_month)} đã lập, không còn trả trước được nữa.",
            "Chi theo danh sách của kỳ đó.",
        )


def _granted(runtime: Runtime, campaign: Campaign, known: Sequence[Campaign]) -> int:
    if campaign.kind == "gift":
        with runtime.database.unit_of_work() as session:
            return grant_gift(session, campaign)
    with runtime.database.view() as session:
        area, places = province_of(session), payers(session, campaign.period)
        listed = listed_before(session, campaign.period, last_taken_over(session))
    history = History(standing_book().of_area(area), *listed, area)
    written, after, more = 0, 0, True
    while more:
        with runtime.database.unit_of_work() as session:
            last, count = grant_chunk(session, campaign, history, places, after, known)
        more, after = last != after, last
        written += count
        runtime.progress("campaign", written, written)
    return written
