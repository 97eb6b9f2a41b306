"""The plays of a nasty bank of requests, where they are not those of a bank of files.

In single requests each payment has a fate of its own, in bulk the document has one; words come
as answers, calls and answers to questions, and what proves a payment is a report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.cli.conform import plays
from app.cli.conform.month import DUE, at
from app.cli.conform.plays import FEW, MOST, Play
from app.cli.conform.rest_bank import RestBank
from app.cli.conform.rest_door import CHANGE, Door, Reply
from app.cli.conform.scene import Scene
from app.cli.conform.setting import PROVIDER
from bank_adapters.answering.facts import Message, Word

_ALL = ""


def _door(scene: Scene) -> Door:
    assert isinstance(scene.bank, RestBank)
    return scene.bank.door


def _is_single(scene: Scene) -> bool:
    return scene.runtime.adapters[PROVIDER].capabilities.by == "single"


def _meet(scene: Scene, reply: Reply, references: Iterable[str]) -> None:
    """This becomes of the requests for these payments, in bulk of the one request."""
    keys = references if _is_single(scene) else [_ALL]
    _door(scene).replies |= dict.fromkeys(keys, reply)


def _untouched(scene: Scene, references: Iterable[str], otherwise: str) -> None:
    """Nothing that was said so far may have moved these payments."""
    states = scene.states()
    moved = [one for one in references if states[one] != "ready"]
    scene.require(not moved, f"{len(moved)} khoản {otherwise}")


def accept_then_timeout(scene: Scene) -> None:
    """The bank takes the payments; of some it never says so, of one not until we give up."""
    lost = scene.planned()[:FEW]
    _meet(scene, Reply.LOST, lost[1:])
    _meet(scene, Reply.SILENT, lost[:1])
    scene.bank.execute(scene.sent())
    scene.in_doubt()
    scene.morning(clock="14:00")
    again = scene.resend()
    scene.require(again is None, "nhà gửi lại yêu cầu tới ngân hàng không hứa từ chối lần lặp")
    _untouched(scene, lost, "không có câu trả lời mà bị coi là đã có: xem judging")
    scene.morning(1)
    scene.proves(scene.bank.book)


def acknowledged_twice(scene: Scene) -> None:
    """One acknowledgement comes for two requests, and each comes again and again as a call."""
    first, second = scene.planned()[:2]
    _door(scene).other = first
    _meet(scene, Reply.OTHER, [second])
    items, bank = scene.sent(), scene.bank
    scene.in_doubt()
    scene.collect()
    _untouched(scene, [second], "tin vào xác nhận của lệnh khác: xem mã tham chiếu trong trả lời")
    booked = bank.execute(items)
    told = bank.status(scene.lines(Word.ACCEPTED, items))
    for message in (told, told, bank.anew(told)):
        bank.hand_out(message)
        scene.collect()
    scene.require(scene.settled() == 0, "tin đã nhận bị coi là đã chi: xem trạng thái ACSP")
    scene.morning(1)
    scene.proves(booked)


def partial(scene: Scene) -> None:
    """Some are taken and some refused; calls and reports first come cut in half."""
    taken, bank = scene.planned()[:MOST], scene.bank
    if _is_single(scene):
        _meet(scene, Reply.REFUSED, scene.planned()[MOST:])
    items = [item for item in scene.sent() if item.reference in taken]
    booked = bank.execute(items)
    scene.collect()
    others = [item for one, item in _door(scene).seen.items() if one not in taken]
    refused = scene.refused(others)
    told = bank.status([*scene.lines(Word.ACCEPTED, items), *refused])
    before = scene.states()
    bank.hand_out(told, cut=True, name="half")
    scene.collect()
    scene.require(scene.states() == before, "tin báo bị cắt dở làm đổi trạng thái khoản chi")
    bank.hand_out(told)
    scene.collect()
    _cut_reports(scene, bank.settlement([*booked, *refused]) if bank.lists else bank.statement())


def _cut_reports(scene: Scene, whole: Message) -> None:
    """Half a statement as a report of its own, then the whole of which half arrives, then all."""
    scene.bank.hand_out(whole, cut=True, name="do-dang")
    plays.collect_nothing(scene)
    _door(scene).cuts = True
    scene.bank.hand_out(whole)
    apart = scene.quarantined()
    scene.collect()
    is_left = scene.quarantined() == apart and scene.settled() == 0
    scene.require(is_left, "báo cáo về thiếu một nửa mà vẫn được nhận: xem fetch")
    _door(scene).cuts = False
    scene.collect()


def amount_changed(scene: Scene) -> None:
    """One payment is acknowledged, told and executed with another amount than was ordered."""
    changed, bank = scene.planned()[0], scene.bank
    if _is_single(scene):
        _meet(scene, Reply.LESS, [changed])
    items = scene.sent()
    if _is_single(scene):
        scene.in_doubt()
    scene.disputed |= {changed}
    booked = bank.execute((one for one in items if one.reference == changed), less=CHANGE)
    booked += bank.execute(one for one in items if one.reference != changed)
    told = [replace(one, word=Word.EXECUTED) for one in booked]
    bank.hand_out(bank.status(told))
    scene.collect()
    scene.morning(1)
    scene.proves(booked)
    state = scene.states()[changed]
    scene.require(state != "settled", "khoản bị đổi số tiền vẫn được ghi là đã chi: xem amount")


def returned_before_acknowledged(scene: Scene) -> None:
    """Payments whose answers were lost come back before anything was said of them."""
    _meet(scene, Reply.LOST, scene.planned()[:FEW])
    plays.returned_before_acknowledged(scene)


def closing_at_cut_off(scene: Scene) -> None:
    """The bank closes in the middle of the requests: the rest must not leave."""
    if not _is_single(scene):
        plays.closing_at_cut_off(scene)
        return
    clock: Any = scene.runtime.clock

    def close(number: int) -> None:
        if number == MOST:
            clock.move_to(at(DUE, "17:01"))

    _door(scene).before = close
    scene.morning(clock="15:40")
    taken = scene.handed_over()
    late = len(taken) >= len(scene.planned())
    scene.require(not late, "yêu cầu vẫn đi sau giờ chót của ngân hàng")
    scene.in_doubt()
    _door(scene).before = lambda number: None
    scene.morning(1)
    scene.require(scene.send() is None, "lô đi dở lại được gửi thêm")
    scene.proves(scene.bank.execute(taken))


def contradictory_enquiries(scene: Scene) -> None:
    """Asked, the bank is silent, then knows of nothing, then has paid; then it denies some."""
    lost, door = scene.planned()[:FEW], _door(scene)
    _meet(scene, Reply.LOST, lost)
    items, bank = scene.sent(), scene.bank
    booked = bank.execute(items)
    scene.in_doubt()
    door.answers = False
    scene.enquire(2)
    door.answers = True
    said = scene.enquire(5)
    scene.require(said == "1 of 1 answered", "đã khai hỏi được mà nhà không hỏi: xem enquiry")
    scene.in_doubt()
    _untouched(scene, lost, "“không có” (NOTF) bị coi là chưa nhận, chưa chi")
    scene.require(scene.send() is None, "“không có” (NOTF) làm nhà gửi lại")
    door.words |= {item.reference: Word.EXECUTED for item in items}
    scene.enquire(15)
    states = scene.states()
    deaf = [one for one in lost if states[one] not in ("accepted", "settled")]
    scene.require(not deaf, "câu trả lời đã chi (ACSC, ACCC) không được đọc: xem ask, read")
    denied = [item for item in items if item.reference in lost]
    scene.disputed |= set(lost)
    for word, reason in ((Word.REJECTED, "AC04"), (Word.EXECUTED, "")):
        bank.hand_out(bank.status(scene.lines(word, denied, reason)))
        scene.collect()
    scene.morning(1)
    scene.proves(booked)


_Act = Callable[[Scene], None]
_OWN: Mapping[str, tuple[str, _Act]] = {
    "timeout": ("nhận lệnh, chi đủ; ba lệnh không có trả lời", accept_then_timeout),
    "acknowledged-twice": ("một xác nhận cho hai lệnh; gọi báo ba lần", acknowledged_twice),
    "partial": ("chi 20, từ chối 10; tin báo, báo cáo bị cắt nửa", partial),
    "amount-changed": ("nhận, báo, chi một khoản thiếu 1.000 đồng", amount_changed),
    "return-first": ("mất trả lời; báo trả lại 3 khoản trước mọi tin khác",
                     returned_before_acknowledged),
    "cut-off": ("hết giờ khi lệnh đang đi", closing_at_cut_off),
    "enquiry": ("im, nói không có, nói đã chi, rồi chối", contradictory_enquiries),
}  # fmt: skip
_WAYS = {"single": "từng lệnh", "bulk": "cả lô"}


def as_requests(play: Play, way: str) -> Play:
    """A play as a bank of requests plays it, its way in the title."""
    bank, act = _OWN.get(play.key, (play.bank, play.act))
    return replace(play, title=f"{play.title} ({_WAYS[way]})", bank=bank, act=act)
