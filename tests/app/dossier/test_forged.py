"""Whatever is done to a pack, its checker says so and names the place."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.dossier.checker.run import main
from tests.app.dossier.forging import Forger, Row
from tests.app.dossier.test_pack import rows, verified

Forgery = Callable[[Forger], str]


@pytest.fixture
def forger(pack: Path, tmp_path: Path) -> Forger:
    """A copy of the pack to be changed."""
    shutil.copytree(pack, tmp_path / "pack")
    return Forger(tmp_path / "pack")


def wrong(said: str) -> list[str]:
    """The lines of the checks that failed, without their verdict."""
    return [line[7:] for line in said.splitlines() if line.startswith("SAI")]


# ---------------------------------------------------------------------- left as they are
def _a_document(forger: Forger) -> str:
    return forger.flip("payrolls/*.pdf") + ": đã bị sửa"


def _a_settlement(forger: Forger) -> str:
    return forger.flip("settlement/*.pdf") + ": đã bị sửa"


def _a_raw_file(forger: Forger) -> str:
    return forger.flip("raw/sent/*") + ": đã bị sửa"


def _the_checker(forger: Forger) -> str:
    forger.edit("checker/money.py", "import annotations", "import annotations  # less")
    return "checker/money.py: đã bị sửa"


def _one_more_file(forger: Forger) -> str:
    (forger.folder / "payrolls" / "more.pdf").write_text("x")
    return "payrolls/more.pdf: thừa"


def _one_file_less(forger: Forger) -> str:
    path = min(forger.folder.glob("raw/received/*/*"))
    path.unlink()
    return f"{path.name}: thiếu"


def _a_link_instead(forger: Forger) -> str:
    path = forger.folder / "lines.csv"
    path.rename(forger.folder.parent / "lines.csv")
    path.symlink_to(forger.folder.parent / "lines.csv")
    return "lines.csv: thiếu"


def _a_line_of_a_table(forger: Forger) -> str:
    forger.rows("outcomes.csv", lambda found: found[1:])
    return "outcomes.csv: đã bị sửa"


def _the_index(forger: Forger) -> str:
    forger.edit("lines.csv", "same", "rate") if "same" in _text(forger) else forger.edit(
        "lines.csv", "rate", "same"
    )
    forger.reindex()
    return "index.sig: chữ ký sai"


def _text(forger: Forger) -> str:
    return (forger.folder / "lines.csv").read_text("utf-8")


def _no_signature(forger: Forger) -> str:
    (forger.folder / "index.sig").unlink()
    return "index.sig: chữ ký sai hoặc thiếu"


def _another_folder(forger: Forger) -> str:
    forger.edit("index.json", '"path": "lines.csv"', '"path": "../lines.csv"')
    return "../lines.csv: thiếu"


LEFT: tuple[Forgery, ...] = (
    *(_a_document, _a_settlement, _a_raw_file, _the_checker, _one_more_file, _one_file_less),
    *(_a_link_instead, _a_line_of_a_table, _the_index, _no_signature, _another_folder),
)


@pytest.mark.parametrize("forgery", LEFT)
def test_a_change_is_seen(forger: Forger, forgery: Forgery) -> None:
    named = forgery(forger)
    code, said = verified(forger.folder)
    assert code == 1
    assert named in said


# ---------------------------------------------------------------------- covered up by a new index
def _an_amount(forger: Forger) -> str:
    entry = min(rows(forger.folder, "postings.csv"), key=lambda row: int(row["entry"]))["entry"]
    forger.first("postings.csv", lambda row: row["debit"] != "0", debit=lambda old: int(old) + 1)
    return f"Bút toán cân / entries balance|bút toán / entry {entry}: Nợ"


def _a_posting_left_out(forger: Forger) -> str:
    found = rows(forger.folder, "postings.csv")
    forger.rows("postings.csv", lambda all_: all_[:-1])
    return f"Bút toán cân / entries balance|bút toán / entry {found[-1]['entry']}: Nợ"


def _an_entry_left_out(forger: Forger) -> str:
    gone = rows(forger.folder, "entries.csv")[-1]["entry"]
    forger.rows("entries.csv", lambda all_: all_[:-1])
    return f"Bút toán cân / entries balance|postings.csv: {gone} không có bút toán"


def _both_sides(forger: Forger) -> str:
    entry = rows(forger.folder, "entries.csv")[0]["entry"]

    def more(found: list[Row]) -> list[Row]:
        for row in found:
            if row["entry"] == entry:
                side = "debit" if row["debit"] != "0" else "credit"
                row[side] = str(int(row[side]) + 1000)
        return found

    forger.rows("postings.csv", more)
    forger.first("entries.csv", lambda _: True, total=lambda old: int(old) + 2000)
    return f"Mã băm từng bút toán / digests of entries|bút toán / entry {entry}"


def _a_date(forger: Forger) -> str:
    entry = rows(forger.folder, "entries.csv")[-1]["entry"]
    forger.first("entries.csv", lambda row: row["entry"] == entry, effective_on="2026-10-02")
    return f"Mã băm từng bút toán / digests of entries|bút toán / entry {entry}"


def _text_and_digest(forger: Forger) -> str:
    """The entry itself rewritten, digest and all: then the chain holds another digest."""
    entry = rows(forger.folder, "entries.csv")[0]
    lines = [row for row in rows(forger.folder, "postings.csv") if row["entry"] == entry["entry"]]
    header = json.loads(entry["header"])
    header[8] = "Lý do khác"
    said = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    parts = ("line", "account", "item", "debit", "credit")
    text = "\n".join([said, *("|".join(row[one] for one in parts) for row in lines)])
    digest = hashlib.sha256(text.encode()).hexdigest()
    forger.first("entries.csv", lambda _: True, header=said, digest=digest)
    return f"Chuỗi niêm / chain|bút toán / entry {entry['entry']}"


def _two_links_swapped(forger: Forger) -> str:
    def swap(found: list[Row]) -> list[Row]:
        found[1], found[2] = found[2], found[1]
        return found

    position = rows(forger.folder, "chain.csv")[2]["position"]
    forger.rows("chain.csv", swap)
    return f"Chuỗi niêm / chain|vị trí / position {position}"


def _a_cut_chain(forger: Forger) -> str:
    forger.rows("chain.csv", lambda found: found[:-1])
    return "Chuỗi niêm / chain|chain.csv: dừng ở vị trí"


def _a_chain_of_his_own(forger: Forger) -> str:
    """Every link computed anew from a changed digest on: only the anchors know better."""

    def rewrite(found: list[Row]) -> list[Row]:
        found[0]["digest"] = "0" * 64
        link = json.loads((forger.folder / "snapshot.json").read_text("utf-8"))["books"]["chain"]
        before = link["before"]
        for row in found:
            said = [row[one] for one in ("position", "fiscal_year", "voucher", "digest")]
            before = row["link"] = hashlib.sha256("|".join([before, *said]).encode()).hexdigest()
        return found

    forger.rows("chain.csv", rewrite)
    return "Mốc niêm ngoài cơ sở dữ liệu / anchors|mốc / anchor 1: vị trí"


def _fewer_anchors(forger: Forger) -> str:
    path = forger.folder / "anchors.jsonl"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    return "Mốc niêm ngoài cơ sở dữ liệu / anchors|anchors.jsonl: "


def _a_month_opened_again(forger: Forger) -> str:
    forger.snapshot(lambda value: value["books"]["closes"].pop())
    return "Mốc niêm ngoài cơ sở dữ liệu / anchors|kỳ đã khoá"


def _behind_the_close(forger: Forger) -> str:
    last = rows(forger.folder, "entries.csv")[-1]
    end = int(last["position"]) - 1

    def earlier(value: Any) -> None:
        next(
            one
            for one in value["books"]["closes"]
            if (one["programme"], one["period"]) == (last["programme"], "2026-10")
        )["position"] = end

    forger.snapshot(earlier)
    return f"Không ghi vào kỳ đã khoá / closed periods stay closed|bút toán / entry {last['entry']}"


def _a_line_of_the_list(forger: Forger) -> str:
    forger.first("lines.csv", lambda _: True, destination=lambda old: int(old) + 1)
    return f"Bảng chi bằng tổng các dòng / payrolls equal their lines|{_list(forger)}"


def _list(forger: Forger) -> str:
    return f"bảng / payroll {rows(forger.folder, 'lines.csv')[0]['payroll']}"


def _the_total_of_the_list(forger: Forger) -> str:
    forger.snapshot(lambda value: value["payrolls"][0].update(total=1))
    return f"Bảng chi bằng tổng các dòng / payrolls equal their lines|{_list(forger)}"


def _one_approval_less(forger: Forger) -> str:
    forger.snapshot(lambda value: value["payrolls"][0]["steps"].pop())
    return f"Lần xác nhận gắn đúng bảng, lô / acts bound to lists and batches|{_list(forger)}"


def _an_act_over_other_lines(forger: Forger) -> str:
    forger.snapshot(lambda value: value["acts"][0]["covers"][0].__setitem__(1, "0" * 64))
    return "Lần xác nhận gắn đúng bảng, lô / acts bound to lists and batches|lần xác nhận / act"


def _released_by_one(forger: Forger) -> str:
    forger.snapshot(lambda value: value["batches"][0]["releases"].pop())
    return "Lần xác nhận gắn đúng bảng, lô / acts bound to lists and batches|lô / batch"


def _an_instruction(forger: Forger) -> str:
    forger.first("instructions.csv", lambda _: True, amount=lambda old: int(old) - 1)
    return "Lô chi, tệp gửi, tệp nhận / batches, files sent and received|lô / batch"


def _a_sent_file(forger: Forger) -> str:
    name = forger.flip("raw/sent/*")
    return f"Lô chi, tệp gửi, tệp nhận / batches, files sent and received|{name}: không phải tệp"


def _a_received_file(forger: Forger) -> str:
    name = forger.flip("raw/received/*/*")
    return f"Lô chi, tệp gửi, tệp nhận / batches, files sent and received|{name}: không phải tệp"


def _nothing_came_back(forger: Forger) -> str:
    forger.rows("outcomes.csv", lambda found: [one for one in found if one["state"] == "settled"])
    return "Kết quả bằng bút toán / outcomes equal entries|outcomes.csv"


def _more_was_paid(forger: Forger) -> str:
    forger.first("outcomes.csv", lambda _: True, amount=lambda old: int(old) + 1)
    return "Kết quả bằng bút toán / outcomes equal entries|bút toán / entry"


def _a_settlement_figure(forger: Forger) -> str:
    def better(value: Any) -> None:
        cell = next(one for one in value["closings"] if one["credited"])
        for name, more in (("credited", 1000), ("balance", -1000), ("unspent", -1000)):
            cell[name] += more

    forger.snapshot(better)
    return "Quyết toán bằng sổ / settlement equals postings|: credited ="


def _an_account(forger: Forger) -> str:
    forger.snapshot(lambda value: value["accounts"][0].update(debit=1, closing=-1))
    return "Phát sinh từng tài khoản / accounts equal postings|tài khoản / account"


def _a_running_balance(forger: Forger) -> str:
    forger.first("postings.csv", lambda row: row["seq"] == "1", balance=lambda old: int(old) + 1)
    return "Số dư luỹ kế / running balances|bút toán / entry"


def _an_unreadable_table(forger: Forger) -> str:
    forger.first("postings.csv", lambda _: True, debit="nhiều")
    return "Sổ kế toán / books|không đọc được"


COVERED: tuple[Forgery, ...] = (
    *(_an_amount, _a_posting_left_out, _an_entry_left_out, _both_sides, _a_date),
    *(_text_and_digest, _two_links_swapped, _a_cut_chain, _a_chain_of_his_own),
    *(_fewer_anchors, _a_month_opened_again, _behind_the_close, _a_line_of_the_list),
    *(_the_total_of_the_list, _one_approval_less, _an_act_over_other_lines, _released_by_one),
    *(_an_instruction, _a_sent_file, _a_received_file, _nothing_came_back, _more_was_paid),
    *(_a_settlement_figure, _an_account, _a_running_balance, _an_unreadable_table),
)


@pytest.mark.parametrize("forgery", COVERED)
def test_a_change_under_a_new_signature_is_seen_by_the_sums(
    forger: Forger, forgery: Forgery, capsys: pytest.CaptureFixture[str]
) -> None:
    """Index, anchors and signature are made anew under the forger's own key."""
    check, named = forgery(forger).split("|")
    forger.resign()
    assert main([str(forger.folder)], forger.folder) == 1
    said = capsys.readouterr().out
    assert check in wrong(said)
    assert named in said
    assert "Chữ ký trên mục lục / signature of the index" not in wrong(said)


