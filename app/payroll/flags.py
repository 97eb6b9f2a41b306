"""Doubts about a payroll: blocking ones stop the submission, warnings must be seen.

Set-wise over the month's draft payrolls; each flag says how many people and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.kinds import MOBILE, MOBILE_MONTHLY_LIMIT
from app.beneficiaries.tables import destination, person
from app.beneficiaries.verified import is_proved
from app.benefits.campaigns import AHEAD, MONTHLY, Campaign
from app.benefits.tables import obligation, overpayment
from app.checks.deaths import told_dead
from app.checks.told import is_paid_by_insurance
from app.doubles.held import asked_about, is_left_off
from app.payroll.runs import died_before
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import bridge, flag, payroll, payroll_line
from ledger.schema import whole_sum

CHANGED_DAYS = 30

SENTENCES = {
    "no_route": (
        1,
        "{n} người chưa có nơi nhận tiền dùng được. Bổ sung tài khoản hoặc chọn tiền mặt.",
    ),
    "no_route_yet": (
        0,
        "{n} người chưa có nơi nhận tiền dùng được, chưa có trong bảng này."
        " Bổ sung rồi lập lại đợt chi.",
    ),
    "account_changed": (0, "{n} người đổi nơi nhận tiền trong 30 ngày qua. Kiểm tra đơn đề nghị."),
    "account_unproven": (
        0,
        "{n} người có tài khoản mới trong 30 ngày qua chưa đối chiếu được tên và chưa nhận khoản"
        " tiền nào. Hỏi tên chủ tài khoản, hoặc trả tiền mặt kỳ này.",
    ),
    "mobile_limit": (
        1,
        "{n} người nhận quá 100 triệu đồng một tháng vào tiền di động. Chọn cách nhận khác.",
    ),
    "shared_account": (0, "{n} người nhận chung một tài khoản với người khác. Kiểm tra uỷ quyền."),
    "heirs": (0, "{n} người đã mất còn truy lĩnh chưa trả. Chờ văn bản về người nhận thay."),
    "told_dead": (
        0,
        "{n} người được báo đã mất trước kỳ này, đang tạm giữ tiền. Xác nhận hoặc bác tin báo tử.",
    ),
    "insured": (
        0,
        "{n} người có lương hưu hoặc trợ cấp bảo hiểm xã hội không thấp hơn trợ cấp hưu trí xã hội."
        " Xét lại điều kiện hưởng.",
    ),
    "overpaid": (
        0,
        "{n} người đã được tính thừa tháng trước vì tin báo muộn. Lập quyết định nếu phải thu hồi.",
    ),
    "left_off": (
        0,
        "{n} người tạm giữ lại vì nghi trùng, gian lận hoặc đã gộp. Xem `ansinh doubles list`.",
    ),
    "doubted": (0, "{n} người có nghi vấn chưa xử lý. Xem `ansinh doubles list`."),
    "authorisation": (
        0,
        "{n} người nhận thay mà giấy uỷ quyền đã hết hạn. Lập giấy mới hoặc trả cho người hưởng.",
    ),
    "missing": (0, "{n} người có tên tháng trước, tháng này vắng mà không có lý do. Hỏi lại thôn."),
}


def raise_flags(session: Session, period: str, now: datetime) -> int:
    """Write the flags of the month's draft payrolls; gives how many were raised."""
    return _raise(session, _queries(period, now))


def raise_campaign_flags(session: Session, campaign: Campaign, now: datetime) -> int:
    """Write the flags of a campaign's draft payrolls; gives how many were raised."""
    mine = {"account_changed", "account_unproven", "mobile_limit", "shared_account"}
    lines = [one for one in _queries(campaign.period, now) if one[0] in mine]
    owed, waits = _unlined_of(campaign), is_left_off(obligation.c.person_id)
    no_route = owed.where(~died_before(), ~waits)
    return _raise(session, [*lines, ("no_route_yet", no_route), ("left_off", owed.where(waits))])


def _raise(session: Session, queries: Iterable[tuple[str, Select[Any]]]) -> int:
    known = {tuple(row) for row in session.execute(select(flag.c.payroll_id, flag.c.kind))}
    rows = []
    for kind, query in queries:
        blocking, sentence = SENTENCES[kind]
        rows += [
            {
                "payroll_id": payroll_id,
                "kind": kind,
                "is_blocking": blocking,
                "people": people,
                "sentence": sentence.format(n=people),
            }
            for payroll_id, people in session.execute(query)
            if people and (payroll_id, kind) not in known
        ]
    if rows:
        session.execute(insert(flag), rows)
    return len(rows)


def _queries(period: str, now: datetime) -> list[tuple[str, Select[Any]]]:
    mine = and_(payroll.c.period == period, payroll.c.state == DRAFT)
    lines = (
        select(payroll.c.id, func.count())
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .where(mine)
        .group_by(payroll.c.id)
    )
    recent = now - timedelta(days=CHANGED_DAYS)
    changed = and_(destination.c.version > 1, destination.c.recorded_at >= recent)
    proved = func.coalesce(is_proved(), False)
    other, other_person = destination.alias("other"), person.alias("other_person")
    shared = exists().where(
        other.c.account_key == destination.c.account_key,
        other.c.person_id != destination.c.person_id,
        other.c.method == "account",
        other_person.c.destination_id == other.c.id,
    )
    return [
        ("no_route", _without_a_way(period)),
        ("told_dead", _unlined(period).where(~died_before(), _told_dead())),
        ("insured", _insured(period)),
        ("left_off", _left_off(period)),
        ("doubted", lines.where(payroll_line.c.person_id.in_(asked_about()))),
        ("heirs", _unlined(period).where(died_before())),
        ("overpaid", _overpaid(period)),
        ("account_changed", lines.where(changed)),
        (
            "account_unproven",
            lines.where(changed, destination.c.method == "account", ~proved),
        ),
        ("mobile_limit", _above_limit(mine, period)),
        ("authorisation", lines.where(_expired(now.date()))),
        ("shared_account", lines.where(destination.c.method == "account", shared)),
        (
            "missing",
            select(payroll.c.id, bridge.c.people)
            .join(bridge, bridge.c.payroll_id == payroll.c.id)
            .where(mine, bridge.c.cause == "left_missing"),
        ),
    ]


