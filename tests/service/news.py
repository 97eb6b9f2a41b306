"""Rules of the machine: what the providers do, and what they say: truly, late, twice, wrongly."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.disbursement.evidence import RULES
from bank_adapters.contract import BankReport, LineKind, ReportKind
from reconciliation.evidence import AGAIN, PAID_LIST, STATUS, UNPAID_LIST
from tests.factories import BANK, POST, listed, report, status
from tests.service.days import Days
from tests.service.doing import doing
from tests.support.calling import ring, said

WORDS = ("ACCP", "ACSP", "ACWC", "ACSC", "ACCC", "RJCT", "CANC", "PDNG", "AM05")
"""Words of a status report; the last is a reason: the bank has had this payment already."""
MONEY = ("again", "back", "back again", "back early", "part back",
         "stray", "fee", "fee back", "unknown debit")  # fmt: skip
OF_NONE, DEBITS = MONEY[5:], ("again", "unknown debit", "fee")
SMALL, OTHER_ACCOUNT = 5_000, "9999999999"
FILES = ("rubbish", "another's", "again")
CALLS = ("once", "twice", "forged", "other amount", "other account", "no amount")


class News(Days):
    """What comes in; most of it is laid out as a file, some of it is called or read out."""

    # ------------------------------------------------------------------ the bank that debits us
    @doing(6, lambda self: self.world.bank.orders, all_of_them=st.booleans(), told=st.booleans())
    def pays(self, data: st.DataObject, all_of_them: bool, told: bool) -> None:
        """The bank executes what it was told to and has neither paid nor refused."""
        bank = self.world.bank
        due = [one for one in bank.orders.values() if not one.paid and not one.refused]
        due = due if all_of_them or not due else [data.draw(st.sampled_from(due))]
        entries = [bank.pays(one.reference, self.world.today()) for one in due]
        for one in due:
            self.is_late_if_closed(one.reference)
        if told and entries:
            bank.tray.lay(bank.advice(entries))

    @doing(6, lambda self: self.world.bank.orders, word=st.sampled_from(WORDS))
    def word(self, data: st.DataObject, word: str) -> None:
        """A status report about one payment, whatever is known of it; a refusal is kept to."""
        bank = self.world.bank
        reference = data.draw(st.sampled_from(sorted(bank.orders)))
        self._believes(bank.orders[reference], word)
        code, reason = ("RJCT", word) if word == "AM05" else (word, "")
        bank.tray.lay(bank.word(reference, code, reason))

    @doing(
        2,
        lambda self: self.world.bank.orders,
        word=st.sampled_from(["ACTC", "RJCT", "RJCT", "DUPL"]),
    )
    def answer(self, data: st.DataObject, word: str) -> None:
        """The file as a whole is acknowledged, or refused, which the bank then keeps to."""
        bank = self.world.bank
        messages = sorted({one.message_id for one in bank.orders.values()})
        message = data.draw(st.sampled_from(messages))
        mine = [one for one in bank.orders.values() if one.message_id == message]
        if word == "RJCT" and any(one.paid for one in mine):
            return  # of a file that it carries out no bank says that it refused it
        for one in mine:
            one.refused |= word == "RJCT"
        code, reason = ("RJCT", word) if word == "DUPL" else (word, "")
        bank.tray.lay(bank.answer(message, code, reason))

    @doing(8, told=st.sampled_from([True, True, False]))
    def moves_money(self, data: st.DataObject, told: bool) -> None:
        """Returns, and errors of the bank: all of it real movements on our account."""
        about = {what: self._about(what) for what in MONEY}
        able = [what for what, orders in about.items() if orders or what in OF_NONE]
        able = [what for what in able if what not in DEBITS or self._spare()]
        what = data.draw(st.sampled_from(able), label="what")
        self.money_moves(what, data.draw(st.sampled_from(about[what])) if about[what] else "", told)

    def money_moves(self, what: str, reference: str, told: bool = True) -> None:
        """One of `MONEY`, with an advice at once where it is told."""
        entries = self._booked(what, reference)
        if told:
            self.world.bank.tray.lay(self.world.bank.advice(entries[::-1]))
        self.happens("fault", "money", what)

    def _about(self, what: str) -> list[str]:
        """References of the orders that such a movement can be about."""
        orders = self.world.bank.orders.values()
        fits = {
            "again": lambda one: one.paid or one.refused,
            "back": lambda one: one.received > 0,
            "back again": lambda one: one.back,
            "back early": lambda one: not one.paid and not one.refused,
            "part back": lambda one: one.received > 0,
        }.get(what)
        return [one.reference for one in orders if fits and fits(one)]

    def _booked(self, what: str, reference: str) -> list[dict[str, Any]]:
        bank, day = self.world.bank, self.world.today()
        if what == "again":
            self.world.errors[reference] += 1
            return [bank.pays(reference, day)]
        if what in ("back", "back again"):
            return [bank.gives_back(reference, day)]
        if what == "back early":  # told of before the debit
            return [bank.pays(reference, day), bank.gives_back(reference, day)]
        if what == "part back":
            return [bank.gives_back(reference, day, bank.orders[reference].amount - SMALL)]
        kind, amount, text = {
            "stray": ("credit", 700_000, "khong ro"),
            "fee": ("fee", -SMALL, "phi dich vu"),
            "fee back": ("refund", SMALL, "HOAN phi"),
            "unknown debit": ("payment", -300_000, "ghi no"),
        }[what]
        return [bank.moves(kind, amount, day, text=text)]

    def _spare(self) -> bool:
        """The bank errs only with money that is there and that nothing of ours is to be paid of."""
        orders = self.world.bank.orders.values()
        waiting = sum(one.amount for one in orders if not one.paid and not one.refused)
        on_its_way = self.world.rows("select coalesce(sum(total), 0) from batch"
                                     " where state in ('built', 'released')")[0][0]  # fmt: skip
        return self.world.bank.balance - waiting - on_its_way >= 1_500_000

    def is_late_if_closed(self, reference: str) -> None:
        """What we hold for never received, the bank pays after all: its error."""
        if reference in self.payments("rejected", "not_received"):
            self.world.errors[reference] += 1
            self.happens("fault", "money", "late")

    # ------------------------------------------------------------------ calls
    @doing(
        3,
        lambda self: self.world.bank.orders,
        word=st.sampled_from(WORDS[:7]),
        how=st.sampled_from(CALLS),
    )
    def calls(self, data: st.DataObject, word: str, how: str) -> None:
        """The bank calls about a payment; whoever has not the secret is not heard."""
        bank, house = self.world.bank, self.world.house
        order = bank.orders[data.draw(st.sampled_from(sorted(bank.orders)))]
        if how in ("once", "twice"):
            self._believes(order, word)
        told: dict[str, Any] = {"amount": order.amount}
        told |= {"other amount": {"amount": order.amount + 1}, "no amount": {"amount": "x"},
                 "other account": {"account": OTHER_ACCOUNT}}.get(how, {})  # fmt: skip
        body, secrets = said(order.reference, word, **told), [b"f" * 32] * (how == "forged")
        event = f"evt_{house.later():%m%d%H%M}"
        for _ in range(1 + (how == "twice")):
            call = ring(event, body, house.clock.now(), *secrets)
            answered = self.world.ring(dict(call.headers), call.body)
            assert (answered == 401) == (how == "forged"), answered
        self.happens("fault", "call", how)

    # ------------------------------------------------------------------ lists
    @doing(3, lambda self: self.world.post.heads, lies=st.booleans())
    def lists(self, data: st.DataObject, lies: bool) -> None:
        """The post office's answer to one list, a second one perhaps, or one that is not so."""
        post = self.world.post
        message = data.draw(st.sampled_from(sorted(post.heads)))
        mine = [one for one in post.orders.values() if one.message_id == message]
        paid = {one.reference: data.draw(st.booleans()) for one in mine}
        if not lies:  # who has signed for it has it
            paid = {one.reference: paid[one.reference] or bool(one.paid) for one in mine}
            for one in mine:
                one.refused |= not paid[one.reference]
            paid = {name: is_so and not post.orders[name].refused for name, is_so in paid.items()}
        for one in mine if lies else ():
            if paid[one.reference] != bool(one.paid):
                self.world.errors[one.reference] = 1
        day = f"{self.world.today():%d/%m/%Y}"
        post.tray.lay((post.lists if lies else post.answers)(message, paid, day), "xlsx")
        self.happens("fault", "list", "not so" if lies else "so")

    @doing(6, lambda self: self._told_about())
    def tells(self, data: st.DataObject) -> None:
        """Any word that a rule of evidence knows, about a payment that stands where the rule says.

        It is read out: lists of a bank and statuses of a post office are in none of their formats.
        """
        state, names = data.draw(st.sampled_from(sorted(self._told_about().items())))
        rules = [(one.source, one.word) for one in RULES if one.from_state == state]
        words = sorted({one for one in rules if one[0] in (STATUS, PAID_LIST, UNPAID_LIST)})
        source, word = data.draw(st.sampled_from(words))
        reference = data.draw(st.sampled_from(names))
        at_bank = reference in self.world.bank.orders
        order = (self.world.bank if at_bank else self.world.post).orders[reference]
        self._believes(order, word if source == STATUS else source)
        what = self._reads_out(order, source, word, at_bank)
        self.may(lambda: self.world.house.receives(BANK if at_bank else POST, what))

    def _told_about(self) -> dict[str, list[str]]:
        """References of payments that providers were handed, by the state of the payment."""
        orders = {**self.world.bank.orders, **self.world.post.orders}
        found: dict[str, list[str]] = {}
        for number, reference in self.world.rows(
            "select id, reference from instruction order by 1"
        ):
            if reference in orders and self.states.get(number, "cancelled") != "cancelled":
                found.setdefault(self.states[number], []).append(reference)
        return found

    def _reads_out(self, order: Any, source: str, word: str, at_bank: bool) -> BankReport:
        bank, post, day = self.world.bank, self.world.post, f"{self.world.today()}"
        name = f"RO{self.world.house.later():%m%d%H%M}"
        account = (bank if at_bank else post).account
        if source == STATUS:
            told = ("RJCT", "AM05") if word == AGAIN else (word, "")
            line = status(order.reference, *told)
            return report(ReportKind.STATUS, "", line, report_id=name)
        kind = LineKind.UNPAID if source == UNPAID_LIST else LineKind(word)
        line = listed(kind, order.reference, order.amount, day)
        return report(ReportKind.SETTLEMENT, account, line, report_id=name)

    def _believes(self, order: Any, kind: Any) -> None:
        """A provider keeps to its refusals; that it paid, it may say wrongly: an error of its."""
        if kind in (PAID_LIST, "ACCC", "ACSC") and not order.paid:
            self.world.errors[order.reference] += 1
        if kind in (UNPAID_LIST, "RJCT", "CANC") and not order.paid:
            order.refused = True

    # ------------------------------------------------------------------ files that are not right
    @doing(1, what=st.sampled_from(FILES))
    def odd_file(self, _: st.DataObject, what: str) -> None:
        """A file that nobody can read, one about another's batch, one that came before."""
        bank, post = self.world.bank, self.world.post
        if what == "rubbish":
            bank.tray.lay(b"khong phai tep " + f"{bank.tray.made}".encode())
        if what == "another's":
            message = next(iter(post.heads), "KHONGCO")
            bank.tray.lay(bank.answer(message, "RJCT"))
        if what == "again" and bank.tray.files:
            bank.tray.lay(next(iter(bank.tray.files.values())))
        self.happens("fault", "file", what)
