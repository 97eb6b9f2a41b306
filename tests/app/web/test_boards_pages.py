"""The leader's boards: readiness, league, targets and campaigns, changed figures, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from app.beneficiaries.tables import person as person_table
from app.cashless.campaigns import begin
from app.jobs.asked import run_one
from app.jobs.counting import count_months
from tests.app.indicators.months import september_paid
from tests.app.web.serving import ClientAs, of_house, words
from tests.factories import COMMUNE, OTHER_COMMUNE, SEPTEMBER, House

MONTH = f"period={SEPTEMBER}"


def september_with_a_campaign(house: House) -> None:
    """September paid, and a campaign in October for two communes."""
    september_paid(house)
    with house.database.unit_of_work() as session:
        begin(session, "Cao điểm tháng 10", date(2026, 10, 20), date(2026, 11, 30),
              {COMMUNE: 3, OTHER_COMMUNE: 1}, "admin.one", house.clock.now())  # fmt: skip


pytestmark = pytest.mark.stage(of=september_with_a_campaign)

application = of_house


def test_the_board_goes_from_red_to_green(client_as: ClientAs) -> None:
    finance = client_as("finance.one")
    told = words(finance.get(f"/leader/ready?{MONTH}"))
    assert "Đỏ (" in told
    assert "Phường Thục Phán Đỏ" in told
    assert "Chuyển khoản thành công ngay lần đầu" in told
    assert "95,0 % 99,0 %" in told.replace("\xa0", " ")
    green = words(finance.get(f"/leader/ready?{MONTH}&show=green"))
    assert "Không có xã nào ở mức này" in green
    assert "Red" in words(finance.get(f"/leader/ready?{MONTH}&lang=en"))


def test_the_league_table_shows_its_formula(client_as: ClientAs) -> None:
    told = words(client_as("finance.one").get(f"/leader/league?{MONTH}")).replace("\xa0", " ")
    assert "0,40 × R1 + 0,30 × R5 + 0,20 × R3 + 0,10 × R4f" in told
    assert "Phường Thục Phán 1 " in told


def test_a_campaign_day_by_day_and_what_it_is_of_the_target(client_as: ClientAs) -> None:
    told = words(client_as("finance.one").get(f"/leader/goals?{MONTH}")).replace("\xa0", " ")
    assert "Cao điểm tháng 10" in told
    assert "Có tài khoản 3, chỉ tiêu 3: đạt 100,00 %" in told
    assert "02/11/2026 0 3 100,00 %" in told
    assert "20/10/2026" in told
    assert "03/11/2026" not in told
    assert "M1 Người khớp cơ sở dữ liệu dân cư" in told
    assert "H1 Người hưởng không phải đi lĩnh tiền 1 45 1" in told
    missing = client_as("finance.one").get("/leader/goals?campaign=99")
    assert missing.status_code == 404


def test_a_campaign_is_begun_with_a_file_of_targets(house: House, client_as: ClientAs) -> None:
    finance = client_as("finance.one")
    form = {"name": "Đợt cuối năm", "first": "01/11/2026", "last": "31/12/2026"}
    wrong = f"Mã xã;Chỉ tiêu\n99999;10\n{COMMUNE};x\n"
    refused = finance.send("/leader/goals", **form, targets=(io.BytesIO(wrong.encode()), "a.csv"))
    told = words(refused)
    assert refused.status_code == 422
    assert "không có xã mã “99999”" in told
    assert "chỉ tiêu phải là số người" in told
    right = f"Mã xã;Chỉ tiêu\n{COMMUNE};2\n"
    done = finance.send("/leader/goals", **form, targets=(io.BytesIO(right.encode()), "a.csv"))
    assert "Đã bắt đầu “Đợt cuối năm”" in finance.told(done)
    told = words(finance.get("/leader/goals")).replace("\xa0", " ")
    assert "Có tài khoản 3, chỉ tiêu 2: đạt 150,00 %" in told
    mine = words(client_as(f"maker.{COMMUNE}").get("/accounts")).replace("\xa0", " ")
    assert "Đợt cuối năm 150,0 %" in mine
    other = client_as(f"approver.{OTHER_COMMUNE}")
    assert other.send("/leader/goals", **form).status_code == 403


def test_electronic_identities_are_told_and_counted_by_day(
    house: House, client_as: ClientAs
) -> None:
    maker = client_as(f"maker.{COMMUNE}")
    for person in (1, 3):
        told = {"value": "2", "reference": "thăm hộ ngày 02/11"}
        assert maker.send(f"/people/{person}/edit/vneid-level", **told).status_code == 303
    assert "Mức 2" in words(maker.get("/people/1/file"))
    without = words(maker.get(f"/people?area={COMMUNE}&vneid=none"))
    assert "Người 1–2 trong 2" in without, "whom to visit"
    wrong = maker.send("/people/1/edit/vneid-level", value="7", reference="x")
    assert wrong.status_code == 422
    told = words(client_as("finance.one").get(f"/leader/goals?{MONTH}")).replace("\xa0", " ")
    assert "M3 Người có định danh điện tử mức 2 50,00 % 2 trên 4" in told
    assert "02/11/2026 2 2 50,00 %" in told
    other = words(client_as(f"approver.{OTHER_COMMUNE}").get(f"/leader/goals?{MONTH}"))
    assert "02/11/2026 2" not in other


def test_who_had_an_electronic_identity_and_died_is_not_counted_by_day(
    house: House, client_as: ClientAs
) -> None:
    """Nor twice who lost it in between: what there was on a day is never below nobody."""
    for person, level in ((1, "2"), (3, "2"), (3, "1"), (3, "2")):
        told = {"value": level, "reference": "thăm hộ"}
        maker = client_as(f"maker.{COMMUNE}")
        assert maker.send(f"/people/{person}/edit/vneid-level", **told).status_code == 303
        house.clock.advance(timedelta(days=1))
    goals = words(client_as("finance.one").get(f"/leader/goals?{MONTH}")).replace("\xa0", " ")
    assert "05/11/2026 1 2 50,00 %" in goals
    assert "02/11/2026 1 1 25,00 %" in goals
    assert "03/11/2026 1" not in goals
    with house.database.unit_of_work() as session:
        session.execute(update(person_table).values(died_on=house.clock.now().date()))
    assert client_as("finance.one").get(f"/leader/goals?{MONTH}").status_code == 200


def test_what_changed_after_the_provisional_figures_is_explained(client_as: ClientAs) -> None:
    told = words(client_as("finance.one").get(f"/leader/restated?{MONTH}")).replace("\xa0", " ")
    assert "66,67 % (2/3) 50,00 % (1/2)" in told  # R1: what came back on the 20th
    assert "đã vào tài khoản chưa nhận 1 500.000" in told
    early = words(client_as("finance.one").get("/leader/restated?period=2026-11"))
    assert "chưa chốt" in early


def test_what_a_job_kept_is_what_is_counted_at_once(house: House, client_as: ClientAs) -> None:
    addresses = [f"/leader/{one}?{MONTH}" for one in ("ready", "league", "goals", "restated")]
    finance = client_as("finance.one")
    before = [words(finance.get(one)) for one in addresses]
    count_months(house.runtime)
    assert [words(finance.get(one)) for one in addresses] == before


def test_a_commune_sees_itself_and_its_place_among_all(client_as: ClientAs) -> None:
    approver = client_as(f"approver.{OTHER_COMMUNE}")
    for board in ("ready", "league", "goals"):
        answer = approver.get(f"/leader/{board}?{MONTH}")
        assert answer.status_code == 200
        assert "Phường Thục Phán" not in words(answer), board
    assert "Hạng tính trong" in words(approver.get(f"/leader/league?{MONTH}"))
    for board in ("restated", "papers"):
        assert "dành cho cán bộ cấp tỉnh" in words(approver.get(f"/leader/{board}?{MONTH}"))
    assert approver.send("/leader/papers", period=SEPTEMBER, form="pdf").status_code == 403


def test_report_and_feed_are_made_by_a_worker(house: House, client_as: ClientAs) -> None:
    auditor = client_as("auditor")
    made = []
    for form in ("pdf", "json", "csv"):
        asked = auditor.send("/leader/papers", period=SEPTEMBER, form=form)
        assert asked.status_code == 303
        assert run_one(house.runtime)
        made.append(auditor.get(f"{asked.location}/file").get_data())
    report, feed, table = made
    assert report.startswith(b"%PDF")
    rows = json.loads(feed)["rows"]
    assert [one["code"] for one in rows] == [
        one["code"] for one in csv.DictReader(io.StringIO(table.decode("utf-8-sig")))
    ]
    assert any(one["withheld"] for one in rows)
    assert auditor.send("/leader/papers", period=SEPTEMBER, form="exe").status_code == 422
