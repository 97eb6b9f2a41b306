"""The kinds of life events, and the legal moves of a proposal; the database holds them too."""

from __future__ import annotations

PROPOSED, CONFIRMED, REFUSED = "proposed", "confirmed", "refused"

EVENT_MOVES = frozenset({(PROPOSED, CONFIRMED), (PROPOSED, REFUSED)})

DEATH, FUNERAL, MOVE, CATEGORY = "death", "funeral", "move", "category"
UNCOLLECTED, RESUME, PAUSE_ENDS = "uncollected", "resume", "pause_ends"
AGE, DEPENDANT_AGE, STUDY_PAPER, STUDY_ENDS = "age", "dependant_age", "study_paper", "study_ends"
AUTHORISATION = "authorisation"

KINDS = {
    DEATH: "qua đời",
    FUNERAL: "hỗ trợ mai táng",
    MOVE: "chuyển nơi ở",
    CATEGORY: "đổi diện hưởng",
    UNCOLLECTED: "ba tháng không nhận tiền",
    RESUME: "chi trả lại",
    PAUSE_ENDS: "ba tháng sau tạm dừng",
    AGE: "đến tuổi",
    DEPENDANT_AGE: "người được nuôi đến tuổi",
    STUDY_PAPER: "cần giấy của trường",
    STUDY_ENDS: "hết thời gian học",
    AUTHORISATION: "uỷ quyền sắp hết hạn",
}
"""Each kind with its words."""

FROM, TO, WHOLE = "from", "to", ""
"""Whose word a decision is: that of the old or the new commune of a move, or of all there is."""
