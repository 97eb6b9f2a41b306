"""`ansinh bank new`: a folder for a new bank that passes the kit on its own sample at once.

It starts as a bank of CSV lists, the most common case; the README in it says how to go on.
"""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from bank_adapters.conformance import EXPECTED, Check, conform, read_sample, sample_batch
from bank_adapters.contract import BankAdapter, OutboundBatch
from bank_adapters.csvlist import ANSWER_TEXT, LIST_TEXT
from bank_adapters.discovery import GROUP, checked
from bank_adapters.errors import Refused
from bank_adapters.formats.answer_profile import AnswerProfile
from bank_adapters.formats.answer_profile import load as load_answer
from bank_adapters.formats.xlsx_sheet import METHOD_WORDS

_NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")

_ADAPTER = '''"""{name}: lists in CSV, out and back; to be confirmed with the bank's own papers."""

from __future__ import annotations

from pathlib import Path

from bank_adapters.contract import Capabilities, Method
from bank_adapters.csvlist import CsvListAdapter
from bank_adapters.formats import answer_profile, list_profile

# What the contract with the bank says; nothing is assumed that is not written here.
CAPABILITIES = Capabilities(
    methods=frozenset({{Method.ACCOUNT}}),
    settles="list",
    holds_advance=True,
)

# What goes out and what comes back are data: change the two files, not this one.
_HERE = Path(__file__)
ADAPTER = CsvListAdapter(
    name="{name}",
    capabilities=CAPABILITIES,
    listed=list_profile.load(_HERE.with_name("list.toml").read_text("utf-8")),
    answer=answer_profile.load(_HERE.with_name("answer.toml").read_text("utf-8")),
)
'''

_README = """# {name}

Bộ kết nối mẫu, minh họa: mọi điều ở đây phải được xác nhận với ngân hàng.
An illustrative adapter: confirm everything here with the bank.

| tệp / file | việc / purpose |
|---|---|
| `adapter.py` | khả năng / capabilities |
| `list.toml` | mẫu danh sách gửi đi / the list that goes out: columns, words, name, limits |
| `answer.toml` | mẫu trả lời / the answer: columns, result words, encoding, CSV or Excel |
| `samples/` | trả lời mẫu (DỮ LIỆU GIẢ LẬP) và kết quả mong đợi / synthetic answers |

1. Sửa `list.toml` và `answer.toml` cho đúng tiêu đề cột, dấu phân cách, bảng mã, từ chỉ kết quả.
   Set `list.toml` and `answer.toml` to the bank's headings, delimiter, encoding and words.
2. Thay `samples/` bằng tệp thử của ngân hàng, mỗi tệp một `.expected.json`.
   Put the bank's own test answers into `samples/`, each with its `.expected.json`.
3. Chạy bộ kiểm tra / run the kit:
   `conform(ADAPTER, Path("samples"))` of `bank_adapters.conformance`.
4. Khai báo một dòng / declare it in one line: `BUILT_IN` of `bank_adapters/discovery.py`, or
   the entry point `{name} = "{name}.adapter:ADAPTER"` in the group `{group}`.

Số tài khoản có số 0 ở đầu: mở tệp CSV bằng bảng tính có thể làm mất số 0.
"""


def _answer(batch: OutboundBatch, profile: AnswerProfile) -> bytes:
    """An answer of the bank to the sample batch: all paid but the last one."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=profile.delimiter, quoting=csv.QUOTE_ALL)
    items = list(batch.instructions)
    day = batch.requested_on.strftime(profile.day)
    values = (
        batch.message_id, batch.debtor.account, day, batch.count, batch.total, items[-1].amount
    )  # fmt: skip
    head = zip((label for label, _ in profile.head), values, strict=True)
    rows.writerow([cell for pair in head for cell in pair])
    rows.writerow([heading for heading, _ in profile.columns])
    for number, item in enumerate(items, 1):
        paid = item is not items[-1]
        result = ("Đã chi", "", day, f"CT{number:06d}") if paid else ("Chưa chi", "AC04", "", "")
        about = (number, item.reference, item.payee_name, item.amount, METHOD_WORDS[item.method])
        rows.writerow([*about, *result])
    return text.getvalue().encode(profile.encoding)


def _loaded(path: Path, name: str) -> BankAdapter:
    """The adapter in a file that is not (yet) part of any package."""
    spec = spec_from_file_location(f"new_bank_{name}", path)
    if spec is None or spec.loader is None:
        raise Refused(f"không nạp được {path}")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return checked(name, getattr(module, "ADAPTER", None))


def new_bank(name: str, parent: Path) -> Path:
    """Write the folder `parent/name`; raises Refused when it exists or the name will not do."""
    if not _NAME.fullmatch(name):
        raise Refused("Tên ngân hàng gồm chữ thường không dấu, số, gạch dưới; ví dụ: hopxa_a")
    folder = parent / name
    if folder.exists():
        raise Refused(f"Thư mục {folder} đã có; hãy chọn tên khác")
    samples = folder / "samples"
    samples.mkdir(parents=True)
    title = f'"""The bank {name}."""\n'
    (folder / "__init__.py").write_text(title, encoding="utf-8")
    (folder / "adapter.py").write_text(_ADAPTER.format(name=name), encoding="utf-8")
    (folder / "list.toml").write_text(LIST_TEXT, encoding="utf-8")
    (folder / "answer.toml").write_text(ANSWER_TEXT, encoding="utf-8")
    (folder / "README.md").write_text(_README.format(name=name, group=GROUP), encoding="utf-8")
    adapter = _loaded(folder / "adapter.py", name)
    answer = samples / "tra-loi.csv"
    answer.write_bytes(_answer(sample_batch(adapter), load_answer(ANSWER_TEXT)))
    write_expected(adapter, answer)
    return folder


def write_expected(adapter: BankAdapter, answer: Path) -> Path:
    """Write `<answer>.expected.json` from what the adapter reads; look at it before you keep it."""
    target = answer.with_name(answer.name + EXPECTED)
    found = json.dumps(read_sample(adapter, answer), ensure_ascii=False, indent=1)
    target.write_text(found + "\n", encoding="utf-8")
    return target


def try_bank(folder: Path) -> list[Check]:
    """The kit on a folder made by `new_bank`."""
    return conform(_loaded(folder / "adapter.py", folder.name), folder / "samples")