def _above_limit(mine: ColumnElement[bool], period: str) -> Select[Any]:
    """People whose month, all lists of it together, is more than mobile money may take."""
    first_lists = (payroll.c.period == period, payroll.c.kind != "follow_up")
    above = (
        select(payroll_line.c.destination_id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .where(*first_lists, payroll.c.state != VOID, destination.c.kind == MOBILE)
        .group_by(payroll_line.c.destination_id)
        .having(whole_sum(payroll_line.c.amount) > MOBILE_MONTHLY_LIMIT)
    )
    return (
        select(payroll.c.id, func.count(payroll_line.c.person_id.distinct()))
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .where(mine, payroll_line.c.destination_id.in_(above))
        .group_by(payroll.c.id)
    )


def _expired(today: date) -> ColumnElement[bool]:
    """Whether the paper of who takes the money for the person in the line has run out."""
    newer = payee.alias("newer")
    replaced = exists().where(
        newer.c.person_id == payee.c.person_id, newer.c.version > payee.c.version
    )
    return exists().where(
        payee.c.person_id == payroll_line.c.person_id,
        payee.c.kind != "self",
        payee.c.valid_until < today,
        ~replaced,
    )


def _unlined(period: str) -> Select[Any]:
    """What is owed for this month but found no way to be paid."""
    lined = exists().where(payroll_line.c.obligation_id == obligation.c.id)
    return (
        select(payroll.c.id, func.count())
        .select_from(obligation)
        .join(payroll, _here(period))
        .where(obligation.c.period <= period, obligation.c.component.in_(MONTHLY), ~lined)
        .group_by(payroll.c.id)
    )


def _unlined_of(campaign: Campaign) -> Select[Any]:
    """What a campaign owes and none of its payrolls has yet: it comes on a further one."""
    lined = exists().where(payroll_line.c.obligation_id == obligation.c.id)
    return (
        select(payroll.c.id, func.count())
        .select_from(obligation)
        .join(payroll, _of_campaign(campaign))
        .where(obligation.c.period == campaign.owed_for, ~lined)
        .where(obligation.c.component.in_(campaign.components))
        .group_by(payroll.c.id)
    )


def _of_campaign(campaign: Campaign) -> ColumnElement[bool]:
    return and_(
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
        payroll.c.period == campaign.period,
        payroll.c.campaign == campaign.code,
        payroll.c.state == DRAFT,
    )


def _without_a_way(period: str) -> Select[Any]:
    """What is owed and can go no way, though nothing else is known against paying it."""
    waits = is_left_off(obligation.c.person_id)
    return _unlined(period).where(~died_before(), ~_told_dead(), ~waits)


def _told_dead() -> ColumnElement[bool]:
    return told_dead(obligation.c.person_id, obligation.c.period)


def _left_off(period: str) -> Select[Any]:
    """People who are owed money and wait, because of a case about them."""
    people = func.count(obligation.c.person_id.distinct())
    waits = is_left_off(obligation.c.person_id)
    return _unlined(period).with_only_columns(payroll.c.id, people).where(waits)


def _overpaid(period: str) -> Select[Any]:
    """People of whom this list found that an earlier one granted too much."""
    granted = and_(
        obligation.c.programme == overpayment.c.programme,
        obligation.c.person_id == overpayment.c.person_id,
        obligation.c.component.in_(
            (overpayment.c.component, case(dict(AHEAD), value=overpayment.c.component))
        ),
        obligation.c.period == overpayment.c.month,
    )
    return (
        select(payroll.c.id, func.count(overpayment.c.person_id.distinct()))
        .select_from(overpayment)
        .join(obligation, granted)
        .join(payroll, _here(period))
        .where(overpayment.c.period == period, overpayment.c.amount > 0)
        .group_by(payroll.c.id)
    )


def _insured(period: str) -> Select[Any]:
    """Who draws the social pension beside a pension that is no lower (Decree 176/2025/ND-CP)."""
    return (
        select(payroll.c.id, func.count())
        .select_from(obligation)
        .join(payroll, _here(period))
        .where(obligation.c.period == period, obligation.c.programme == "pension")
        .where(obligation.c.component == "monthly", obligation.c.regular > 0)
        .where(is_paid_by_insurance(obligation))
        .group_by(payroll.c.id)
    )


def _here(period: str) -> ColumnElement[bool]:
    """The month's draft payroll of the unit that owes an obligation."""
    return and_(
        payroll.c.unit_code == obligation.c.unit_code,
        payroll.c.programme == obligation.c.programme,
        payroll.c.period == period,
        payroll.c.kind == "monthly",
        payroll.c.state == DRAFT,
    )
