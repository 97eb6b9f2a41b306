"""An adapter whose files go in OpenPGP envelopes, and come back in them.

The envelope is part of what is written, so the encrypted bytes are what is sealed, kept, proven by
opening them again, and sent a second time byte for byte: a second envelope would be another file.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from bank_adapters.contract import (
    BankAdapter,
    BankReport,
    Capabilities,
    FileHead,
    OutboundBatch,
    PaymentInstruction,
    StrictReader,
)
from bank_adapters.errors import Unreadable
from bank_adapters.transports import pgp

Open = Callable[[Path, Path, pgp.Keys], None]


@dataclass(frozen=True, slots=True)
class EnvelopedAdapter:
    """`inner` writes and reads what is in the envelopes.

    `also_clear` reads files without one too: those of the time before, in a proof. Never set where
    a new file is taken in: anybody can write one without a signature.
    """

    inner: BankAdapter
    keys: pgp.Keys
    capabilities: Capabilities
    name: str
    also_clear: bool = False

    def file_name(self, batch: OutboundBatch) -> str:
        """The inner file's name with `.pgp`."""
        return self.inner.file_name(batch) + pgp.SUFFIX

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """The batch's file, signed and encrypted; raises Refused."""
        with _workroom() as (clear, sealed):
            with clear.open("wb") as file:
                self.inner.write(batch, file)
            pgp.wrap(clear, sealed, self.keys)
            with sealed.open("rb") as file:
                shutil.copyfileobj(file, out)

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of the very bytes that leave; raises Unreadable."""
        with self.opened_ours(source) as file:
            yield from self.inner.read_back(file)

    def opened_ours(self, source: BinaryIO) -> AbstractContextManager[BinaryIO]:
        """What is in an envelope of ours; raises Unreadable."""
        return self._opened(source, pgp.unwrap_ours)

    def strict_reader(self) -> StrictReader:
        """Reads what is in the very bytes that leave, by the letter."""
        return _StrictEnvelope(self)

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The reports of an answer that the pinned key signed; raises Unreadable."""
        if self.also_clear and not name.endswith(pgp.SUFFIX):
            yield from self.inner.read(name, source)
            return
        try:
            with self._opened(source, pgp.unwrap) as file:
                yield from self.inner.read(name.removesuffix(pgp.SUFFIX), file)
        except Unreadable as error:
            said = str(error)
            raise Unreadable(said if said.startswith(name) else f"{name}: {said}") from error

    @contextmanager
    def _opened(self, source: BinaryIO, opened: Open) -> Iterator[BinaryIO]:
        with _workroom() as (clear, sealed):
            with sealed.open("wb") as file:
                shutil.copyfileobj(source, file)
            opened(sealed, clear, self.keys)
            with clear.open("rb") as file:
                yield file


def enveloped_adapter(
    inner: BankAdapter, keys: pgp.Keys, *, also_clear: bool = False
) -> BankAdapter:
    """`inner` with every file in an envelope of these keys."""
    made = EnvelopedAdapter(inner, keys, inner.capabilities, inner.name, also_clear)
    return cast(BankAdapter, made)


@contextmanager
def _workroom() -> Iterator[tuple[Path, Path]]:
    """Two file names in a folder that nobody else can enter, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="an-") as folder:
        yield Path(folder) / "clear", Path(folder) / "sealed"


@dataclass(frozen=True, slots=True)
class _StrictEnvelope:
    """The strict reader of an enveloped adapter: what was opened stays until its lines are read."""

    adapter: EnvelopedAdapter

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """As the inner strict reader; raises Unreadable where the envelope is not ours as well."""
        with ExitStack() as stack:
            file = stack.enter_context(self.adapter.opened_ours(source))
            head, items = self.adapter.inner.strict_reader().read(file)
            return head, _until_read(stack.pop_all(), items)


def _until_read(
    opened: ExitStack, items: Iterator[PaymentInstruction]
) -> Iterator[PaymentInstruction]:
    with opened:
        yield from items
