"""The articles of each kind of decision. Pure: facts in, paragraphs out.

No group whose name tells of a person's health is named, and no coefficient is told: the sum and
the articles of the law as a whole are enough for the person who receives the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.benefits.groups import Group
from app.months import in_words, shift
from app.printing.values import short_month
from app.statements.letters.words import (
    ADJUST,
    GRANT,
    PAUSE,
    RECOVERY,
    RESUME,
    STOP,
    article,
    benefit,
    cause,
    named,
    told,
)
from ledger.money import format_number
from ledger.words import in_words_vi_document

_CHILD_BELOW = 16
_TITLES = {"M": "Ông", "F": "Bà"}


@dataclass(frozen=True, slots=True)
class Who:
    """The person: `birth` is 'YYYY-MM-DD' or 'YYYY', `citizen` is as the letter shows it."""

    name: str
    birth: str
    sex: str
    citizen: str
    place: str

    def in_full(self, on: date) -> str:
        """'Bà NÔNG THỊ A, sinh ngày 02/03/1945, số căn cước …123, nơi ở: …'."""
        year, _, rest = self.birth.partition("-")
        born = f"sinh ngày {rest[3:]}/{rest[:2]}/{year}" if rest else f"sinh năm {year}"
        facts = f"{born}, số căn cước {self.citizen}, nơi ở: {self.place}"
        return f"{self.called(on)} {self.name.upper()}, {facts}"

    def called(self, on: date) -> str:
        """'Ông', 'Bà' or, for a child, 'Em'."""
        return "Em" if on.year - int(self.birth[:4]) < _CHILD_BELOW else _TITLES[self.sex]


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a letter tells it: its group, VND a month, its first month, its last if it ended.

    `arrears` are stretches of earlier months: (first, last, months, VND a month, VND, why).
    """

    group: Group
    monthly: int
    start: str
    stop: str = ""
    arrears: tuple[tuple[str, str, int, int, int, str], ...] = ()


def money(amount: int) -> str:
    """'540.000 đồng (bằng chữ: Năm trăm bốn mươi nghìn đồng)'."""
    return f"{_dong(amount)} (bằng chữ: {in_words_vi_document(amount)})"


def about(kind: str, what: str) -> str:
    """What the decision is about, as the head of the letter says it; `what` is from `benefits`."""
    return {
        GRANT: f"Về việc hưởng {what}",
        ADJUST: f"Về việc điều chỉnh {what}",
        STOP: f"Về việc thôi hưởng {what}",
        PAUSE: f"Về việc tạm dừng chi trả {what}",
        RESUME: f"Về việc chi trả lại {what}",
        RECOVERY: f"Về việc thu hồi {what} đã chi thừa",
    }[kind]


def benefits(groups: Iterable[Group]) -> str:
    """The benefits of lines, each once: 'trợ cấp hưu trí xã hội và trợ cấp xã hội hằng tháng'."""
    return " và ".join(dict.fromkeys(benefit(one) for one in groups))


def granted(who: Who, line: Line, on: date) -> tuple[str, ...]:
    """Article 1 of a decision that begins a line."""
    what = f"được hưởng {benefit(line.group)} kể từ {short_month(line.start)}"
    said = [f"{who.in_full(on)}, {what}.", _ground(line.group), f"Mức hưởng: {_monthly(line)}."]
    return (*said, *_arrears(line))


def adjusted(who: Who, line: Line, before: Line | None, on: date) -> tuple[str, ...]:
    """Article 1 of a decision that puts one line in the place of another."""
    what = f"được điều chỉnh {benefit(line.group)} kể từ {short_month(line.start)}"
    old = f"; mức trước khi điều chỉnh: {_dong(before.monthly)}/tháng" if before else ""
    said = [f"{who.in_full(on)}, {what}.", _ground(line.group)]
    return (*said, f"Mức hưởng mới: {_monthly(line)}{old}.", *_arrears(line))


