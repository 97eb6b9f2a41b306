"""`ansinh backup`, `ansinh restore`: keep the books, and bring them back without paying twice."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.cli.books import as_value
from app.cli.options import House, answer, open_house, with_database, with_json
from app.cli.progress import ConsoleProgress
from app.cli.words import proof_line
from app.clock import SystemClock
from app.config import load_settings
from app.db import Database
from app.disbursement.clearing import Officer, Signed, sign_comparison
from app.disbursement.comparison import compare as compare_books
from app.errors import InputError
from app.keeping import manifest
from app.keeping.backup import House as Kept
from app.keeping.backup import back_up
from app.keeping.keys import back_up_keys
from app.keeping.page import page_of
from app.keeping.restore import Order, Restored
from app.keeping.restore import restore as restore_books
from ledger.money import format_number

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
APART = "Cất khoá ở nơi khác với bản sao lưu sổ, có khoá cửa."


@click.command()
@click.option("--output", type=FOLDER, help="Nơi chứa các bản sao lưu; mỗi lần một thư mục mới.")
@click.option("--keys-to", type=FOLDER, help="Nơi khác hẳn, chỉ để cất khoá.")
@with_database
@with_json
def backup(
    output: Path | None, keys_to: Path | None, database_url: str | None, as_json: bool
) -> None:
    """Sao lưu sổ, nhật ký gửi, tệp gốc (không có khoá); hoặc riêng khoá với --keys-to."""
    if output is None and keys_to is None:
        raise InputError(
            "Thiếu nơi cất bản sao lưu.", "Thêm --output THƯ_MỤC hoặc --keys-to THƯ_MỤC."
        )
    value: dict[str, Any] = {}
    told: list[str] = []
    house, now = open_house(database_url), SystemClock().now()
    if keys_to is not None:
        value["keys"] = str(back_up_keys(house.home, keys_to, output, now))
        told += [f"Đã sao khoá vào {value['keys']}.", APART]
    if output is not None:
        keyring = house.keyring if house.has_keys else None
        kept = Kept(house.database, house.home, house.anchors, keyring)
        made = back_up(kept, output, now, ConsoleProgress())
        value |= {"folder": str(made.folder), "manifest": json.loads(made.manifest.text)}
        told += _told_backup(made.folder, made.manifest)
    answer(as_json, value, "\n".join(told))


def _told_backup(folder: Path, made: manifest.Manifest) -> list[str]:
    size = sum(one.bytes for one in made.parts) + made.received[1] + made.sealed[1]
    told = [
        f"Đã sao lưu vào {folder} ({format_number(size)} byte).",
        f"  {format_number(made.rows['entry'])} bút toán, {format_number(made.rows['posting'])}"
        f" định khoản, {format_number(made.entries)} trong chuỗi; {made.received[0]} tệp nhận,"
        f" {made.sealed[0]} tệp gửi và văn bản.",
    ]
    for count, names, what in (
        (made.missing_files, made.missing, "tệp có trong sổ mà thư mục tệp không còn"),
        (made.changed_files, made.changed, "tệp có nội dung khác với dấu ghi trong sổ"),
    ):
        if count:
            told.append(f"  CHÚ Ý: {count} {what}: {', '.join(names[:3])}. Báo kiểm toán.")
    return told


@click.group()
def restore() -> None:
    """Khôi phục từ bản sao lưu; không chi gì cho đến khi hai người ký bảng đối chiếu."""


@restore.command()
@click.argument("folder", type=FOLDER)
@with_json
def check(folder: Path, as_json: bool) -> None:
    """Đọc hết một bản sao lưu, so từng tệp với bản kê; không khôi phục gì."""
    made = manifest.check(folder)
    count = made.received[0] + made.sealed[0] + len(made.parts)
    value = {"ok": True, "folder": str(folder), "files": count, "entries": made.entries}
    answer(as_json, value, f"Bản sao lưu {folder.name} nguyên vẹn: {count} tệp.")


@restore.command()
@click.argument("folder", type=FOLDER)
@click.option("--home", type=FOLDER, required=True, help="Thư mục tệp và khoá của máy mới.")
@click.option("--keys", type=FOLDER, help="Bản sao khoá, hoặc thư mục chứa các bản đó.")
@click.option("--send-journal", type=FILE, help="Nhật ký gửi cứu được từ máy hỏng.")
@click.option("--send-journal-lost", is_flag=True, help="Không cứu được nhật ký gửi.")
@click.option("--anchors", type=FILE, help="Tệp mốc lưu ngoài còn giữ được.")
@with_database
@with_json
def run(
    folder: Path,
    home: Path,
    keys: Path | None,
    send_journal: Path | None,
    send_journal_lost: bool,
    anchors: Path | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Khôi phục vào một cơ sở dữ liệu trống, ở trạng thái dừng chi."""
    if (send_journal is None) != send_journal_lost:
        raise InputError(
            "Phải nói rõ về nhật ký gửi của máy hỏng (send-journal.jsonl trong thư mục tệp).",
            "Cứu được: --send-journal TỆP. Mất hẳn: --send-journal-lost.",
        )
    settings = load_settings(database_url=database_url, home=home)
    target = Database(settings.database_url, settings.schema, owner=True)
    try:
        kept = House(settings, target, home).anchors
        order = Order(folder, target, home, kept, send_journal, keys, anchors, settings)
        done = restore_books(order, SystemClock().now(), ConsoleProgress())
    finally:
        target.close()
    ok = all(one.ok for one in done.proofs)
    answer(as_json, _value(done, ok), _told_restore(done, order, ok))
    sys.exit(0 if ok else 1)


