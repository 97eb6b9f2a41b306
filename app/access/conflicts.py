"""Roles that one person does not hold at a time, and why (docs/officers.md).

Where a person held one before the other, nothing here helps: that no person takes two steps of
one payroll is refused again where he acts.
"""

from __future__ import annotations

from itertools import combinations

from app.access.role_tables import ROLES

_WHY = {
    ("checker", "maker"): "Người lập không tự kiểm tra bảng của mình.",
    ("approver", "maker"): "Người lập không tự duyệt bảng của mình.",
    ("maker", "releaser"): "Người lập bảng không tự chi tiền.",
    ("approver", "checker"): "Kiểm tra và duyệt là hai bước của hai người.",
    ("checker", "releaser"): "Người kiểm tra bảng không tự chi tiền.",
    ("approver", "releaser"): "Người duyệt bảng không tự chi tiền.",
}
_ALONE = {
    "auditor": "Người kiểm toán không làm việc mà mình kiểm tra.",
    "admin": "Người cấp quyền không có quyền nghiệp vụ.",
    "desk": "Người trực đường dây nóng không làm việc về tiền.",
    "helper": "Người của tổ công nghệ số không làm việc về tiền.",
}


def _rows() -> tuple[dict[str, str], ...]:
    found = []
    for role, other in combinations(sorted(ROLES), 2):
        alone = next((_ALONE[one] for one in (role, other) if one in _ALONE), "")
        why = alone or _WHY[role, other]
        reach = "everywhere" if alone else "unit"
        found.append({"role": role, "other": other, "reach": reach, "why": why})
    return tuple(found)


CONFLICTS = _rows()
"""The rows of `role_conflict`: every pair of roles."""
