"""`ansinh recon`: what waits to be explained, and what officers do about it."""

from __future__ import annotations

import click


@click.group()
def recon() -> None:
    """Đối chiếu: quyết toán với nơi chi trả, khóa ngày và khóa tháng."""