def test_only_the_key_from_elsewhere_tells_a_perfect_forgery(pack: Path, forger: Forger) -> None:
    """What was signed anew and agrees with itself passes, until the true key is asked for."""
    forger.resign()
    code, said = verified(forger.folder)
    assert code == 0, said
    assert f"key as the pack says it: {forger.key.public_key().public_bytes_raw().hex()}" in said
    key = (pack / "anchor.pub").read_text("ascii").strip()
    code, said = verified(forger.folder, "--key", key)
    assert code == 1
    assert wrong(said) == [
        "Chữ ký trên mục lục / signature of the index",
        "Mốc niêm ngoài cơ sở dữ liệu / anchors",
    ]


def test_a_pack_that_says_it_was_never_signed_fails_where_a_key_is_asked(forger: Forger) -> None:
    key = (forger.folder / "anchor.pub").read_text("ascii").strip()
    (forger.folder / "index.sig").unlink()
    forger.reindex(None)
    code, said = verified(forger.folder)
    assert code == 0
    assert "Mục lục KHÔNG có chữ ký" in said
    assert verified(forger.folder, "--key", key)[0] == 1


@pytest.mark.parametrize("broken", ["index.json", "snapshot.json"])
def test_what_is_no_pack_is_said_to_be_none(forger: Forger, broken: str) -> None:
    (forger.folder / broken).write_text("[]", "utf-8")
    code, said = verified(forger.folder)
    assert code == 1
    assert "Không phải hồ sơ / no audit pack" in said
