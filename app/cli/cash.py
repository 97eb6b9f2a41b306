"""`ansinh ledger proof-of-cash`: books against statement, one page a provider and programme."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.exports import draft_of
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.clock import local_date
from app.errors import InputError
from app.printing.documents.proof_of_cash import ProofOfCash
from app.statements.cash_lines import Place
from app.statements.proof_of_cash_document import Signers, places, write_proof_of_cash
from app.units.lookup import facts

Made = tuple[Path, Place, ProofOfCash]


@click.command("proof-of-cash")
@click.option("--period", required=True, help="Tháng, ví dụ 2026-10.")
@click.option("--provider", default="", help="Mã tổ chức chi trả; bỏ trống là tất cả.")
@click.option("--programme", default="", help="Mã chương trình; bỏ trống là tất cả.")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Tệp .pdf khi chỉ có một bản, nếu không là thư mục.",
)
@click.option("--prepared-by", default="", help="Tên đăng nhập của người lập.")
@click.option("--checked-by", default="", help="Tên đăng nhập của người kiểm tra.")
@with_database
@with_json
def proof_of_cash(
    period: str,
    provider: str,
    programme: str,
    output: Path,
    prepared_by: str,
    checked_by: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đối chiếu tiền một tháng: sổ kế toán với sao kê; mã thoát 0 chỉ khi mọi chênh lệch bằng 0."""
    house = open_house(database_url)
    with closing(house.database), house.database.snapshot() as session:
        files = _files(places(session, provider, programme), period, output)
        made = list(write_proofs(session, files, period, Signers(prepared_by, checked_by)))
    value = {"period": period, "proofs": [_value(*one) for one in made]}
    answer(as_json, value, "\n".join(_line(*one) for one in made))
    sys.exit(1 if any(list(proof.figures.faults()) for _, _, proof in made) else 0)


def write_proofs(
    session: Session,
    files: Iterable[tuple[Path, Place]],
    period: str,
    signers: Signers | None = None,
) -> Iterator[Made]:
    """Write each proof to its file, whole or not at all."""
    issued_on = local_date(moment_of(session))
    synthetic = bool(facts(session).get("training"))
    for path, place in files:
        out = BytesIO()
        proof = write_proof_of_cash(
            session,
            place,
            period,
            out,
            issued_on=issued_on,
            synthetic=synthetic,
            signers=signers,
        )
        with draft_of(path) as draft:
            draft.write_bytes(out.getvalue())
        yield path, place, proof


def _files(found: Sequence[Place], period: str, output: Path) -> list[tuple[Path, Place]]:
    """The file of each proof. Raises InputError when many are to go into one."""
    if output.suffix.lower() != ".pdf":
        return [(output / file_name(one, period), one) for one in found]
    if len(found) > 1:
        raise InputError(
            f"Có {len(found)} bản đối chiếu, không ghi vào một tệp được.",
            "Cho --output là thư mục, hoặc ghi cả --provider và --programme.",
        )
    return [(output, found[0])]


def file_name(place: Place, period: str) -> str:
    """E.g. doi-chieu-tien-banka-pension-2026-10.pdf."""
    return f"doi-chieu-tien-{place.provider}-{place.programme}-{period}.pdf"


def _value(path: Path, place: Place, proof: ProofOfCash) -> dict[str, Any]:
    figures = proof.figures
    names = ("opening", "receipts", "payments", "closing")
    return {
        "file": str(path),
        "provider": place.provider,
        "programme": place.programme,
        "books": dict(zip(names, figures.books.cells(), strict=True)),
        "statement": dict(zip(names, figures.adjusted.cells(), strict=True)),
        "difference": dict(zip(names, figures.difference.cells(), strict=True)),
        "faults": list(figures.faults()),
    }


def _line(path: Path, place: Place, proof: ProofOfCash) -> str:
    faults = "; ".join(proof.figures.faults())
    return f"  {'SAI ' if faults else 'khớp'}  {path}" + (f": {faults}" if faults else "")
