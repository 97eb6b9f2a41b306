"""The second stage: every play of the nasty bank on a house of its own, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from app.channels.promises import NEVER_PROVEN, Dedupe
from app.cli.conform.audit import judge
from app.cli.conform.mould import Mould
from app.cli.conform.plays import DEDUPE, Play, plays_for
from app.cli.conform.rest_bank import Requesting
from app.cli.conform.rest_plays import as_requests
from app.cli.conform.scene import Scene
from app.disbursement.holds import standing
from bank_adapters.contract import BankAdapter

_MONTH = Play("month", "Từ danh sách đến lệnh chi", "báo có tiền Kho bạc", lambda scene: None)
_WORDS = {
    "settled": "đã chi", "returned": "bị trả lại", "rejected": "bị từ chối",
    "accepted": "ngân hàng nhận", "ready": "chờ chứng cứ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """One row of the table: the play, what the house did, and what is wrong (nothing: passed).

    `way` is "single" or "bulk" where the adapter sends requests.
    """

    play: Play
    house: str
    wrong: tuple[str, ...]
    way: str = ""

    @property
    def ok(self) -> bool:
        """Whether the adapter stood it."""
        return not self.wrong


def play_all(adapter: BankAdapter, folder: Path, plays: Sequence[Play] = ()) -> Iterator[Played]:
    """Each of these plays in turn, else all that its capabilities ask for.

    `folder` takes the houses and is empty again but for the mould. Where not even the month can
    be made with the adapter, one row says so.
    """
    if not isinstance(adapter, Requesting):
        yield from _all_on(adapter, folder, plays or plays_for(adapter.capabilities))
        return
    for way, one in adapter.on_trial().items():
        mine = [as_requests(play, way) for play in plays or plays_for(one.capabilities)]
        for row in _all_on(one, folder / way, mine):
            yield replace(row, way=way)


def _all_on(adapter: BankAdapter, folder: Path, plays: Sequence[Play]) -> Iterator[Played]:
    try:
        mould = Mould(adapter, folder)
    except Exception as error:
        yield Played(_MONTH, "", (_told(error),))
        return
    for play in plays:
        yield played(mould, play, adapter)


def played(mould: Mould, play: Play, adapter: BankAdapter) -> Played:
    """One play from beginning to end; whatever an adapter raises is its failure."""
    told = adapter.capabilities
    dedupe = Dedupe(told.dedupe, told.dedupe_days) if play.key == DEDUPE.key else NEVER_PROVEN
    with closing(mould.copy(adapter, dedupe)) as scene:
        try:
            play.act(scene)
            scene.afterwards()
            wrong = judge(scene)
        except Exception as error:
            wrong = [*scene.faults, _told(error)]
        return Played(play, _house(scene), tuple(dict.fromkeys(wrong)))


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _house(scene: Scene) -> str:
    """What the house did, in figures."""
    counts = Counter(scene.states().values())
    told = [f"{counts[state]} {word}" for state, word in _WORDS.items() if counts[state]]
    with scene.runtime.database.view() as session:
        holds = len(standing(session))
    times = scene.wire.delivered
    more = {
        "tệp cách ly": scene.quarantined(),
        "hồ sơ tranh chấp": scene.open_cases(),
        "lệnh dừng chi": holds,
    }
    told += [f"{count} {what}" for what, count in more.items() if count]
    return f"gửi {times} lần; " + ", ".join([*told, *scene.notes])