def ended(who: Who, lines: Sequence[Line], why: str, on: date) -> tuple[str, ...]:
    """Article 1 of a decision that ends lines: the last payable month, and from when nothing."""
    said = [
        f"{benefit(one.group)} kể từ {short_month(shift(one.stop, 1))}"
        f" (được hưởng hết {short_month(one.stop)})"
        for one in lines
    ]
    return (
        f"{who.in_full(on)}, thôi hưởng {'; '.join(said)}.",
        f"Lý do: {cause(why)}.",
    )


def paused(who: Who, line: Line, why: str, on: date) -> tuple[str, ...]:
    """Article 1 of a decision that pauses a line; what was not collected stays owed."""
    since, whom = short_month(shift(line.stop, 1)), _inside(who.in_full(on))
    return (
        f"Tạm dừng chi trả {benefit(line.group)} đối với {whom}, kể từ {since}.",
        f"Lý do: {cause(why)}. Khi có đề nghị nhận lại, các tháng chưa nhận được xem xét chi trả.",
    )


def resumed(who: Who, line: Line, on: date) -> tuple[str, ...]:
    """Article 1 of a decision that lifts a pause."""
    return (
        f"Chi trả lại {benefit(line.group)} đối với {_inside(who.in_full(on))}.",
        f"Mức hưởng: {_monthly(line)}. Các tháng đã tạm dừng được truy lĩnh theo danh sách chi"
        " trả của kỳ gần nhất.",
    )


def recovered(who: Who, what: str, amount: int, months: Sequence[str], on: date) -> tuple[str, ...]:
    """Article 1 of a decision to recover: the sum, and why month by month."""
    told_months = "; ".join(months)
    return (
        f"Thu hồi số tiền {money(amount)} là {what} đã chi thừa cho {_inside(who.in_full(on))}.",
        f"Lý do (đơn vị tính: đồng): {told_months}.",
        "Số tiền thu hồi được nộp vào tài khoản của đơn vị chi trả để hoàn trả ngân sách nhà nước;"
        " không trừ vào trợ cấp các kỳ sau nếu không có quyết định riêng.",
    )


def paid_from(fund: str, programme: str, unit: str) -> tuple[str, ...]:
    """Article 2: where the money comes from and who pays."""
    who = f"{unit} lập danh sách và chi trả hằng tháng theo quy định"
    paid = f"Kinh phí chi trả từ nguồn {_inside(fund)}; {who}."
    highest = told()["highest"].get(programme)
    return (paid, highest) if highest else (paid,)


def in_force(carried_out_by: str, who: Who, on: date, *, died: bool) -> tuple[str, ...]:
    """The last article: from when it counts, and who carries it out."""
    family = "gia đình " if died else ""
    person = f"{family}{_inside(who.called(on))} {who.name}"
    return (
        f"Quyết định này có hiệu lực kể từ ngày ký. {carried_out_by}, các cá nhân, đơn vị có liên"
        f" quan và {person} chịu trách nhiệm thi hành Quyết định này.",
    )


def _ground(group: Group) -> str:
    return f"Đối tượng: {named(group)} ({article(group)})."


def _monthly(line: Line) -> str:
    amount = _dong(line.monthly)
    return f"{amount}/tháng (bằng chữ: {in_words_vi_document(line.monthly)} một tháng)"


def _arrears(line: Line) -> tuple[str, ...]:
    if not line.arrears:
        return ()
    total = sum(one[4] for one in line.arrears)
    return (
        f"Truy lĩnh: {money(total)}, gồm {'; '.join(map(_stretch, line.arrears))}."
        " Số tiền này được trả một lần cùng kỳ chi trả gần nhất.",
    )


def _stretch(one: tuple[str, str, int, int, int, str]) -> str:
    first, last, months, monthly, amount, why = one
    span = (
        f"tháng {in_words(first)}"
        if first == last
        else f"tháng {in_words(first)} đến tháng {in_words(last)}"
    )
    return f"{span}: {_dong(monthly)} × {months} tháng = {_dong(amount)} ({why})"


def _inside(text: str) -> str:
    return text[:1].lower() + text[1:]


def _dong(amount: int) -> str:
    # A no-break space: an amount is not torn from its unit.
    return f"{format_number(amount)}\u00a0đồng"
