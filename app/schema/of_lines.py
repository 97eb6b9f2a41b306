"""What providers said and what came of it, written once: table to its unique keys."""

from __future__ import annotations

from collections.abc import Mapping

OF_LINES: Mapping[str, str] = {
    "provider_promise": "id = new.id or joint_id = new.joint_id",
    "contract_charge": "id = new.id or joint_id = new.joint_id",
    "line_proposal": "id = new.id",
    "line_decision": "proposal_id = new.proposal_id",
    "line_unplacing": "proposal_id = new.proposal_id or placing_id = new.placing_id"
    " or entry_id = new.entry_id",
    "fee_taken": "verdict = new.verdict and target_id = new.target_id and turn = new.turn",
    "ban_lifting": "id = new.id or (account_key = new.account_key and banned_at = new.banned_at)",
    "line_note": "id = new.id",
    "line_rule": "proposal_id = new.proposal_id",
    "line_rule_end": "proposal_id = new.proposal_id or rule_id = new.rule_id",
    "lump_left_out": "instruction_id = new.instruction_id and bank_line_id = new.bank_line_id",
    "horizon_decision": "id = new.id or joint_id = new.joint_id",
    "bank_report": "id = new.id",
    "bank_line": "id = new.id or (provider = new.provider and account = new.account"
    " and entry_key = new.entry_key)",
}

# As above, but that what two officers took back is marked so.
UNDONE: Mapping[str, str] = {
    "lump": "bank_line_id = new.bank_line_id or (batch_id = new.batch_id and withdrawn_by = 0)",
    "line_match": "bank_line_id = new.bank_line_id or (verdict = new.verdict"
    " and target_id = new.target_id and withdrawn_by = 0 and verdict not in ('credit_unknown',"
    " 'debit_unknown', 'conflict', 'noted', 'told_before'))",
    "outcome": "id = new.id or bank_line_id = new.bank_line_id"
    " or (instruction_id = new.instruction_id and state = new.state"
    " and undone_by = new.undone_by)",
    "line_part": "id = new.id or (proposal_id = new.proposal_id and ordinal = new.ordinal)"
    " or (verdict = new.verdict and target_id = new.target_id and undone_by = 0)",
    "line_placing": "proposal_id = new.proposal_id or entry_id = new.entry_id"
    " or (bank_line_id = new.bank_line_id and undone_by = 0)",
}
