"""The whole story of one person's month, for the officer at the screen. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.benefits.groups import Group, neutral
from app.benefits.rates import Level, individual_level, member
from app.benefits.reasons import level_in_words
from app.benefits.rules import (
    Enrolment,
    Entitlement,
    History,
    due,
    level_month,
    standing_history,
)
from app.benefits.values import Granted
from app.months import in_words, require_month
from ledger.money import format_vnd

_PROGRAMMES = {
    "pension": "Trợ cấp hưu trí xã hội",
    "assistance": "Trợ giúp xã hội",
    "merit": "Ưu đãi người có công",
}


def explain(
    enrolments: Sequence[Enrolment],
    period: str,
    history: History | None = None,
    granted: Sequence[Granted] = (),
    *,
    reveal: bool = False,
) -> str:
    """Why exactly this amount in month `period`: every line, paid or not, with its article.

    `granted` is what these books granted for earlier months. Groups that tell of a person's health,
    and those that share their neutral name, keep it, without the article, unless `reveal` is true;
    revealing is for the caller to permit and to log.
    """
    history = history or standing_history()
    answer = due(enrolments, period, history, granted)
    found = {each.enrolment_id: each for each in answer.lines}
    lines = [f"Kỳ {in_words(require_month(period))}"]
    for each in sorted(enrolments, key=lambda one: (one.programme, one.group, one.enrolment_id)):
        lines += _told(each, period, history, found.get(each.enrolment_id), reveal)
    lines.append(f"Cộng: {format_vnd(sum(each.total for each in answer.lines))}")
    lines += [
        f"Đã tính thừa {format_vnd(one.amount)}, {one.reason}; chỉ thu hồi khi có quyết định."
        for one in answer.overpaid
    ]
    return "\n".join(lines)


def _told(
    each: Enrolment, period: str, history: History, found: Entitlement | None, reveal: bool
) -> list[str]:
    of = member(each.programme, each.group)
    lines = [f"- {_PROGRAMMES[each.programme]}: {_named(of, reveal)}"]
    if found is None:
        return [*lines, f"  {_why_nothing(each, of, period, history)}"]
    lines.append(f"  {found.reason}")
    lines.append(f"  Mức tháng: {format_vnd(found.regular)}")
    if found.arrears:
        lines.append(f"  Truy lĩnh: {format_vnd(found.arrears)}")
    if found.regular and not _level(each, of, period, history).confirmed:
        lines.append("  Lưu ý: mức này cần đối chiếu văn bản gốc.")
    return lines


def _named(of: Group, reveal: bool) -> str:
    if of.code in neutral() and not reveal:
        return of.public_name
    return f"{of.name} ({of.article})"


def _why_nothing(each: Enrolment, of: Group, period: str, history: History) -> str:
    if each.start > period:
        return f"Chưa hưởng: bắt đầu từ tháng {in_words(each.start)}."
    if each.stop is not None and each.stop < period:
        return f"Đã thôi hưởng: tháng cuối được hưởng là {in_words(each.stop)}."
    if of.component == "education":
        return "Không trả hằng tháng: trợ cấp giáo dục trả hai lần một năm."
    level = _level(each, of, period, history)
    if level.amount == 0:
        return "Chưa có mức chuẩn cho kỳ này."
    return f"Không trả: đã hưởng chế độ khác có mức cao hơn hoặc bằng ({level_in_words(level)})."


def _level(each: Enrolment, of: Group, period: str, history: History) -> Level:
    known = history.view(period).now
    if of.amount_kind == "individual":
        given = individual_level(of, each.individual_amount)
        since = level_month(each, history.opening or period)
        return history.book.individual(of, given, since, period, known)
    return history.book.level(of, each.table_key, period, known, history.area)
