"""`ansinh recon`: what waits to be explained, and what officers do about it."""

from __future__ import annotations

import click


@click.group()
def recon() -> None:
    """Đối chiếu: ghép dòng ngân hàng còn chờ, quyết toán với nơi chi trả, khóa ngày, khóa tháng."""
