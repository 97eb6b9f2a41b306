"""The plays of a nasty bank that debits our account or pays from lists: what it does, step by step.

Each leaves in the scene what must come out of it; `audit.judge` looks whether it did. A bank
always ends by telling the truth: what is still open then is the adapter's or the house's fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.cli.conform.month import DUE, PEOPLE, at
from app.cli.conform.scene import Scene
from bank_adapters.answering.facts import Word
from bank_adapters.contract import Capabilities

FEW, MOST = 3, 20


@dataclass(frozen=True, slots=True)
class Play:
    """A play: its key, what the bank does, in words, and the act itself."""

    key: str
    title: str
    bank: str
    act: Callable[[Scene], None]


def accept_then_timeout(scene: Scene) -> None:
    """The bank has the file and executes it; its answer is lost."""
    scene.wire.answers = False
    scene.bank.execute(scene.sent())
    scene.in_doubt()
    scene.morning(clock="14:00")
    again = scene.resend()
    scene.require(again is None, "nhà gửi lại tệp tới ngân hàng không hứa từ chối lần lặp")
    scene.morning(1)
    scene.proves(scene.bank.book)


def acknowledged_twice(scene: Scene) -> None:
    """The same acknowledgement three times: the same bytes, and once more anew."""
    items, bank = scene.sent(), scene.bank
    booked = bank.execute(items)
    accepted = scene.lines(Word.ACCEPTED, items)
    told = bank.settlement(booked) if bank.lists else bank.status(accepted, ("ACTC", ""))
    data = bank.hand_out(told)
    bank.lay_out("ban-sao-" + _ending(scene), data)
    bank.hand_out(bank.anew(told))
    scene.collect()
    if not bank.lists:
        scene.require(scene.settled() == 0, "tin đã nhận bị coi là đã chi: xem trạng thái ACSP")
    scene.morning(1)
    scene.proves(booked)


def partial_file(scene: Scene) -> None:
    """The bank executes a part and refuses the rest; each answer first comes cut in half."""
    items, bank = scene.sent(), scene.bank
    booked = bank.execute(items[:MOST])
    refused = scene.refused(items[MOST:])
    if not bank.lists:
        told = bank.status([*scene.lines(Word.ACCEPTED, items[:MOST]), *refused], ("PART", ""))
        bank.hand_out(told, cut=True, name="do-dang-1")
        collect_nothing(scene)
        bank.hand_out(told)
        scene.collect()
    facts = [*booked, *refused]
    whole = bank.settlement(facts) if bank.lists else bank.statement()
    bank.hand_out(whole, cut=True, name="do-dang-2")
    collect_nothing(scene)
    bank.hand_out(whole)
    scene.collect()


def collect_nothing(scene: Scene) -> None:
    """Half a file is kept apart and moves nobody."""
    before, states = scene.quarantined(), scene.states()
    scene.collect()
    is_apart = scene.quarantined() > before
    scene.require(is_apart, "tệp bị cắt dở không bị cách ly: xem read và Unreadable")
    is_same = scene.states() == states
    scene.require(is_same, "tệp bị cắt dở làm đổi trạng thái khoản chi")


def amount_changed(scene: Scene) -> None:
    """One payment is executed with another amount than was ordered."""
    items, bank = scene.sent(), scene.bank
    booked = [*bank.execute(items[:1], less=1000), *bank.execute(items[1:])]
    scene.disputed |= {items[0].reference} if items else set()
    scene.proves(booked)
    state = scene.states()[items[0].reference] if items else ""
    scene.require(state != "settled", "khoản bị đổi số tiền vẫn được ghi là đã chi: xem amount")
    if bank.lists and scene.settled() == 0:
        # The list did not add up to ours: the bank sends it again without the line in question.
        scene.proves(booked[1:])


def returned_before_acknowledged(scene: Scene) -> None:
    """Money comes back before anything was said of the payments."""
    items, bank = scene.sent(), scene.bank
    if bank.lists:
        booked = bank.execute(items[FEW:])
        scene.proves(scene.refused(items[:FEW]))
        scene.proves(booked)
        return
    booked = bank.execute(items)
    returned = bank.send_back(items[:FEW], "MD07")
    scene.expect("returned", items[:FEW])
    bank.hand_out(bank.advice(returned))
    scene.collect()
    bank.hand_out(bank.advice(booked))
    scene.collect()
    bank.hand_out(bank.status(scene.lines(Word.ACCEPTED, items), ("ACCP", "")))
    scene.collect()
    scene.morning(1)
    scene.proves(booked)


def success_among_returns(scene: Scene) -> None:
    """A file of refusals and returns holds payments that succeeded."""
    items, bank = scene.sent(), scene.bank
    booked = bank.execute(items[:MOST])
    refused = scene.refused(items[MOST:])
    if bank.lists:
        scene.proves([*refused, *booked[:1]])
        scene.proves(booked[1:])
        return
    mixed = [*refused, *scene.lines(Word.EXECUTED, items[:MOST])]
    bank.hand_out(bank.status(mixed, ("RJCT", "")))
    scene.collect()
    returned = bank.send_back(items[:FEW], "AC04")
    scene.expect("returned", items[:FEW])
    bank.hand_out(bank.advice([*returned, *booked]))
    scene.collect()
    scene.morning(1)
    scene.proves(booked)


def same_statement_twice(scene: Scene) -> None:
    """The same statement: as the same bytes, and made anew under other numbers."""
    booked, bank = scene.bank.execute(scene.sent()), scene.bank
    told = bank.settlement(booked) if bank.lists else bank.statement()
    data = bank.hand_out(told)
    scene.collect()
    bank.lay_out("lan-hai-" + _ending(scene), data)
    scene.collect()
    scene.morning(1)
    bank.hand_out(bank.anew(told))
    scene.collect()


def overlapping_statements(scene: Scene) -> None:
    """Two statements show the same ten entries."""
    booked, bank = scene.bank.execute(scene.sent()), scene.bank
    for part in (booked[:MOST], booked[MOST // 2 :]):
        bank.hand_out(bank.settlement(part) if bank.lists else bank.advice(part))
        scene.collect()
    if not bank.lists:
        whole = bank.statement()
        for first, end in ((0, MOST), (MOST // 2, PEOPLE)):
            bank.hand_out(bank.excerpt(whole, first, end))
            scene.collect()
        bank.hand_out(bank.anew(whole))
        scene.collect()


def wrong_balance(scene: Scene) -> None:
    """A file that does not add up; then the right one."""
    booked, bank = scene.bank.execute(scene.sent()), scene.bank
    scene.collect()  # what was answered at once
    told = bank.settlement(booked) if bank.lists else bank.statement()
    off = replace(told, opening=told.opening + 1000, closing=told.closing + 2000)
    if bank.pen.write(off) == bank.pen.write(told):
        scene.notes.append("ngân hàng này không ghi tổng nào để đối chiếu")
    else:
        bank.hand_out(off)
        collect_nothing(scene)
    bank.hand_out(bank.anew(told))
    scene.collect()


def closing_at_cut_off(scene: Scene) -> None:
    """The bank closes while the file is on its way; it leaves on the next banking day."""
    clock: Any = scene.runtime.clock
    scene.wire.before = lambda: clock.move_to(at(DUE, "17:01"))
    scene.morning(clock="15:40")
    taken = scene.send()
    scene.require(taken is None, "tệp vẫn đi sau giờ chót của ngân hàng")
    scene.in_doubt()
    scene.wire.before = None
    scene.morning(1)
    taken = scene.send()
    scene.require(taken is not None, "hôm sau tệp không được gửi")
    if taken is not None:
        scene.proves(scene.bank.execute(taken.payments))


def contradictions(scene: Scene) -> None:
    """The bank says one thing, then the other; then its book tells."""
    items, bank = scene.sent(), scene.bank
    denied = items[:FEW]
    scene.disputed |= {item.reference for item in denied}
    if bank.lists:
        booked = bank.execute(items)
        scene.proves(scene.lines(Word.REJECTED, denied, "AC04"))
        scene.proves(booked)
        scene.proves(scene.lines(Word.REJECTED, denied, "AC04"))
        return
    revoked = items[FEW : 2 * FEW]
    booked = bank.execute([*denied, *items[2 * FEW :]])
    _say(scene, scene.lines(Word.REJECTED, denied, "AC04"))
    _say(scene, scene.lines(Word.EXECUTED, [*denied, *revoked]))
    _say(scene, scene.refused(revoked))
    scene.morning(1)
    scene.proves(booked)


def _say(scene: Scene, facts: Any) -> None:
    scene.bank.hand_out(scene.bank.status(facts))
    scene.collect()


def silence(scene: Scene) -> None:
    """The answer is lost, and for days nothing comes."""
    scene.wire.answers = False
    items = scene.sent()
    for day in range(1, 4):
        scene.morning(day)
        again = scene.send()
        scene.morning(day, "14:00")
        again = scene.resend() or again
        scene.require(again is None, "nhà gửi lại trong lúc ngân hàng im lặng")
        scene.in_doubt()
    scene.require(set(scene.states().values()) == {"ready"}, "im lặng bị coi là một câu trả lời")
    scene.proves(scene.bank.execute(items))


def same_file_twice(scene: Scene) -> None:
    """The declared refusal of repetitions, tried: the same file goes out twice."""
    scene.wire.answers = False
    booked, bank = scene.bank.execute(scene.sent()), scene.bank
    scene.in_doubt()
    scene.wire.answers = True
    scene.morning(clock="14:00")
    again = scene.resend()
    scene.require(scene.wire.delivered == 2, "đã khai từ chối lần lặp mà nhà không gửi lại được")
    if again is not None:
        booked += bank.execute(again.payments)
    if not bank.lists:
        bank.hand_out(bank.status([], ("RJCT", "DUPL")))
        scene.collect()
        scene.require(scene.open_cases() == 1, "ngân hàng báo trùng (DUPL) mà không có hồ sơ nào")
    scene.morning(1)
    scene.proves(booked[:PEOPLE])


def contradictory_enquiries(scene: Scene) -> None:
    """Asked, the bank is silent, then denies what it executed; its book tells the truth."""
    scene.wire.answers = False
    items, bank = scene.sent(), scene.bank
    booked = bank.execute(items)
    scene.enquire(2)
    scene.in_doubt()
    scene.disputed |= {item.reference for item in items[:FEW]}
    denied = scene.lines(Word.REJECTED, items[:FEW], "AC04")
    told = bank.status([*denied, *scene.lines(Word.ACCEPTED, items[FEW:])])
    wire: Any = scene.wire
    wire.reply = lambda: bank.pen.write(told)
    said = scene.enquire(5)
    scene.require(said == "1 of 1 answered", "đã khai hỏi được mà nhà không hỏi: xem enquiry")
    _say(scene, scene.lines(Word.EXECUTED, items[:FEW]))
    scene.morning(1)
    scene.proves(booked)


def _ending(scene: Scene) -> str:
    return "ket-qua" if scene.bank.lists else "sao-ke"


PLAYS = (
    Play("timeout", "Nhận rồi mất liên lạc",
         "nhận tệp, chi đủ, không trả lời; hôm sau mới báo", accept_then_timeout),
    Play("acknowledged-twice", "Xác nhận lặp lại",
         "gửi cùng một xác nhận ba lần", acknowledged_twice),
    Play("partial", "Chi một phần, tệp cụt",
         "chi 20, từ chối 10; mỗi tệp trả lời lần đầu bị cắt nửa", partial_file),
    Play("amount-changed", "Đổi số tiền",
         "chi một khoản thiếu 1.000 đồng", amount_changed),
    Play("return-first", "Trả lại trước xác nhận",
         "báo trả lại 3 khoản trước khi báo đã chi", returned_before_acknowledged),
    Play("success-in-returns", "Thành công nằm trong tệp trả lại",
         "gửi tệp từ chối, trả lại có lẫn khoản đã chi", success_among_returns),
    Play("statement-twice", "Sao kê hai lần",
         "gửi cùng một sao kê ba lần, có lần mang số khác", same_statement_twice),
    Play("overlap", "Sao kê chồng nhau",
         "hai sao kê cùng có 10 dòng", overlapping_statements),
    Play("wrong-balance", "Sai số dư",
         "gửi tệp không cân, sau đó gửi tệp đúng", wrong_balance),
    Play("cut-off", "Đóng cửa đúng giờ chót",
         "hết giờ khi tệp đang trên đường", closing_at_cut_off),
    Play("contradiction", "Trả lời trái nhau",
         "nói từ chối rồi nói đã chi, và ngược lại", contradictions),
    Play("silence", "Im lặng",
         "nhận tệp rồi im ba ngày", silence),
)  # fmt: skip
DEDUPE = Play("same-file-twice", "Cùng một tệp hai lần",
              "nhận lại đúng tệp cũ sau lần mất liên lạc", same_file_twice)  # fmt: skip
ENQUIRY = Play("enquiry", "Hỏi thì trả lời trái nhau",
               "không trả lời câu hỏi, rồi chối khoản đã chi", contradictory_enquiries)  # fmt: skip
BY_KEY = {play.key: play for play in (*PLAYS, DEDUPE, ENQUIRY)}


def plays_for(told: Capabilities) -> tuple[Play, ...]:
    """The plays of every bank, and those that try what this one declares."""
    declared = ((DEDUPE, bool(told.dedupe)), (ENQUIRY, told.enquiry))
    return (*PLAYS, *(play for play, is_declared in declared if is_declared))
