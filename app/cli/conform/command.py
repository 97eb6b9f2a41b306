"""`ansinh bank conform`: the promises of an adapter, then its plays among real books."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from app.channels.opening import adapted
from app.channels.profile import sections_of
from app.cli.conform.plays import BY_KEY
from app.cli.conform.trial import Played, play_all
from app.cli.conform.words import promise
from app.cli.options import answer, with_json
from bank_adapters.conformance import Check, conform
from bank_adapters.contract import BankAdapter
from bank_adapters.discovery import available, load
from bank_adapters.scaffold import loaded

SYNTHETIC = "[DỮ LIỆU GIẢ LẬP - synthetic]"
_WIDTHS = (46, 58)


@click.command(name="conform")
@click.argument("name")
@click.option("--format-only", is_flag=True, help="Chỉ thử định dạng và tệp mẫu, không thử sổ.")
@click.option("--play", "only", multiple=True, type=click.Choice(list(BY_KEY)),
              help="Chỉ thử kịch bản này; ghi được nhiều lần.")  # fmt: skip
@click.option("--profile", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Tệp TOML của đường truyền: thử với mục [adapter] trong đó.")  # fmt: skip
@with_json
def conform_command(
    name: str, format_only: bool, only: tuple[str, ...], profile: Path | None, as_json: bool
) -> None:
    """Thử một bộ kết nối (tên, hoặc thư mục vừa tạo): định dạng, rồi sổ sách với một ngân hàng
    làm sai đủ cách. 1: có chỗ hỏng."""
    adapter, samples = _found(name)
    if profile is not None:
        adapter = adapted(adapter, sections_of(profile.read_text("utf-8")).get("adapter", {}))
    checks = conform(adapter, samples)
    played: list[Played] = []
    if not format_only:
        with tempfile.TemporaryDirectory(prefix="ansinh-conform-") as folder:
            plays = [BY_KEY[key] for key in only]
            played = list(play_all(adapter, Path(folder), plays))
    ok = all(one.ok for one in checks) and all(one.ok for one in played)
    told = {
        "bank": adapter.name,
        "folder": str(samples),
        "ok": ok,
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
        "plays": [_plain(one) for one in played],
    }
    answer(as_json, told, "\n".join(_lines(adapter, samples, checks, played)))
    sys.exit(0 if ok else 1)


def _found(name: str) -> tuple[BankAdapter, Path]:
    """The adapter and its samples, by its name or by the folder that `ansinh bank new` made."""
    folder = Path(name)
    if "/" in name or (folder / "adapter.py").exists():
        return loaded(folder / "adapter.py", folder.resolve().name), folder / "samples"
    adapter = load([name])[name]
    module = available()[name].partition(":")[0].rpartition(".")[0]
    return adapter, Path(sys.modules[module].__file__ or "").parent / "samples"


def _plain(one: Played) -> dict[str, object]:
    play = one.play
    return {
        "key": play.key, "way": one.way, "title": play.title, "bank": play.bank, "house": one.house,
        "ok": one.ok, "wrong": list(one.wrong),
    }  # fmt: skip


def _lines(
    adapter: BankAdapter, samples: Path, checks: Sequence[Check], played: Sequence[Played]
) -> list[str]:
    lines = [str(samples)]
    for check in checks:
        lines.append(f"  {_verdict(check.ok)}  {promise(check.name)}")
        lines += [] if check.ok else [f"         xem: {check.detail}"]
    if played:
        lines += ["", _row("", "Kịch bản", "Ngân hàng đã làm", "Nhà đã làm")]
    for one in played:
        lines.append(_row(_verdict(one.ok), one.play.title, one.play.bank, one.house))
        lines += [f"         xem: {wrong}" for wrong in one.wrong]
    return [*lines, *_ending(adapter, checks, played)]


def _verdict(ok: bool) -> str:
    return "đạt " if ok else "HỎNG"


def _row(verdict: str, *cells: str) -> str:
    title, bank, house = cells
    return f"  {verdict:<4}  {title:<{_WIDTHS[0]}}{bank:<{_WIDTHS[1]}}{house}"


def _ending(adapter: BankAdapter, checks: Sequence[Check], played: Sequence[Played]) -> list[str]:
    wrong = sum(not one.ok for one in checks) + sum(not one.ok for one in played)
    lines = [""]
    if played and not adapter.capabilities.dedupe:
        lines.append(
            "Không khai từ chối lần lặp lại: nhà không bao giờ gửi lại tệp chưa rõ kết quả."
        )
    end = f"{wrong} chỗ HỎNG" if wrong else "không chỗ nào hỏng"
    return [*lines, f"{len(checks)} lời hứa, {len(played)} kịch bản: {end}. {SYNTHETIC}"]
