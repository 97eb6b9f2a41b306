"""`ansinh register check|diff|import`: a commune's list, looked at before it is applied."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path

import click

from app.audit.trail import record
from app.beneficiaries.across import check_across
from app.beneficiaries.difference import KEPT, KINDS, Difference, difference
from app.beneficiaries.errors_file import write_errors
from app.beneficiaries.lists import refuse_known
from app.beneficiaries.rows import WorkbookResult
from app.cli.exports import new_path
from app.cli.options import House, answer, moment_of, open_house, with_database, with_json
from app.cli.register.reading import Said, as_values, read, read_clean, told, with_list
from app.errors import InputError
from app.jobs.registers import import_list
from app.months import in_words
from app.payroll.late_lists import refuse_late
from app.statements.register_difference import WORDS, group_name, page, write_difference

_FILE = click.argument("file", type=click.Path(path_type=Path))
DIGEST_SHOWN = 16
_OUT = click.Path(path_type=Path, dir_okay=False)


@click.command(name="check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--errors", "target", type=_OUT, help="Ghi các dòng lỗi ra tệp .xlsx, ô sai tô đỏ.")
@with_list
@with_database
@with_json
def check(
    files: tuple[Path, ...],
    target: Path | None,
    area: str,
    period: str,
    said: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Kiểm tra tệp danh sách (.xlsx, .xls, .csv); không ghi gì vào sổ."""
    house = open_house(database_url)
    results = [read(house, path, Said(area, period, said)) for path in files]
    across = [] if any(one.errors for one in results) else check_across(results)
    errors = [error for one in results for error in one.errors] + across
    warnings = [warning for one in results for warning in one.warnings]
    if target is not None:
        _give_back(house, files, results, target)
    rows = sum(len(one.rows) for one in results)
    value = {"files": len(files), "rows": rows, "errors": as_values(errors),
             "warnings": as_values(warnings)}  # fmt: skip
    answer(as_json, value, _verdict(rows, len(files), errors, warnings))
    if errors:
        raise SystemExit(1)


def _verdict(rows: int, files: int, errors: list, warnings: list) -> str:  # type: ignore[type-arg]
    lines = [f"Đọc {files} tệp, {rows} dòng dùng được, {len(errors)} lỗi, {len(warnings)} lưu ý."]
    lines += [told(found) for found in (errors, warnings) if found]
    return "\n".join(lines)


def _give_back(
    house: House, files: tuple[Path, ...], results: list[WorkbookResult], target: Path
) -> None:
    if len(files) != 1:
        raise InputError("--errors ghi lỗi của một tệp.", "Kiểm tra từng tệp một.")
    with new_path(target) as draft, house.database.unit_of_work() as session:
        now = moment_of(session)
        count = write_errors(files[0], results[0], draft, now)
        thing = f"area:{results[0].commune_code or '?'}"
        detail = f"{count} rows of {results[0].sha256[:16]} given back"
        record(session, now, "cli", "cli:register:errors", thing, detail)


@click.command(name="diff")
@_FILE
@click.option("--html", type=_OUT, help="Ghi trang chênh lệch để xem và in.")
@click.option("--xlsx", type=_OUT, help="Ghi chênh lệch ra bảng tính.")
@with_list
@with_database
@with_json
def diff(
    file: Path,
    html: Path | None,
    xlsx: Path | None,
    area: str,
    period: str,
    said: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Tệp này sẽ thay đổi những gì so với danh bạ; chưa ghi gì."""
    house = open_house(database_url)
    told_here = Said(area, period, said)
    result = read_clean(house, file, told_here)
    with house.database.snapshot() as session:
        now = moment_of(session)
        refuse_known(session, result, now)
        found = difference(session, house.keyring, result)
    if html is not None:
        with new_path(html) as draft:
            draft.write_text(page(found, now), encoding="utf-8")
    if xlsx is not None:
        with new_path(xlsx) as draft:
            write_difference(found, draft, now)
    value = {**_value(found), "warnings": as_values(result.warnings)}
    answer(
        as_json,
        value,
        f"{_counted(found)}\n{_listed(found)}{_noted(result)}{_next(found, file, told_here)}",
    )


def _value(found: Difference) -> dict[str, object]:
    lines = [
        {**asdict(line), "group": group_name(line.group),
         "changes": [change._asdict() for change in line.changes]}
        for line in found.lines
    ]  # fmt: skip
    head = {"file": found.file, "area": found.commune_code, "period": found.period}
    return {**head, "same": found.same, **found.counts, "digest": found.digest, "lines": lines}


def _counted(found: Difference) -> str:
    counts = ", ".join(f"{WORDS[kind].lower()} {found.counts[kind]}" for kind in KINDS)
    if kept := sum(line.kind == KEPT for line in found.lines):
        counts += f", {WORDS[KEPT].lower()} {kept}"
    month = in_words(found.period)
    return f"Xã {found.commune_code}, tháng {month}: {counts}, không đổi {found.same}."


def _listed(found: Difference) -> str:
    lines = []
    for line in found.lines[:100]:
        place = f"dòng {line.row}" if line.row else "không có dòng"
        changes = "; ".join(f"{one.field}: {one.old or 'trống'} → {one.new or 'trống'}"
                            for one in line.changes)  # fmt: skip
        lines.append(f"  {WORDS[line.kind]}: {line.name} ({place}). {changes}".rstrip())
    if len(found.lines) > 100:
        lines.append(f"  … và {len(found.lines) - 100} dòng nữa: xem --html hoặc --xlsx.")
    return "".join(f"{line}\n" for line in lines)


def _noted(result: WorkbookResult) -> str:
    return f"Lưu ý:\n{told(result.warnings)}\n" if result.warnings else ""


def _next(found: Difference, file: Path, said: Said) -> str:
    """The command to type, with what the list could not be read without."""
    words = ["ansinh", "register", "import", str(file), "--expect", found.digest[:DIGEST_SHOWN]]
    words += ["--area", said.area] * bool(said.area) + ["--period", said.period] * bool(said.period)
    words += [word for one in said.said for word in ("--map", one)]
    return f"Nhập đúng như trên: {shlex.join(words)}"


@click.command(name="import")
@_FILE
@click.option("--expect", default="", help="Mã chênh lệch mà `diff` đã in; khác thì từ chối.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@with_list
@with_database
@with_json
def import_command(
    file: Path,
    expect: str,
    yes: bool,
    area: str,
    period: str,
    said: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nhập danh sách của xã; cả tệp được ghi, hoặc không dòng nào."""
    if expect and len(expect) < DIGEST_SHOWN:
        raise InputError("Mã chênh lệch quá ngắn.", f"Chép đủ {DIGEST_SHOWN} ký tự mà diff đã in.")
    house = open_house(database_url)
    result = read_clean(house, file, Said(area, period, said))
    with house.database.snapshot() as session:
        now = moment_of(session)
        refuse_known(session, result, now)
        refuse_late(session, result.commune_code, result.period)
        found = difference(session, house.keyring, result)
    if not yes and not expect:
        click.confirm(f"{_noted(result)}{_counted(found)} Nhập?", abort=True, err=as_json)
    done = import_list(house.database, house.keyring, result, now, expected=expect or found.digest)
    value = {"area": result.commune_code, "period": result.period, "rows": done.rows,
             "version": done.version, "same": done.difference.same,
             **done.difference.counts}  # fmt: skip
    more = f" (bản thứ {done.version}, thay bản trước)" if done.version > 1 else ""
    answer(as_json, value, f"Đã nhập {done.rows} dòng{more}. {_counted(done.difference)}")
