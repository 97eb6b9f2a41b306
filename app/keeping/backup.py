"""One backup: a folder that holds the database, the journal, the anchors and every original.

It is written under a hidden name and gets its own when it is complete. The field keys are never in
it. The database is frozen first and the files are those that it names, so that none is missing;
an original that an earlier backup in the same place holds gets a second name there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.db import Database
from app.disbursement import journal
from app.disbursement.tables import batch
from app.errors import Conflict, InputError
from app.jobs.runtime import Progress, silent
from app.keeping import files, manifest, postgres, sqlite
from app.keeping.files import Part, Sums
from app.keeping.manifest import Manifest
from app.privacy import Keyring
from app.signing.making import FOLDER as PAPERS
from app.signing.register import kept_papers
from ledger.anchors import AnchorFile
from ledger.proofs import Offenders
from reconciliation.tables import inbound_file

PREFIX = "ansinh-"
FETCH_ROWS = 2_000
LEFT_OVER = timedelta(days=1)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class House:
    """What is backed up: the database, the folder of files, the signed anchors; the keys, where
    they are at hand, seal the manifest."""

    database: Database
    home: Path
    anchors: AnchorFile
    keyring: Keyring | None


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: its folder and what it says of itself."""

    folder: Path
    manifest: Manifest


def back_up(house: House, output: Path, now: datetime, progress: Progress = silent) -> Backup:
    """Make one backup in a new folder of `output`; what cannot be finished leaves nothing.

    Raises Conflict when this second's backup exists, InputError and Unavailable for PostgreSQL's
    programs, Refused when the copy of the database is not sound.
    """
    folder = output / f"{PREFIX}{now.astimezone(TIME_ZONE):%Y-%m-%d-%H%M%S}"
    if folder.exists():
        raise Conflict(f"Đã có bản sao lưu {folder}.", "Chờ một giây rồi chạy lại.")
    output.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(output, now)
    earlier = newest(output)
    draft = output / f".{folder.name}.part"
    draft.mkdir(mode=0o700)
    try:
        made = _fill(house, draft, earlier, now, progress)
        files.keep_all_names(draft)
        draft.rename(folder)
    except BaseException:
        files.remove(draft)
        raise
    files.keep_all_names(folder)
    return Backup(folder, made)


def newest(output: Path) -> Path | None:
    """The newest complete backup in a place, None when there is none."""
    complete = [one.parent for one in output.glob(f"{PREFIX}*/{manifest.NAME}")]
    return max((one for one in complete if (one / files.SUMS).is_file()), default=None)


def _sweep(output: Path, now: datetime) -> None:
    """Remove what a backup that was killed left behind; a younger one may still be at work."""
    for draft in output.glob(f".{PREFIX}*.part"):
        if draft.stat().st_mtime < (now - LEFT_OVER).timestamp():
            files.remove(draft)


def _fill(
    house: House, draft: Path, earlier: Path | None, now: datetime, progress: Progress
) -> Manifest:
    kind = sqlite if house.database.is_sqlite else postgres
    sums = Sums(draft)
    with kind.frozen(house.database, draft) as session:
        figures = manifest.figures_of(session)
        originals = _Originals(house.home, draft, earlier, sums, progress)
        received = originals.take("inbound", _received(session), figures.rows["inbound_file"])
        sealed = originals.take("outbound", _sealed(session), figures.rows["batch"])
        papers = originals.take(PAPERS, kept_papers(session), figures.rows["issued_file"])
    # The journal after the database: it knows everything that the database knows, and more.
    parts = [files.measured(draft, kind.NAME), *_journals(house, draft)]
    for part in parts:
        sums.add(part)
    made = manifest.sealed(
        Manifest(
            taken_at=now,
            kind=house.database.url.get_backend_name(),
            schema=house.database.schema,
            migration=figures.migration,
            rows=figures.rows,
            entries=figures.entries,
            link=figures.link,
            closed=figures.closed,
            parts=tuple(parts),
            received=received,
            sealed=(sealed[0] + papers[0], sealed[1] + papers[1]),
            missing=tuple(originals.missing.first),
            missing_files=originals.missing.count,
            changed=tuple(originals.changed.first),
            changed_files=originals.changed.count,
            sums=sums.close(),
            version=manifest.product_version(),
        ),
        house.keyring,
    )
    with files.created(draft / manifest.NAME) as file:
        file.write(made.text.encode())
    return made


def _journals(house: House, draft: Path) -> Iterator[Part]:
    """Files of lines, as far as their last whole line: they are being written."""
    for path in (house.home / journal.NAME, house.anchors.path, house.anchors.public_path):
        if path.exists():
            yield files.copy(path, draft, path.name, files.whole_lines(path))


def _received(session: Session) -> Iterator[tuple[str, str]]:
    """(place below the folder, SHA-256) of every received file."""
    query = select(inbound_file.c.sha256).distinct().order_by(inbound_file.c.sha256)
    for sha256 in session.scalars(query.execution_options(yield_per=FETCH_ROWS)):
        yield f"{sha256[:2]}/{sha256}", sha256


def _sealed(session: Session) -> Iterator[tuple[str, str]]:
    """(name, SHA-256) of the file of every batch that was sealed."""
    query = select(batch.c.file_name, batch.c.sha256).where(batch.c.file_name.is_not(None))
    rows = session.execute(query.order_by(batch.c.id).execution_options(yield_per=FETCH_ROWS))
    yield from rows


class _Originals:
    """Takes files that the database names out of the home folder, and notes those that are not
    there or are not what the database says."""

    def __init__(
        self, home: Path, draft: Path, earlier: Path | None, sums: Sums, progress: Progress
    ) -> None:
        self._home, self._draft, self._sums, self._progress = home, draft, sums, progress
        self._earlier, self._suspect = _to_link(earlier)
        self.missing, self.changed = Offenders(), Offenders()

    def take(self, folder: str, named: Iterator[tuple[str, str]], total: int) -> tuple[int, int]:
        """Take the files of one folder; gives how many, and their bytes."""
        count = size = 0
        for number, (name, sha256) in enumerate(named, start=1):
            part = self._one(f"{folder}/{name}", sha256)
            if part is not None:
                count, size = count + 1, size + part.bytes
                self._sums.add(part)
            self._progress(f"back up {folder}", number, total)
        return count, size

    def _one(self, name: str, sha256: str) -> Part | None:
        source = self._home / name
        if not _is_ours(name, sha256) or source.is_symlink() or not source.is_file():
            self.missing.add(name)
            return None
        part = Part(name, source.stat().st_size, sha256)
        earlier = None if name in self._suspect else self._earlier
        if files.link(earlier, source, self._draft, part):
            return part
        copied = files.copy(source, self._draft, name)
        if copied.sha256 != sha256:
            self.changed.add(name)
        return copied


def _to_link(earlier: Path | None) -> tuple[Path | None, frozenset[str]]:
    """The backup whose files may get a second name, and those of them that may not: their bytes
    are not what the database says. None where it does not name them all."""
    if earlier is None:
        return None, frozenset()
    try:
        said = manifest.read(earlier)
    except InputError:  # what cannot be read is no ground to stand on; today's copies all
        return None, frozenset()
    known = frozenset(said.changed)
    return (earlier if said.changed_files == len(known) else None), known


def _is_ours(name: str, sha256: str) -> bool:
    """Whether a name from the database stays in its folder, and the digest is one."""
    plain = all(part and not part.startswith(".") for part in name.split("/"))
    return plain and "\\" not in name and "\n" not in name and bool(_SHA256.fullmatch(sha256))
