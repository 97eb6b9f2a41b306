"""`ansinh bank new`: a folder for a new bank that passes the kit on its own samples at once.

Two families: `list` is a bank of lists, the most common case, `iso` one of ISO 20022 host to
host. The README in the folder and docs/banks/new-bank.md say how to go on.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from string import Template

from bank_adapters.answering.facts import Answerer, Fact, Message, Word
from bank_adapters.conformance import EXPECTED, Check, conform, read_sample, sample_batch
from bank_adapters.contract import BankAdapter, FileHead, ReportKind
from bank_adapters.csvlist import ANSWER_TEXT, LIST_TEXT
from bank_adapters.discovery import GROUP, checked
from bank_adapters.errors import BankError, Refused

FAMILIES = ("list", "iso")
_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
_ROWS = {
    "list": "| `adapter.py` | khả năng / capabilities |\n"
    "| `list.toml` | mẫu danh sách gửi đi / the list that goes out: columns, name, limits |\n"
    "| `answer.toml` | mẫu trả lời / the answer: columns, result words, encoding, CSV or Excel |",
    "iso": "| `adapter.py` | khả năng, hồ sơ lệnh chi / capabilities, the order's profile |",
}
_EDIT = {"list": "`list.toml`, `answer.toml`, `CAPABILITIES`", "iso": "`PROFILE`, `CAPABILITIES`"}


def loaded(path: Path, name: str) -> BankAdapter:
    """The adapter in a file that is not (yet) part of any package. Raises Refused."""
    if not path.exists():
        raise Refused(f"không có {path}; tạo thư mục bằng `ansinh bank new`")
    spec = spec_from_file_location(f"new_bank_{name}", path)
    if spec is None or spec.loader is None:
        raise Refused(f"không nạp được {path}")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BankError:
        raise
    except Exception as error:  # whatever a new file holds, its writer is told in one line
        raise Refused(f"{path} không nạp được: {type(error).__name__}: {error}") from error
    return checked(name, getattr(module, "ADAPTER", None))


def new_bank(name: str, parent: Path, family: str = "list") -> Path:
    """Write the folder `parent/name`; raises Refused when it exists or the name will not do."""
    if not _NAME.fullmatch(name):
        raise Refused("Tên ngân hàng gồm chữ thường không dấu, số, gạch dưới; ví dụ: hopxa_a")
    folder = parent / name
    if folder.exists():
        raise Refused(f"Thư mục {folder} đã có; hãy chọn tên khác")
    (folder / "samples").mkdir(parents=True)
    told = {"name": name, "package": name.replace("_", "-"), "group": GROUP,
            "files": _ROWS[family], "edit": _EDIT[family]}  # fmt: skip
    (folder / "__init__.py").write_text(f'"""The bank {name}."""\n', encoding="utf-8")
    _write(folder / "adapter.py", f"{family}.adapter.txt", told)
    _write(folder / "README.md", "README.txt", told)
    _write(folder / "pyproject.toml", "pyproject.txt", told)
    if family == "list":
        (folder / "list.toml").write_text(LIST_TEXT, encoding="utf-8")
        (folder / "answer.toml").write_text(ANSWER_TEXT, encoding="utf-8")
    adapter = loaded(folder / "adapter.py", name)
    for own, data in _answers(adapter):
        (folder / "samples" / own).write_bytes(data)
        write_expected(adapter, folder / "samples" / own)
    return folder


def _write(path: Path, template: str, told: dict[str, str]) -> None:
    text = files("bank_adapters").joinpath(f"data/new_bank/{template}").read_text("utf-8")
    path.write_text(Template(text).substitute(told), encoding="utf-8")


def _answers(adapter: BankAdapter) -> Iterator[tuple[str, bytes]]:
    """Answers of the bank to the sample batch, one of each kind: all paid but the last one."""
    pen = adapter.answerer()  # type: ignore[attr-defined]  # both families bring one
    assert isinstance(pen, Answerer)
    batch = sample_batch(adapter)
    items, day = list(batch.instructions), batch.requested_on
    head = FileHead(batch.message_id, batch.debtor.account, day, batch.currency,
                    batch.count, batch.total)  # fmt: skip
    paid = [Fact(Word.PAID, item.amount, day, f"CT{place:06d}", item)
            for place, item in enumerate(items[:-1], 1)]  # fmt: skip
    refused = [Fact(Word.REJECTED, items[-1].amount, day, "", items[-1], "AC04")]
    blank = Message(ReportKind.STATUS, 1, batch.created_at + timedelta(days=1), head.debtor_account,
                    head, opening=batch.total, closing=items[-1].amount)  # fmt: skip
    told = {
        ReportKind.STATUS: replace(blank, facts=tuple(refused), group=("PART", "")),
        ReportKind.STATEMENT: replace(blank, facts=tuple(paid)),
        ReportKind.SETTLEMENT: replace(blank, facts=(*paid, *refused)),
    }
    for kind in sorted(pen.kinds & told.keys()):
        name, data = pen.write(replace(told[kind], kind=kind))
        yield f"{kind.value}{Path(name).suffix}", data


def write_expected(adapter: BankAdapter, answer: Path) -> Path:
    """Write `<answer>.expected.json` from what the adapter reads; look at it before you keep it."""
    target = answer.with_name(answer.name + EXPECTED)
    found = json.dumps(read_sample(adapter, answer), ensure_ascii=False, indent=1)
    target.write_text(found + "\n", encoding="utf-8")
    return target


def take_sample(folder: Path, answer: Path) -> Path:
    """Copy a bank's answer into the folder's samples, with what the adapter reads in it beside.

    Gives the file of what was read. Raises Unreadable, and keeps nothing, for one it cannot read.
    """
    adapter = loaded(folder / "adapter.py", folder.resolve().name)
    read_sample(adapter, answer)
    kept = folder / "samples" / answer.name
    if kept.resolve() != answer.resolve():
        kept.parent.mkdir(exist_ok=True)
        shutil.copy(answer, kept)
    return write_expected(adapter, kept)


def try_bank(folder: Path) -> list[Check]:
    """The kit on a folder made by `new_bank`."""
    return conform(loaded(folder / "adapter.py", folder.name), folder / "samples")
