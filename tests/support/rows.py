"""Rows of tables that no room fills in a month, as no room writes them (see `stages.py`)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.factories import BANK, House


def scheduled(house: House, now: Any, day: date) -> list[tuple[str, dict[str, Any]]]:
    """A row in every table of the schedule, on joint acts of the kind that each asks for."""
    (first,), (second,), (third,) = house.rows("select id from officer order by id")[:3]
    act = {"step": "x", "digest": "z", "things": 1, "total": 0, "acted_at": now, "seal": "s"}
    acts = [
        ("act", {"id": 900 + number, "officer_id": who, "timecode": number, **act})
        for number, who in enumerate((first, second) * 4, start=1)
    ]
    acts += [
        ("act", {"id": 909, "officer_id": third, "timecode": 9, **act, "step": "set_password"})
    ]
    people = {"digest": "z", "officer_one": first, "officer_two": second}
    signed = {**people, "act_one": 901, "act_two": 902}
    also = {**people, "act_one": 903, "act_two": 904}
    link = {**people, "act_one": 905, "act_two": 906}
    known = {**people, "act_one": 907, "act_two": 908}
    told = {"name": "n", "source": "s", "joint_id": 902, "recorded_at": now}
    ran = {"owner": "w", "fence": 1, "started_at": now, "lease_until": now, "detail": ""}
    return [
        *acts,
        ("joint_act", {"id": 902, "step": "set_calendar", "about": f"calendar:{day}", **signed}),
        ("joint_act", {"id": 903, "step": "unlock_list", "about": "period:2026-10", **also}),
        ("joint_act", {"id": 904, "step": "enrol_link", "about": f"officer:{third}", **link}),
        ("joint_act", {"id": 905, "step": "link_identity", "about": f"officer:{third}", **known}),
        ("officer_identity", {"officer_id": third, "number": 1, "subject_key": "k", "reason": "r",
                              "joint_id": 905, "recorded_at": now}),
        ("calendar_day", {"id": 1, "day": day, "kind": "closed", **told}),
        ("period_lock", {"id": 1, "period": "2026-10", "locked_at": now, "locked_by": "jobs"}),
        ("period_unlock", {"lock_id": 1, "joint_id": 903, "reason": "r", "unlocked_at": now}),
        ("reminder", {"slot": "2026-09-20", "period": "2026-10", "step": "submit",
                      "officer_id": first, "payrolls": 1, "recorded_at": now}),
        ("job_since", {"job": "remind", "since": now}),
        ("scheduler_seen", {"worker": "w", "started_at": now, "seen_at": now}),
        ("enrolment_link", {"id": 1, "officer_id": third, "digest": "d", "joint_id": 904,
                            "made_at": now, "valid_until": now + timedelta(days=1)}),
        ("enrolment_link_use", {"link_id": 1, "act_id": 909, "used_at": now}),
        ("recovery_code", {"officer_id": first, "batch": 1, "ordinal": 1, "digest": "d",
                           "made_at": now}),
        ("recovery_use", {"digest": "d", "purpose": "sign_in", "used_at": now}),
        ("officer_password", {"officer_id": first, "number": 1, "hash": "h", "set_at": now}),
        ("web_session", {"id_digest": "d", "officer_id": first, "stage": "full", "opened_at": now,
                         "seen_at": now, "ended_at": now, "ended_by": "signed_out", "agent": "a",
                         "address": "127.0.0.1"}),
        ("own_code_request", {"id": 1, "browser": "b", "citizen_key": "k", "bucket": 1,
                              "place": "page", "asked_at": now}),
        ("own_code", {"request_id": 1, "outcome": "sent", "person_id": 1, "phone_key": "k",
                      "code_key": "c", "made_at": now}),
        ("own_code_try", {"request_id": 1, "citizen_key": "k", "is_right": 1, "tried_at": now}),
        ("own_session", {"id_digest": "d", "person_id": 1, "phone_key": "k", "request_id": 1,
                         "place": "helped", "helper_id": first, "opened_at": now,
                         "seen_at": now, "ended_at": now, "ended_by": "left"}),
        ("sign_in_failure", {"who": "w", "bucket": 1, "failed_at": now}),
        ("web_task", {"kind": "k", "arguments": "{}", "officer_id": first, "state": "waiting",
                      "asked_at": now}),
        ("message_mark", {"kind": "paid", "subject": 0, "last_id": 0, "is_done": 0,
                          "read_at": now}),
        ("message_count", {"day": day, "scope": "all", "key": "", "messages": 1, "cost": 1}),
        ("long_answer", {"name": "n", "made_at": now, "content": "{}"}),
        ("job_run", {"job": "remind", "slot": "2026-09-20", "state": "finished", "done": 0,
                     "total": 0, **ran}),
    ]  # fmt: skip


def by_hand(now: Any, day: date) -> dict[str, dict[str, Any]]:
    """A line that two placed and took back, and a rule of theirs."""
    asked = {
        "content": '{"parts":[]}',
        "reason": "r",
        "digest": "d",
        "amount": 1,
        "proposed_at": now,
    }
    said = {"digest": "d", "proposed_by": 1, "reason": "r", "decided_at": now}
    placed = {"bank_line_id": 1, "entry_id": 1, "posted_on": day}
    return {
        "line_proposal": {
            "id": 1, "kind": "match", "bank_line_id": 1, "proposed_by": 1, "act_id": 1, **asked,
        },
        "line_decision": {
            "proposal_id": 1, "verdict": "confirmed", "officer_id": 2, "act_id": 2, **said,
        },
        "line_note": {
            "bank_line_id": 1, "officer_id": 1, "said": "s", "answer_by": day, "written_at": now,
        },
        "bench_place": {
            "officer_id": 1, "contract_id": 1, "period": "2026-09", "tab": "waiting", "page": 1,
            "seen_at": now,
        },
        "line_part": {
            "id": 1, "proposal_id": 1, "ordinal": 1, "verdict": "funding", "target_id": 1,
            "amount": 1, "was": "",
        },
        "line_placing": {"proposal_id": 1, **placed, "placed_at": now},
        "line_unplacing": {"proposal_id": 1, "placing_id": 1, **placed, "recorded_at": now},
        "fee_taken": {
            "verdict": "fee_month", "target_id": 1, "turn": 0, "bank_line_id": 1,
            "recorded_at": now,
        },
        "ban_lifting": {
            "account_key": "k", "banned_at": now, "proposal_id": 1, "lifted_at": now,
        },
        "line_rule": {
            "proposal_id": 1, "provider": BANK, "account": "", "direction": "out", "words": "phi",
            "least": 1, "most": 1, "means": "fee", "valid_from": day, "made_at": now,
        },
        "line_rule_end": {"proposal_id": 1, "rule_id": 1, "ended_on": day, "recorded_at": now},
    }  # fmt: skip


def about_people(now: Any, day: date, asked: int, confirmed: int) -> dict[str, dict[str, Any]]:
    """A row in every table about a person that the month's lists do not fill."""
    told = {"recorded_at": now, "recorded_by": "r"}
    paper = {"number": "1/QĐ", "decided_on": day, "kind": "grant", "signer": "s"}
    old = {"old_key": "o", "old_cipher": b"x", "old_tail": "001"}
    new = {"new_key": "n", "new_tail": "002", "reason": "reissued", "document": "d"}
    payee = {"name": "n", "citizen_key": "k", "citizen_tail": "001", "relation": "con"}
    return {
        "household": {"id": 1, "area_code": "01273", "number": "1"},
        "household_poverty": {
            "household_id": 1, "from_period": "2026-01", "level": "poor", "decision_number": "1",
            "recorded_at": now,
        },
        "disability": {
            "person_id": 1, "kind": "k", "degree": "severe", "certificate": "c", "recorded_at": now,
        },
        "decision": {"area_code": "01273", **paper, "signer_title": "t", **told},
        "payee": {
            "person_id": 1, "version": 1, "kind": "guardian", **payee, "document": "d",
            "source": "s", "recorded_at": now,
        },
        "destination_order": {"person_id": 1, "version": 1, "rank": 1, "destination_id": 1},
        "destination_check": {
            "destination_id": 1, "result": "exact", "evidence": "e", "source": "bank",
            "checked_at": now, "checked_by": "r",
        },
        "destination_mark": {"destination_id": 1, "mark": "m"},
        "citizen_change": {"person_id": 1, **old, **new, "changed_on": day, **told},
        "inbound_message": {
            "id": 1, "gateway": "box", "kind": "asked", "name": "n", "body_cipher": b"KT-CANARI",
            "received_at": now,
        },
        "answered_question": {"inbound_id": 1, "person_id": 1},
        "message_wish": {
            "person_id": 1, "wish": "no_messages", "is_on": 1, "recorded_by": "r",
            "recorded_at": now,
        },
        "person_change": {
            "person_id": 1, "field": "hamlet", "old": "a", "new": "b", "source": "s", **told,
        },
        "field_source": {
            "person_id": 1, "field": "name", "source": "population", "confirmed_at": now,
            "reference": "r",
        },
        "transfer": {
            "event_id": 1, "from_area": "01273", "to_area": "01279", "last_period": "2026-09",
        },
        "dependant": {
            "person_id": 1, "number": 1, "version": 1, "name": "n", "birth": "2015",
            "relation": "con", "counts": 1, **told,
        },
        "study": {"person_id": 1, "number": 0, "studying_until": day, "paper": "p", **told},
        "area_change": {
            "old_code": "1", "new_code": "2", "from_period": "2026-10", "decree": "d", **told,
        },
        "erasure": {
            "person_id": 1, "reason": "r", "asked_by": asked, "confirmed_by": confirmed,
            "erased_at": now,
        },
    }  # fmt: skip