def _value(done: Restored, ok: bool) -> dict[str, Any]:
    unknown = [{**asdict(one), "at": one.at.isoformat()} for one in done.recovered.unknown]
    return {
        "ok": ok,
        "held": True,
        "entries": done.manifest.entries,
        "lost_entries": done.lost_entries,
        "in_doubt": list(done.recovered.in_doubt),
        "unknown": unknown,
        "unreadable_lines": list(done.unreadable),
        "proofs": [as_value(one) for one in done.proofs],
    }


def _told_restore(done: Restored, order: Order, ok: bool) -> str:
    """What happened, and what to do next, step by step."""
    url = order.target.url.render_as_string(hide_password=True)
    told = [proof_line(one) for one in done.proofs]
    told.append(f"Đã khôi phục {format_number(done.manifest.entries)} bút toán vào {url}.")
    if done.lost_entries:
        told.append(f"  Mất {format_number(done.lost_entries)} bút toán ghi sau bản sao lưu.")
    doubts, unknown = done.recovered.in_doubt, done.recovered.unknown
    told.append(
        f"  {len(doubts)} lô đã rời hệ thống sau bản sao lưu, nay là chưa rõ: {_few(doubts)}"
    )
    told.append(f"  {len(unknown)} tệp đã gửi mà sổ không biết: {_few(o.name for o in unknown)}")
    if not done.manifest.seal:
        told.append(
            "  Bản kê không có niêm (sao lưu khi không có khoá): chỉ các mốc ký là chứng cứ."
        )
    if done.unreadable:
        told.append(f"  Dòng nhật ký không đọc được: {_few(done.unreadable)}")
    if not ok:
        told.append("  CÓ KIỂM CHỨNG KHÔNG ĐẠT: báo kiểm toán trước khi làm tiếp.")
    return "\n".join([*told, "", *_next_steps(done, order)])


def _few(values: Any) -> str:
    listed = [str(one) for one in values]
    more = f" và {len(listed) - 5} nữa" if len(listed) > 5 else ""
    return (", ".join(listed[:5]) + more) or "không có"


def _next_steps(done: Restored, order: Order) -> list[str]:
    steps = []
    if done.manifest.key and not (order.home / "keys" / "field.key").exists():
        steps.append("Chép khoá (field.key, seal.key) vào thư mục keys trong --home, quyền 0600.")
    if not order.target.is_sqlite:
        steps.append("Chạy `ansinh db grant` rồi `ansinh db login` bằng tài khoản chủ.")
    steps += [
        f"Đặt ANSINH_HOME={order.home.resolve()} và ANSINH_DATABASE_URL của dịch vụ.",
        "Xin các đơn vị chi trả để lại mọi sao kê, tệp trả lời từ lúc chụp bản sao lưu.",
        "Chạy `ansinh jobs run`: chỉ nhận và đối chiếu, không gửi được gì.",
        "Chạy `ansinh restore compare --output doi-chieu.json`, in tệp .txt, đọc cùng nhau.",
        "Hai cán bộ tài chính ký bằng `ansinh restore sign`; đủ hai người thì chi tiếp.",
    ]
    told = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
    return ["ĐANG DỪNG CHI TOÀN BỘ. Không lệnh nào được gửi. Làm lần lượt:", *told]


@restore.command()
@click.option(
    "--output", type=FILE, required=True, help="Tệp JSON; bản để đọc nằm cạnh, đuôi .txt."
)
@with_database
@with_json
def compare(output: Path, database_url: str | None, as_json: bool) -> None:
    """Lập bảng đối chiếu sổ với ngân hàng, để hai người ký."""
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        made = compare_books(session, SystemClock().now())
    value = {
        "number": made.id,
        "digest": made.digest,
        "made_at": made.made_at,
        "content": made.value,
    }
    page = page_of(made)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
    output.with_suffix(".txt").write_text(page, "utf-8")
    answer(as_json, {**value, "page": str(output.with_suffix(".txt"))}, page)


@restore.command()
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người ký.")
@click.option("--code", required=True, help="6 chữ số đang hiện trong ứng dụng mã xác thực.")
@click.option("--digest", required=True, help="Mã ở cuối bảng đối chiếu đã đọc (12 ký tự đầu).")
@with_database
@with_json
def sign(username: str, code: str, digest: str, database_url: str | None, as_json: bool) -> None:
    """Ký bảng đối chiếu mới nhất; người thứ hai ký thì hết dừng chi."""
    house, now = open_house(database_url), SystemClock().now()
    require_keys(house)

    def work(session: Session) -> Signed:
        who = Officer(officer_named(session, username), username, code)
        return sign_comparison(session, house.keyring, who, digest, now)

    told_signature(as_json, house.database.serializable(work), "ansinh restore sign")


def require_keys(house: House) -> None:
    """Codes cannot be checked without the keys, and a new key must not be made for it."""
    if not house.has_keys:
        raise InputError(
            f"Thiếu khoá {house.home / 'keys' / 'field.key'}.", "Chép khoá vào đó rồi chạy lại."
        )


def told_signature(as_json: bool, signed: Signed, command: str) -> None:
    """Say whether the hold is gone or a second person is needed."""
    value = {"hold": signed.hold_id, "cleared": signed.cleared}
    text = f"Đã bỏ lệnh dừng chi số {signed.hold_id}: đủ hai người ký."
    if not signed.cleared:
        text = f"Đã ghi chữ ký thứ nhất. Trong 24 giờ, một người khác chạy `{command}`."
    answer(as_json, value, text)
