"""A rule made from a line: what it would have taken of past lines, proposed, confirmed, ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.clock import local_date
from app.disbursement.fees import PASS as CONTRACT_FEE
from app.disbursement.line_rules import FEE, IN, OUT, SAYS, fits, rules
from app.disbursement.rule_tables import line_rule, line_rule_end
from app.disbursement.workbench.lines import line_of
from app.disbursement.workbench.proposing import RULE, RULE_END, Draft, sentence, written
from app.errors import Conflict, InputError, NotFound, Refused
from app.text import fold
from reconciliation import matching
from reconciliation.tables import bank_line, line_match, suspense_item

LOOK_BACK = timedelta(days=366)
WORDS_MOST = 80
_NUMBER = re.compile(r"\d{4,}")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text means: at which bank and account ('' all), 'in' or 'out', folded words, đồng from
    `least` to `most`, the meaning (`line_rules.SAYS`), and from which day."""

    provider: str
    account: str
    direction: str
    words: str
    least: int
    most: int
    means: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer asks of a rule; '' and 0 are what the line says, `since` None is today."""

    means: str
    words: str = ""
    least: int = 0
    most: int = 0
    any_account: bool = False
    since: date | None = None


def rule_of(session: Session, number: int, wanted: Wanted, now: datetime) -> Rule:
    """The rule made from a line that waits or waited.

    Raises NotFound, InputError for words that say too little or are data about a person, Refused
    for a meaning that goes the other way, or a day that is over.
    """
    line = line_of(session, number)
    way = IN if line.amount > 0 else OUT
    if wanted.means not in SAYS or (wanted.means == FEE) != (way == OUT):
        raise Refused(f"Dòng này không thể là “{wanted.means[:20]}”.",
                      "Tiền ra: fee. Tiền vào: interest, treasury, provider_return.")  # fmt: skip
    since, amount = wanted.since or local_date(now), abs(line.amount)
    if since < local_date(now):
        raise Refused(f"Ngày hiệu lực {since:%d/%m/%Y} đã qua.", "Chọn hôm nay hoặc ngày sau.")
    least, most = wanted.least or amount, wanted.most or amount
    if not 0 < least <= amount <= most:
        raise InputError("Khoảng số tiền phải có số tiền của dòng.", "Xem lại --least, --most.")
    words = _words(session, wanted.words or _without_numbers(line.remittance))
    rule = Rule(line.provider, "" if wanted.any_account else line.account, way, words, least, most,
                wanted.means, since)  # fmt: skip
    if not fits(rule, line):
        raise InputError("Nội dung của dòng không có những chữ này.", "Chép chữ từ dòng.")
    return rule


def _without_numbers(text: str) -> str:
    return " ".join(word for word in text.split() if not any(sign.isdigit() for sign in word))


def _words(session: Session, text: str) -> str:
    """Folded words, fit for a rule: letters, no number of anybody, nobody's name."""
    words = fold(text)
    if len(_LETTERS.findall(words)) < 3 or len(words) > WORDS_MOST or _NUMBER.search(words):
        raise InputError(
            f"Chữ của quy tắc cần từ 3 chữ cái đến {WORDS_MOST} ký tự, không có số dài.",
            "Dùng --text với chữ chung của ngân hàng, không dùng số tài khoản hay số định danh.",
        )
    if session.scalar(select(person.c.id).where(person.c.search_key == words).limit(1)):
        raise InputError("Chữ này là tên người hưởng.", "Quy tắc không được dựa vào người.")
    return words


@dataclass(frozen=True, slots=True)
class Past:
    """A line of the last year that a rule would have taken, and what became of it."""

    line: int
    booked_on: date
    amount: int
    text: str
    pass_name: str
    verdict: str


def preview(session: Session, rule: Rule, now: datetime) -> list[Past]:
    """Lines of the last year that no stronger pass took and the rule is about; writes nothing."""
    return list(_past(session, rule, local_date(now) - LOOK_BACK))


def _past(session: Session, rule: Rule, since: date) -> Iterator[Past]:
    line, match = bank_line.c, line_match.c
    sign = 1 if rule.direction == IN else -1
    low, high = sorted((sign * rule.least, sign * rule.most))
    left = or_(match.pass_name.in_(("rest", CONTRACT_FEE)), match.pass_name.like("rule:%"))
    # All of these wait or waited, or are of a verdict of which there are few.
    few = (matching.FEE_MONTH, matching.FEE_BATCH, matching.FUNDING)
    waited = select(suspense_item.c.bank_line_id)
    either = waited.union_all(select(match.bank_line_id).where(match.verdict.in_(few)))
    query = (
        select(bank_line, match.pass_name, match.verdict)
        .join(line_match, match.bank_line_id == line.id)
        .where(line.provider == rule.provider, line.kind == "booked", line.booked_on >= since)
        .where(line.id.in_(either), line.amount.between(low, high), left)
        .order_by(line.id)
    )
    for row in session.execute(query):
        if fits(rule, row):
            yield Past(row.id, row.booked_on, row.amount, row.remittance, row.pass_name,
                       row.verdict)  # fmt: skip


def rule_draft(rule: Rule, reason: str) -> Draft:
    """A rule, to be proposed."""
    content = {**asdict(rule), "valid_from": rule.valid_from.isoformat()}
    return Draft(RULE, None, written(content), 0, sentence(reason))


def end_draft(session: Session, number: int, on: date, reason: str, now: datetime) -> Draft:
    """The end of a rule from a day on, to be proposed. Raises NotFound, Conflict, Refused."""
    _running(session, number)
    if on < local_date(now):
        raise Refused(f"Ngày {on:%d/%m/%Y} đã qua.", "Chọn hôm nay hoặc ngày sau.")
    content = written({"ended_on": on.isoformat(), "rule": number})
    return Draft(RULE_END, None, content, 0, sentence(reason))


def _running(session: Session, number: int) -> None:
    row = next((one for one in session.execute(rules()) if one.proposal_id == number), None)
    if row is None:
        raise NotFound(f"Không có quy tắc số {number}.", "Xem `ansinh recon rules`.")
    if row.ended_on is not None:
        raise Conflict(f"Quy tắc {number} đã có ngày hết.", "Lập quy tắc mới nếu cần.")


def make_rule(session: Session, proposal: Row[Any], now: datetime) -> None:
    """What two confirmed is a rule from its day on. Raises Refused where that is over."""
    told = json.loads(proposal.content)
    since = date.fromisoformat(told["valid_from"])
    if since < local_date(now):
        raise Refused(f"Ngày hiệu lực {since:%d/%m/%Y} đã qua.", "Từ chối rồi đề nghị lại.")
    values = {**told, "valid_from": since, "proposal_id": proposal.id, "made_at": now}
    session.execute(insert(line_rule).values(values))


def end_rule(session: Session, proposal: Row[Any], now: datetime) -> None:
    """A rule holds no more from its day on. Raises as `end_draft` does."""
    told = json.loads(proposal.content)
    on = max(date.fromisoformat(told["ended_on"]), local_date(now))
    _running(session, told["rule"])
    session.execute(
        insert(line_rule_end).values(
            proposal_id=proposal.id, rule_id=told["rule"], ended_on=on, recorded_at=now
        )
    )
