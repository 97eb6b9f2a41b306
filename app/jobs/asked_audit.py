"""Long work of auditors: every proof of the house, and the pack of a unit's month."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.viewer import viewer
from app.audit.trail import record
from app.audit.words import PACKED, PROVED
from app.disbursement.proofs import prove_house
from app.dossier.pack import Made, Order, versions, write_pack
from app.errors import Forbidden
from app.jobs.month_end import judge
from app.jobs.runtime import Runtime
from app.units.lookup import facts
from ledger.proofs import Proof

Tell = Callable[[int, int], None]


def prove_all(runtime: Runtime, arguments: Mapping[str, Any], _: Path, told: Tell) -> None:
    """Every proof that `ansinh ledger verify` runs; what came of each stands in the trail, with
    who asked. One that fails stops everything, as at night."""
    fast = bool(arguments["fast"])
    with runtime.database.snapshot() as session:
        _require_still(session, runtime, arguments, "")
        proofs = prove_house(session, runtime.anchors, runtime.home, runtime.keyring,
                             runtime.settings, fast=fast)  # fmt: skip
    broken = len(judge(runtime, proofs))
    with runtime.database.unit_of_work() as session:
        record(session, runtime.clock.now(), arguments["officer"], PROVED,
               "books:fast" if fast else "books:full", f"{len(proofs)} phép, {broken} sai",
               after={"proofs": [_told(one) for one in proofs]})  # fmt: skip
    told(len(proofs), len(proofs))


def _told(proof: Proof) -> dict[str, Any]:
    """A proof as the trail keeps it: JSON values only."""
    figures = json.loads(json.dumps(proof.figures, default=str))
    return {"name": proof.name, "ok": proof.ok, "figures": figures}


def pack(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """A unit's month as one archive; written to the trail before the file takes its name."""
    unit, period = arguments["unit"], arguments["period"]
    folder, draft = out.with_suffix(".part"), out.with_suffix(".draft")
    shutil.rmtree(folder, ignore_errors=True)
    with runtime.database.snapshot() as session:
        _require_still(session, runtime, arguments, unit)
        made = write_pack(session, _order(session, runtime, unit, period, folder))
    _archive(folder, draft, f"ho-so-{unit}-{period}")
    shutil.rmtree(folder)
    with runtime.database.unit_of_work() as session:
        record(session, runtime.clock.now(), arguments["officer"], PACKED,
               f"unit:{unit}:{period}", _in_words(made))  # fmt: skip
    draft.replace(out)
    told(made.files, made.files)


def _order(session: Session, runtime: Runtime, unit: str, period: str, folder: Path) -> Order:
    return Order(
        unit=unit,
        period=period,
        output=folder,
        home=runtime.home,
        anchors=runtime.anchors,
        now=runtime.clock.now(),
        versions=versions(session),
        synthetic=facts(session).get("training") == "1",
        public_chart=runtime.settings.public_chart,
    )


def _archive(folder: Path, target: Path, name: str) -> None:
    target.touch(mode=0o600)  # as the folder's own files: there are people in it
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{name}/{path.relative_to(folder)}")


def _in_words(made: Made) -> str:
    told = [f"{made.files} tệp"]
    told += [] if made.closed else ["tháng chưa khoá sổ"]
    told += [] if made.signed else ["mục lục không có chữ ký"]
    told += [f"THIẾU {len(made.missing)} tệp gốc"] if made.missing else []
    return ", ".join(told)


def _require_still(
    session: Session, runtime: Runtime, arguments: Mapping[str, Any], unit: str
) -> None:
    """He who asked is an auditor still, of the unit or, for '', of everything. Raises Forbidden,
    NotFound."""
    number = officer_named(session, arguments["officer"])
    who = viewer(session, number, runtime.clock.now())
    if not who.is_one_of("auditor"):
        raise Forbidden("Bạn không còn vai trò kiểm toán.", "Hỏi người quản trị.")
    if unit:
        who.require_unit(unit)
    else:
        who.require_everything()