def to_account(now: Any, day: date, asked: int, confirmed: int) -> dict[str, dict[str, Any]]:
    """A row in every table of the way from cash to account."""
    told = {"recorded_at": now, "recorded_by": "r"}
    about = {"area_code": "01273", "profile": "p", "lines": 1, "reason": "r"}
    owner = {"owner_kind": "self", "owner_name": "n", "owner_key": "k"}
    return {
        "account_campaign": {"id": 1, "name": "c", "starts_on": day, "ends_on": day, **told},
        "account_target": {"campaign_id": 1, "area_code": "01273", "people": 1},
        "account_request": {
            "id": 1, "digest": "d", "campaign_id": 1, "bank_bin": "999001", **about,
            "asked_at": now, "asked_by": "r",
        },
        "account_request_line": {
            "request_id": 1, "line": 1, "person_id": 1, "reference": "r", **owner,
        },
        "account_answer": {
            "id": 1, "request_id": 1, "sha256": "s", "name": "n", "lines": 1, "received_at": now,
            "proposed_by": asked, "confirmed_by": confirmed,
        },
        "account_answer_line": {
            "request_id": 1, "line": 1, "answer_id": 1, "old_state": "asked", "state": "visit",
            "reason": "r",
        },
        "account_follow_up": {
            "destination_id": 1, "result": "credited", "instruction_id": 1, "reason": "",
            "happened_on": day, "recorded_at": now,
        },
    }  # fmt: skip


