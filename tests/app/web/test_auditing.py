"""Pages of an auditor: the trail, who holds what, proofs at a button, packs, controls."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from app.audit.chain import seal_trail
from app.audit.tables import audit_event
from app.audit.trail import record
from app.audit.words import PACKED, PROVED
from app.config import Settings
from app.jobs.asked import run_one
from app.jobs.month_end import seal_chain
from app.web.application import create_app
from app.web.reading.controls import CONTROLS, LOOKS
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, ClientAs, of_house, signed_in, words
from tests.app.web.test_matrix import two_communes
from tests.factories import COMMUNE, OTHER_COMMUNE, House
from tests.support.commands import ansinh

pytestmark = pytest.mark.stage(of=two_communes)
LINE = re.compile(r'href="/audit/(\d+)"')


application = of_house


def lines_on(browser: Browser, address: str) -> list[int]:
    """The numbers of the lines on a page."""
    return [int(one) for one in LINE.findall(browser.get(address).get_data(as_text=True))]


def test_every_line_of_the_trail_is_found_once_and_opens(house: House, client_as: ClientAs) -> None:
    auditor, now = client_as("auditor"), house.later()
    with house.work() as session:
        for number in range(60):  # of one moment, as those of bulk acts are
            record(session, now, "jobs", "payroll:hours:set", f"payroll:{number}")
    found, address = [], "/audit"
    while address:
        text = auditor.get(address).get_data(as_text=True)
        found += [int(one) for one in LINE.findall(text)]
        further = re.search(r'rel="next" href="([^"]+)"', text)
        address = further[1].replace("&amp;", "&") if further else ""
    every = house.rows(
        select(audit_event.c.id).order_by(audit_event.c.at.desc(), audit_event.c.id.desc())
    )
    assert found == [one for (one,) in every]
    assert len(found) > 25, "more than a page"
    with house.work() as session:
        seal_trail(session)
    opened = words(auditor.get(f"/audit/{found[-1]}"))
    assert "Mắt xích số 1 " in opened
    assert auditor.get("/audit/999999").status_code == 404


def test_the_trail_by_officer_thing_kind_and_day(house: House, client_as: ClientAs) -> None:
    auditor, row = client_as("auditor"), audit_event.c

    def where(*conditions: object) -> set[int]:
        return {one for (one,) in house.rows(select(row.id).where(*conditions))}  # type: ignore[arg-type]

    admin = house.officer("admin.one")
    house.becomes(f"maker.{OTHER_COMMUNE}", "maker", OTHER_COMMUNE)
    signed = where(row.actor.like(f"%{admin}%"), row.action == "access:role:grant")
    assert signed
    assert signed <= set(lines_on(auditor, "/audit?officer=admin.one")), "whoever signed beside him"
    told = ansinh(house, "audit", "trail", "--officer", "admin.one", "--action", "access:role:")
    assert "admin.one, admin.two  cấp một vai trò" in told.output, "on the command line too"
    assert set(lines_on(auditor, "/audit?object=payroll:1")) == where(row.object == "payroll:1")
    kind = "payroll:run:submit"
    assert set(lines_on(auditor, f"/audit?kind={kind}")) == where(row.action == kind)
    assert lines_on(auditor, "/audit?from=2030-01-01") == []
    assert lines_on(auditor, "/audit?to=01/01/2020") == []
    last = house.clock.now().date()
    assert lines_on(auditor, f"/audit?from={last:%d/%m/%Y}&to={last.isoformat()}") != []
    told = words(auditor.get("/audit?officer=nobody&from=hôm+qua&before=x"))
    assert "Không có cán bộ nào tên đăng nhập này" in told
    assert "Ngày chưa đúng" in told
    house.becomes(f"checker.{OTHER_COMMUNE}", "auditor", OTHER_COMMUNE)
    there = client_as(f"checker.{OTHER_COMMUNE}")
    for page in ("/audit", "/audit/1", "/audit/access", "/audit/proofs", "/audit/controls"):
        assert there.get(page).status_code == 403, "an auditor of one unit"
    assert there.send("/audit/proofs").status_code == 403


def test_who_holds_what_and_what_is_to_be_looked_at(house: House, client_as: ClientAs) -> None:
    auditor = client_as("auditor")
    text = words(auditor.get("/audit/access"))
    assert "Người lệnh chi (toàn tỉnh, đến" in text
    assert "Không có ai" in words(client_as("admin.one").get("/audit/access?show=conflicts"))
    house.becomes(f"maker.{OTHER_COMMUNE}", "maker", OTHER_COMMUNE)
    house.clock.advance(timedelta(days=340))
    auditor = client_as("auditor")
    assert "còn dưới 30 ngày" in words(auditor.get("/audit/access?show=expiring"))
    assert "không dùng 90 ngày: thu quyền" in words(auditor.get("/audit/access?show=idle"))


def test_every_proof_at_a_button_and_kept(house: House, client_as: ClientAs) -> None:
    seal_chain(house.runtime)
    auditor = client_as("auditor")
    asked = auditor.send("/audit/proofs", fast="1")
    assert run_one(house.runtime)
    assert "Xem kết quả kiểm chứng" in words(auditor.get(asked.location))
    number = int(house.ask(select(audit_event.c.id).where(audit_event.c.action == PROVED)))
    told = words(auditor.get(f"/audit/proofs/{number}"))
    assert re.search(r"Cả \d+ phép đều đúng", told)
    assert "Người chạy: auditor , nhanh" in told
    assert "SAI" not in words(auditor.get("/audit/proofs"))
    anchors = next(house.home.rglob("anchors.jsonl"))
    anchors.write_text(anchors.read_text("utf-8").replace("2026", "2025"), "utf-8")
    house.later()
    auditor.send("/audit/proofs")
    assert run_one(house.runtime)
    told = words(auditor.get("/audit/proofs"))
    assert re.search(r"[1-9]\d* trong \d+ phép SAI", told)
    assert "đầy đủ" in told
    # Whoever is an auditor no more gets nothing of what he had asked for.
    auditor.send("/audit/proofs", fast="1")
    house.becomes("auditor", "maker")
    run_one(house.runtime)
    assert (
        house.ask(select(audit_event.c.id).where(audit_event.c.action == PROVED).offset(2)) is None
    )


def test_a_pack_is_made_fetched_and_proves_itself(
    house: House, client_as: ClientAs, tmp_path: Path
) -> None:
    seal_chain(house.runtime)
    auditor = client_as("auditor")
    assert auditor.send("/audit/packs", unit="", month="").status_code == 422
    assert auditor.send("/audit/packs", unit=COMMUNE, month="13/2026").status_code == 422
    asked = auditor.send("/audit/packs", unit=COMMUNE, month="09/2026")
    assert run_one(house.runtime)
    answer = auditor.get(f"{asked.location}/file")
    assert answer.status_code == 200, words(auditor.get(asked.location))
    ZipFile(BytesIO(answer.data)).extractall(tmp_path)
    checker = tmp_path / f"ho-so-{COMMUNE}-2026-09" / "verify.py"
    done = subprocess.run([sys.executable, str(checker)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = house.rows(select(audit_event.c.actor, audit_event.c.object).where(
        audit_event.c.action == PACKED))  # fmt: skip
    assert line == ("auditor", f"unit:{COMMUNE}:2026-09")
    assert "tháng chưa khoá sổ" in words(auditor.get("/audit/packs"))
    file = next(house.home.rglob("*.zip"))
    assert file.stat().st_mode & 0o077 == 0
    house.becomes("auditor", "checker")
    assert client_as("auditor").get(f"{asked.location}/file").status_code == 404, "no more"
    house.becomes(f"checker.{OTHER_COMMUNE}", "auditor", OTHER_COMMUNE)
    there = client_as(f"checker.{OTHER_COMMUNE}")
    assert there.send("/audit/packs", unit=COMMUNE, month="09/2026").status_code == 422
    assert f"unit:{COMMUNE}" not in there.get("/audit/packs").get_data(as_text=True)


def test_controls_say_what_runs_here(house: House, client_as: ClientAs) -> None:
    assert {code for _, code, state in CONTROLS if not state} == set(LOOKS)
    text = words(client_as("auditor").get("/audit/controls"))
    assert "Chưa có TLS" in text
    assert "Mốc nằm cạnh chính dữ liệu" in text
    assert "Trong 31 ngày qua chưa có lần nào đúng hết" in text
    url = house.database.url.render_as_string(hide_password=False)
    better = Settings(
        database_url=url, behind_tls=True, anchor=house.home, session_minutes=60, home=house.home,
        seal_key="0" * 64, public_url="https://h", oidc_issuer="https://sso", oidc_client="c",
    )  # fmt: skip
    served = create_app(better, keyring=house.keyring, clock=house.clock)
    text = words(signed_in(served, "admin.one").get("/audit/controls"))
    assert "Máy chủ phía trước nói TLS" in text
    assert "Đang để 60 phút" in text
    assert "Nơi đăng nhập: https://sso" in text
    assert "Có thư mục riêng" in text
    served.extensions[EXTENSION].database.close()
