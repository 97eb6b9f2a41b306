"""The import contracts hold, and a fault planted against each of them is seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import PACKAGES, ROOT

pytestmark = pytest.mark.house

# Where a module is planted, what it imports, what the report must name.
FAULTS = [
    ("ledger/planted.py", "import app.clock", "ledger.planted"),
    ("bank_adapters/planted.py", "import ledger.journal", "bank_adapters.planted"),
    ("bank_adapters/planted_database.py", "import sqlalchemy", "bank_adapters.planted_database"),
    ("bank_adapters/planted_upward.py", "import reconciliation", "bank_adapters.planted_upward"),
    ("bank_adapters/planted_bank.py", "import bank_adapters.sandbox.book", "planted_bank"),
    ("reconciliation/planted.py", "import flask", "reconciliation.planted"),
    ("app/benefits/planted.py", "def lazy():\n    import app.payroll", "app.benefits.planted"),
    ("app/payroll/planted.py", "import app.db", "app.payroll.planted"),
    ("app/payroll/planted_web.py", "import flask", "app.payroll.planted_web"),
    ("app/indicators/planted.py", "import ledger.tables", "app.indicators.planted"),
    ("app/access/planted.py", "import app", "app.access.planted"),
    ("app/unplaced/__init__.py", "", "app.unplaced"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of the source tree in `folder`."""
    program = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_planted_fault_is_seen(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_all_but_modules)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, content, _ in FAULTS:
        planted = tmp_path / path
        planted.parent.mkdir(exist_ok=True)
        planted.write_text(content + "\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [name for _, _, name in FAULTS if name not in done.stdout] == []


def _all_but_modules(folder: str, names: list[str]) -> list[str]:
    return [one for one in names if not one.endswith(".py") and not (Path(folder) / one).is_dir()]
