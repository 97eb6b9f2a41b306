"""What click says of itself is Vietnamese, whatever language the machine speaks."""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations

import pytest

from app.cli.main import main
from app.cli.spoken import DOMAIN, FOLDER

HERE = FOLDER / "vi" / "LC_MESSAGES"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such", "Lỗi: Không có lệnh 'no-such'."),
        ("year-end plan", "Lỗi: Thiếu tùy chọn '--year'."),
        ("year-end plan --year x", "Giá trị không đúng cho '--year': 'x' không phải là số"),
        ("year-end plan --yeer 2026", "Không có tùy chọn '--yeer'. (Có phải là: '--year'?)"),
        ("year-end plan 2026 --year 2026", "Thừa tham số (2026)"),
        ("ledger export --format docx --output x", "'docx' không nằm trong"),
    ],
)
def test_usage_errors(
    words: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setattr("sys.argv", ["ansinh", *words.split()])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in told
    assert "Cách dùng:" in told
    assert "Xem hướng dẫn:" in told


def test_the_catalogue_is_what_its_text_says() -> None:
    """The binary file is made of the text beside it, and each text keeps its fields."""
    with (HERE / f"{DOMAIN}.mo").open("rb") as file:
        made = GNUTranslations(file)
    text = (HERE / f"{DOMAIN}.po").read_text(encoding="utf-8")
    pairs = re.findall(
        r'^msgid (".+")\n(?:msgid_plural (".+")\n)?msgstr(?:\[0\])? (".+")$', text, re.M
    )
    assert len(pairs) > 40
    for one, more, told in (map(_read, pair) for pair in pairs):
        assert (made.ngettext(one, more, 2) if more else made.gettext(one)) == told
        assert set(re.findall(r"{(\w+)", told)) <= set(re.findall(r"{(\w+)", one + more))


def _read(quoted: str) -> str:
    return str(ast.literal_eval(quoted)) if quoted else ""