def documents(now: Any, day: date, maker: int) -> dict[str, Any]:
    """A row in every table of numbered documents."""
    made = {"made_by": maker, "made_at": now}
    said = {"kind": "payroll_list", "subject": "payroll:1", "unit_code": "01273", "symbol": "DS"}
    return {
        "issued_document": [
            {
                "id": one, **said, "year": 2026, "number": one, "dated_on": day,
                "digest": f"d{one}", "persons": 1, "total": 1, "code": str(one) * 16, **made,
            }
            for one in (1, 2)
        ],
        "superseded_document": {"document_id": 1, "by_id": 2, "recorded_at": now},
        "issued_file": {
            "id": 1, "document_id": 2, "purpose": "prepared", "sha256": "s", "size_bytes": 1,
            **made,
        },
        "signed_document": {
            "id": 1, "document_id": 2, "file_id": 1, "sha256": "t", "size_bytes": 1,
            "verdict": "accepted", "reason": "", "received_by": maker, "received_at": now,
        },
        "signed_by": {
            "signed_id": 1, "verdict": "accepted", "field": "nguoi_lap", "signer": "n",
            "serial": "1", "issuer": "i", "certificate": "c", "signed_at": now, "is_stamped": 0,
        },
        "verify_asked": {"bucket": 1, "asked_at": now},
    }  # fmt: skip


def sampled(now: Any) -> list[tuple[str, dict[str, Any]]]:
    """A sample of one, who has nothing, and somebody who says so unasked, on the hotline too."""
    seeded = {"seed": "s", "z_thousandths": 1960, "margin_per_cent": 10, "officer_id": 1}
    heard = {"complaint_id": 1, "officer_id": 2, "visited_at": now, "turn": 1}
    said = {"payment_id": 1, "is_received": 0, "channel": "page", "actor": "page"}
    sized = {"sample_id": 1, "population": 1, "size": 1, "frame_digest": "d"}
    return [
        ("payment_confirmation", {**said, "complaint_id": 1, "said_at": now}),
        ("verification_sample", {"id": 1, "period": "2026-09", "area_code": "01273", **seeded,
                                 "published_at": now - timedelta(minutes=1)}),
        ("verification_draw", {**sized, "drawn_at": now}),
        ("verification_row", {"sample_id": 1, "ordinal": 1, "payment_id": 1}),
        ("verification_visit", {"sample_id": 1, "ordinal": 1, "result": "not_received", **heard}),
        *_on_the_phone(now),
    ]  # fmt: skip


def _on_the_phone(now: Any) -> list[tuple[str, dict[str, Any]]]:
    """A caller who was found and known, was sent the notice again, and was called back."""
    whose = {"lookup_id": 1, "officer_id": 1, "person_id": 1}
    asked = {"questions": "born account decision", "begun_at": now}
    due = {"about": "when", "asked_at": now, "due_at": now + timedelta(hours=1)}
    return [
        ("hotline_lookup", {"id": 1, "officer_id": 1, "reason": "when", "keys": "name",
                            "asked_at": now}),
        ("hotline_hit", {"lookup_id": 1, "ordinal": 1, "person_id": 1, "found_by": "id"}),
        ("hotline_check", {**whose, **asked}),
        ("hotline_verdict", {"lookup_id": 1, "right_answers": 2, "is_passed": 1,
                             "answered_at": now}),
        ("hotline_resend", {"id": 1, **whose, "message_id": 1, "asked_at": now}),
        ("hotline_call", {"id": 1, **whose, **due}),
        ("hotline_attempt", {"call_id": 1, "ordinal": 1, "officer_id": 1, "result": "talked",
                             "called_at": now}),
    ]  # fmt: skip
