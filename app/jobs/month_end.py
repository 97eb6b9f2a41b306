"""Jobs of the books: funding requests, the chain, the nightly proofs, the close of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from app.access.together import Signer
from app.audit.chain import seal_trail, trail_head
from app.clock import local_date
from app.disbursement.claims import stop_everything
from app.disbursement.funding import request
from app.disbursement.holds import PROOFS
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.settling import months
from app.jobs.runtime import Runtime
from app.tasks.answers import PROOFS as KEPT_PROOFS
from app.tasks.answers import keep
from ledger.chain import seal_all
from ledger.proofs import Proof


def request_funding(runtime: Runtime, period: str) -> str:
    """Write the withdrawal requests of a month."""
    with runtime.database.unit_of_work() as session:
        count = request(session, period, runtime.clock.now())
    return f"{count} requests"


def seal_chain(runtime: Runtime) -> str:
    """Give every new entry its place and voucher number, link the new lines of the trail, and
    anchor both heads outside."""
    with runtime.database.unit_of_work() as session:
        sealed, told = seal_all(session), seal_trail(session)
    # What is anchored is committed: an anchor of what was rolled back would be a false alarm.
    with runtime.database.view() as session:
        runtime.anchors.add(session, runtime.clock.now(), trail_head(session))
    return f"{sealed} entries, {told} acts"


def nightly_proofs(runtime: Runtime) -> str:
    """Prove the books; a proof that fails, or cannot be computed, sets the global hold, once and
    not each night again. Raises what kept a proof from being computed."""
    evidence = Evidence(runtime.anchors, runtime.keyring, runtime.inbound)
    try:
        with runtime.database.snapshot() as session:
            proofs = prove_everything(session, evidence)
    except Exception as error:  # whatever it is: books that nobody can prove pay nobody
        _stop(runtime, f"Không kiểm chứng được sổ sách: {_in_one_line(error)}")
        raise
    failed = judge(runtime, proofs)
    said = f"; failed: {', '.join(failed)}" if failed else ""
    return f"{len(proofs) - len(failed)} of {len(proofs)} proofs hold{said}"


def judge(runtime: Runtime, proofs: Sequence[Proof]) -> list[str]:
    """Keep proofs of everything for the pages; one that fails stops everything. The names of those
    that fail."""
    with runtime.database.unit_of_work() as session:
        keep(session, KEPT_PROOFS, [asdict(one) for one in proofs], runtime.clock.now())
    failed = [proof.name for proof in proofs if not proof.ok]
    if failed:
        _stop(runtime, f"Kiểm chứng sổ sách không đạt: {'; '.join(failed)}")
    return failed


def _stop(runtime: Runtime, reason: str) -> None:
    with runtime.database.unit_of_work() as session:
        stop_everything(session, reason, runtime.clock.now(), PROOFS)


def _in_one_line(error: Exception) -> str:
    """The error's kind and first line; what a database adds below holds statements and values."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__


def close_month(
    runtime: Runtime, period: str, signers: Sequence[Signer] = (), digest: str = ""
) -> str:
    """Close a month for every cell; raises Refused with the cells that do not close, or with the
    statements that have not come.

    `signers` are the two finance officers who read the figures with this `digest`; a training
    installation may close without.
    """
    if signers:
        seal_chain(runtime)  # what a signature may undo is written down: leave little to seal
    database, now = runtime.database, runtime.clock.now()
    with database.signed_work() if signers else database.unit_of_work() as session:
        count = months.close(session, runtime.keyring, signers, digest, period, now)
    seal_chain(runtime)
    return f"{count} cells closed on {local_date(runtime.clock.now())}"
