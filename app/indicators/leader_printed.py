"""The leader's month as the values of its printed document, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from app.clock import TIME_ZONE
from app.indicators.definitions import UNITS, definition
from app.indicators.hours import saved
from app.indicators.leader import Headline, Leader, MonthRate, Place
from app.indicators.league import formula, league
from app.indicators.measures import sides
from app.indicators.names import words_of
from app.indicators.rates import Figure, percent
from app.indicators.readiness import Light, criteria, worst
from app.indicators.said import SIDES as SAID
from app.indicators.said import Said, figures_of, whole
from app.indicators.tallies import Tally
from app.payroll.bridge import sign_of
from app.payroll.bridge_sums import Step
from app.printing.charts import Bar, Point, TileDrawn
from app.printing.documents.leader_page import Big, LeaderPage, Listing
from app.reference.areas import commune
from app.reference.tilemap import HEIGHT, WIDTH, name_lines
from ledger.money import format_number

_NONE = "–"
_COLOURS = {"red": "Đỏ", "amber": "Vàng", "green": "Xanh", "grey": "Chưa có số"}


def page(
    found: Leader,
    lights: dict[str, list[Light]],
    fields: int,
    people: Mapping[str, Said],
    *,
    synthetic: bool,
) -> LeaderPage:
    """What `render_leader_page` prints; `lights` is the board of readiness, `fields` the fields
    that nobody had to declare again, `people` what people said, by communes."""
    province = found.province or "Toàn bộ"
    return LeaderPage(
        body=f"Ủy ban nhân dân {province[:1].lower()}{province[1:]}",
        area=province,
        period=found.answer.period,
        told=_told(found),
        bigs=_bigs(found),
        bridge=tuple(_bridge(found.bridge)),
        lowest=tuple(_lowest(found.lowest)),
        months=tuple(_month(one) for one in found.months),
        tiles=tuple(_tiles(found)),
        map_size=found.map_size,
        legend=tuple(_legend(found.cuts)),
        counters=tuple(_counters(found)),
        listings=(*_listings(found, lights, fields), *_said(found, people)),
        synthetic=synthetic,
    )


def comma(text: str | None) -> str:
    """'80.75' as it is read: '80,75 %'; a dash for none."""
    return f"{text.replace('.', ',')} %" if text else _NONE


def _moment(value: datetime) -> str:
    return f"{value.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"


def _told(found: Leader) -> str:
    state = "Số chính thức" if found.answer.final else "Số sơ bộ"
    one = found.headlines[0].figure
    return (
        f"{state}, tính đến {_moment(min(one.cut_off, one.as_of))}; lập lúc {_moment(one.as_of)};"
        f" định nghĩa {one.definition}"
    )


def _bigs(found: Leader) -> tuple[tuple[tuple[Big, ...], ...], ...]:
    """R1 and R1b share a card, and so do the amount and the people paid."""
    first, below = ([_big(one) for one in ones] for ones in (found.headlines, found.below))
    return (
        (tuple(first[:2]), *((one,) for one in first[2:])),
        (_paid(found.whole), *((one,) for one in below)),
    )


def _paid(whole: Tally) -> tuple[Big, Big]:
    """What was paid and how many got it, by account and in cash (both ways is cash)."""
    amounts = f"tài khoản {format_number(whole.credited)} ₫, tiền mặt {format_number(whole.cash)} ₫"
    in_cash = format_number(whole.paid - whole.cashless)
    people = f"tài khoản {format_number(whole.cashless)} người, tiền mặt {in_cash} người"
    return (
        Big(f"{format_number(whole.paid_amount)} ₫", "Số tiền đã trả", amounts),
        Big(format_number(whole.paid), "Số người đã nhận tiền", people),
    )


def _big(one: Headline) -> Big:
    return Big(comma(one.figure.percent), definition(one.figure.code).name.vi, _sides(one.figure))


def _sides(one: Figure) -> str:
    unit = UNITS[definition(one.code).unit].vi
    return f"{one.code}: {format_number(one.n)} / {format_number(one.d)} {unit}"


def _bridge(steps: tuple[Step, ...]) -> Iterator[Bar]:
    """Last month's list, the changes as bars against the largest of them, this month's list."""
    changes = [abs(one.amount) for one in steps if one.cause != "previous"]
    most = max(changes, default=0) or 1
    for one in steps:
        share = Fraction(0) if one.cause == "previous" else Fraction(abs(one.amount), most)
        yield Bar(words_of("bridge", one.cause).vi, share, _of_bridge(one.amount, one.people))
    people = sum(sign_of(one.cause) * one.people for one in steps)
    amount = sum(one.amount for one in steps)
    yield Bar("Danh sách tháng này", Fraction(0), _of_bridge(amount, people))


def _of_bridge(amount: int, lines: int) -> str:
    return f"{_millions(amount)} triệu ₫; {format_number(lines)} khoản"


def _millions(amount: int) -> str:
    """Whole millions, half away from nought, with a true minus."""
    whole = (abs(amount) + 500_000) // 1_000_000
    return f"−{format_number(whole)}" if amount < 0 and whole else format_number(whole)


def _lowest(places: tuple[Place, ...]) -> Iterator[Bar]:
    for one in places:
        told = f"{comma(one.percent)} ({format_number(one.n)}/{format_number(one.d)})"
        yield Bar(one.area.name, Fraction(one.n, one.d), told)


def _month(one: MonthRate) -> Point:
    share = Fraction(one.n, one.d) if one.d else None
    told = (one.percent or "").replace(".", ",")
    return Point(f"{one.period[5:]}/{one.period[2:4]}", share, told)


def _tiles(found: Leader) -> Iterator[TileDrawn]:
    for tile, place in found.map:
        told = (place.percent or _NONE).replace(".", ",")
        name = " ".join(name_lines(place.area.name))
        yield TileDrawn(tile.x, tile.y, WIDTH, HEIGHT, name, told, place.shade)


def _legend(cuts: tuple[int, ...]) -> Iterator[str]:
    if not cuts:
        return
    yield f"dưới {cuts[0]} %"
    for low, high in pairwise(cuts):
        yield f"{low} – {high} %"
    yield f"từ {cuts[-1]} %"


def _counters(found: Leader) -> Iterator[Bar]:
    one = found.timeliness
    whole = one.on_time + one.late + one.overdue + one.not_due or 1
    parts = (
        ("Đúng hạn", one.on_time),
        ("Trả sau hạn", one.late),
        ("Quá hạn, chưa nhận", one.overdue),
        ("Chưa đến hạn", one.not_due),
    )
    for name, count in parts:
        told = f"{format_number(count)} ({comma(percent(count, whole))})"
        yield Bar(name, Fraction(count, whole), told)


def _listings(found: Leader, lights: dict[str, list[Light]], fields: int) -> Iterator[Listing]:
    yield _figures(found)
    yield _communes(found)
    yield _readiness(lights)
    yield _league(found)
    yield _targets(found)
    yield _hours(found, fields)


def _figures(found: Leader) -> Listing:
    rows = [
        (one.code, definition(one.code).name.vi, format_number(one.n), format_number(one.d),
         comma(one.percent), UNITS[definition(one.code).unit].vi)
        for one in found.answer.figures()[""]
    ]  # fmt: skip
    rows += [
        ("", f"Chứng cứ: {words_of('evidence', kind).vi}", format_number(lines), "", "", "khoản")
        for kind, (lines, _) in sorted(found.answer.evidence.items())
    ]
    columns = (("Mã", 34.0, False), ("Chỉ số", 208.0, False), ("Tử số", 90.0, True),
               ("Mẫu số", 90.0, True), ("Tỷ lệ", 52.0, True), ("Đơn vị", 40.0, False))  # fmt: skip
    return Listing("Các chỉ số", columns, tuple(rows), _told(found))


def _communes(found: Leader) -> Listing:
    rows = []
    for code, tally in found.communes.items():
        area = commune(code)
        shown = ("R1", "R2", "R3", "R5", "R6")
        rates = (comma(percent(*sides(tally, one))) for one in shown)
        rows.append((area.name if area else code, format_number(tally.listed), *rates))
    columns = (("Xã, phường", 168.0, False), ("Người", 52.0, True),
               *((one, 58.0, True) for one in ("R1", "R2", "R3", "R5", "R6")))  # fmt: skip
    return Listing("Theo xã, phường", columns, tuple(rows))


def _readiness(lights: dict[str, list[Light]]) -> Listing:
    rows = []
    for code, ones in lights.items():
        area = commune(code)
        told = (f"{_COLOURS[one.colour]} {_bare(one.percent)}".strip() for one in ones)
        rows.append((area.name if area else code, _COLOURS[worst(ones)], *told))
    columns = (("Xã, phường", 84.0, False), ("Chung", 34.0, False),
               *((str(at), 49.0, False) for at in range(1, len(criteria()) + 1)))  # fmt: skip
    note = "; ".join(
        f"{at}: {one.name.vi} (vàng từ {comma(_bound(one.amber))}, xanh từ"
        f" {comma(_bound(one.green))})"
        for at, one in enumerate(criteria(), start=1)
    )
    version = criteria()[0].version
    return Listing(
        "Mức sẵn sàng của xã, phường (%)", columns, tuple(rows), f"{version}. {note}.", size=7.5
    )


def _bare(text: str | None) -> str:
    return (text or "").replace(".", ",")


def _bound(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _league(found: Leader) -> Listing:
    rows = []
    for one in league(found.communes):
        area = commune(one.commune)
        score = (one.score or _NONE).replace(".", ",")
        rows.append((str(one.place or _NONE), area.name if area else one.commune, score))
    columns = (("Hạng", 40.0, True), ("Xã, phường", 220.0, False), ("Điểm", 70.0, True))
    said = formula()
    return Listing(
        "Bảng xếp hạng xã, phường", columns, tuple(rows),
        f"Công thức {said.version}: {said.in_words}; đồng điểm thì cùng hạng.",
    )  # fmt: skip


def _targets(found: Leader) -> Listing:
    rows = tuple(
        (one.target.code, one.target.scope or "toàn bộ", comma(_bound(one.target.goal)),
         f"{format_number(one.n)}/{format_number(one.d)}", comma(one.percent), comma(one.of_goal))
        for one in found.targets
    )  # fmt: skip
    columns = (("Mã", 34.0, False), ("Phạm vi", 70.0, False), ("Mục tiêu", 70.0, True),
               ("Tử số/mẫu số", 150.0, True), ("Đạt", 70.0, True),
               ("So với mục tiêu", 90.0, True))  # fmt: skip
    return Listing("Mục tiêu", columns, rows, "So với mục tiêu có thể vượt 100 %.")


def _hours(found: Leader, fields: int) -> Listing:
    terms = list(saved(found.whole, fields))
    rows = [
        (one.code, one.name.vi, format_number(one.count), one.minutes.replace(".", ","),
         format_number(one.hours))
        for one in terms
    ]  # fmt: skip
    rows.append(("", "Cộng", "", "", format_number(sum(one.hours for one in terms))))
    columns = (("Mã", 34.0, False), ("Phần", 230.0, False), ("Số lượng", 80.0, True),
               ("Phút mỗi cái", 80.0, True), ("Giờ", 70.0, True))  # fmt: skip
    note = (
        "Giờ tiết kiệm = số lượng × phút / 60. Số phút là giả định, chưa đo; hãy đo ở địa phương"
        " rồi thay."
    )
    return Listing("Giờ tiết kiệm ước tính", columns, tuple(rows), note)


def _said(found: Leader, people: Mapping[str, Said]) -> Iterator[Listing]:
    """What people said of the month: the figures, then the communes that were heard."""
    period, as_of = found.answer.period, found.answer.as_of
    every = figures_of(whole(people.values()), period, as_of)
    columns = (("Mã", 34.0, False), ("Chỉ số", 208.0, False), ("Tử số", 90.0, True),
               ("Mẫu số", 90.0, True), ("Tỷ lệ", 52.0, True), ("Đơn vị", 50.0, False))  # fmt: skip
    rows = tuple(
        (one.code, definition(one.code).name.vi, format_number(one.n), format_number(one.d),
         comma(one.percent), UNITS[definition(one.code).unit].vi)
        for one in every
    )  # fmt: skip
    yield Listing("Người dân nói gì", columns, rows, _told(found))
    by_place = []
    for code, one in people.items():
        area = commune(code)
        told = (f"{format_number(each.n)}/{format_number(each.d)}"
                for each in figures_of(one, period, as_of))  # fmt: skip
        by_place.append((area.name if area else code, *told))
    places = (("Xã, phường", 168.0, False), *((one, 80.0, True) for one in SAID))
    if by_place:
        yield Listing("Người dân nói gì, theo xã, phường", places, tuple(by_place))
