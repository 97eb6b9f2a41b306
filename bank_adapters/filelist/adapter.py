"""Payment by Excel lists; the post office differs only in what it can hand out."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from bank_adapters.csvlist import CsvListAdapter
from bank_adapters.formats import answer_profile
from bank_adapters.formats.answer_profile import AnswerProfile
from bank_adapters.formats.list_profile import ListProfile, load

LIST = load(files("bank_adapters").joinpath("filelist/list.toml").read_text("utf-8"))
ANSWER = answer_profile.load(
    files("bank_adapters").joinpath("data/xlsx_answer.toml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class ListAdapter(CsvListAdapter):
    """One provider of lists: the same as a CSV bank, with profiles of Excel."""

    name: str = "filelist"
    listed: ListProfile = LIST
    answer: AnswerProfile = ANSWER


ADAPTER = ListAdapter()
