"""What anybody may ask of a finished month; each function asks one thing and insists on it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.flows.demo import RESULT_KEYS, Month, executions, paid_twice, wrong_proofs

PERIOD = "2026-10"
HAPPENINGS = {"late_returns", "deaths", "moves", "carried_over", "arrears"}
INSTALL_HLEDGER = "hledger is missing; install it with: apt-get install -y hledger"


def closed(month: Month) -> None:
    """It ran to its end: every proof, the keys that others rely on, nothing paid twice."""
    result = month.result
    assert result.keys() >= RESULT_KEYS
    assert wrong_proofs(month) == []
    assert (result["scenario"], result["period"]) == ("cao-bang-2026-10", PERIOD)
    assert result["people"] == sum(
        result[f"{kind}_persons"] for kind in ("credited", "cash", "unpaid")
    )
    assert result["executed_more_than_once"] == 0
    assert result["returned"] > 0 < result["reissued"]
    assert paid_twice(month) == []
    assert executions(month)["most"] == 1
    rates = result["rate_by_amount"], result["rate_by_person"]
    for rate in rates:
        assert rate["percent"] == f"{100 * rate['n'] / rate['d']:.2f}"


def settled(month: Month) -> None:
    """On the settlement day of every month each provider's settlement closed with nothing left over
    or on its way; and what happened besides is counted."""
    for period, providers in month.result["settlements"].items():
        assert providers, period
        for row in providers.values():
            came, went = row["opening"] + row["funding"], row["credited"] + row["cash_paid"]
            assert row["difference"] == row["in_transit"] == 0
            assert row["cells"] > 0 <= row["unspent"]
            assert came + row["suspense"] >= went
    assert PERIOD in month.result["settlements"]
    assert month.result["happenings"].keys() == HAPPENINGS
    for name in ("late_returns", "deaths", "moves", "arrears"):
        assert month.result["happenings"][name] > 0, name


def proven(month: Month) -> None:
    """`ansinh ledger verify`."""
    answer = month.ask("ledger", "verify")
    assert answer["ok"] is True
    assert all(one["ok"] for one in answer["proofs"])


def read_by_hledger(month: Month, folder: Path) -> None:
    """The exported journal passes `hledger check`, with the balances that we state."""
    program = shutil.which("hledger")
    assert program, INSTALL_HLEDGER
    journal = folder / "books.journal"
    answer = month.ask("ledger", "export", "--format", "hledger", "--output", str(journal))
    (entries,) = month.rows("select count(*) from entry")
    assert answer["entries"] == entries[0]
    _accepts([program, "--file", str(journal), "check"])
    said = _accepts([program, "--file", str(journal), "print", "--output-format", "csv"])
    assert said.count("\n") > 2 * entries[0]


def read_by_beancount(month: Month, folder: Path) -> None:
    """The same for `bean-check`, which says nothing when all is well."""
    program = Path(sys.executable).with_name("bean-check")
    journal = folder / "books.beancount"
    month.ask("ledger", "export", "--format", "beancount", "--output", str(journal))
    assert _accepts([str(program), str(journal)]).strip() == ""


def packed_for_an_auditor(month: Month, folder: Path) -> None:
    """`ansinh audit-pack` of the unit with most outcomes, checked by the pack's own program."""
    ((unit,),) = month.rows(
        "select c.unit_code from outcome o join instruction i on i.id = o.instruction_id"
        " join batch b on b.id = i.batch_id join contract c on c.id = b.contract_id"
        " group by c.unit_code order by count(*) desc, c.unit_code limit 1"
    )
    output = folder / "pack"
    answer = month.ask("audit-pack", "--unit", unit, "--period", PERIOD, "--output", str(output))
    assert (answer["closed"], answer["signed"], answer["missing"]) == (True, True, [])
    key = (output / "anchor.pub").read_text("ascii").strip()
    said = _accepts([sys.executable, "-I", "-S", str(output / "verify.py"), "--key", key])
    assert "ĐÚNG / RIGHT" in said


def read_by_our_checker(month: Month, folder: Path) -> None:
    """The CSV files pass the checker that goes with them: the whole books, and the month."""
    for days in ([], ["--period", PERIOD]):
        out = str(folder / "-".join(["books", *days]))
        answer = month.ask("ledger", "export", "--format", "csv", "--output", out, *days)
        said = _accepts([sys.executable, "-I", "-S", f"{out}/check_books.py"])
        assert f"'postings.csv': {answer['postings']}" in said


def balanced(month: Month) -> None:
    """`ansinh ledger proof-of-cash`: no difference at any provider."""
    folder = str(month.out / "proofs")
    answer = month.ask("ledger", "proof-of-cash", "--period", PERIOD, "--output", folder)
    assert len(answer["proofs"]) == 9
    for one in answer["proofs"]:
        assert one["faults"] == []
        assert one["books"] == one["statement"]


def _accepts(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def reported(month: Month) -> None:
    """`ansinh report cashless` gives the four rates of result.json, each with its terms."""
    answer = month.ask("report", "cashless", "--period", PERIOD)
    figures = {one["code"]: one for one in answer["figures"]}
    assert list(figures) == ["R1", "R1b", "R2", "R3"]
    for code, name in (("R1", "rate_by_person"), ("R2", "rate_by_amount")):
        told = {key: figures[code][key] for key in ("n", "d", "percent")}
        assert told == month.result[name]
    for one in figures.values():
        assert all(one[term] for term in ("as_of", "cut_off", "definition"))


def traced(month: Month) -> None:
    """`ansinh trace` of a person and of a payment that came back and was sent again."""
    ((reference, person),) = month.rows(
        "select i.reference, o.person_id from instruction i join obligation o"
        " on o.id = i.obligation_id where i.state = 'returned' order by i.id limit 1"
    )
    for asked in (reference, f"person:{person}"):
        answer = str(month.ask("trace", asked))
        assert reference in answer
        assert "sha256" in answer


def healthy(month: Month) -> None:
    """`ansinh doctor`."""
    assert month.ask("doctor")["ok"] is True
