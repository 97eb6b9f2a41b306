"""The command line as a program of its own, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; from app.cli.main import main; sys.argv[0] = 'ansinh'; sys.exit(main())"


def run_ansinh(
    args: Sequence[str | os.PathLike[str]],
    *,
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_seconds: float = 300,
) -> subprocess.CompletedProcess[str]:
    """Run `ansinh ARGS` and hand back its exit code, stdout and stderr as text.

    It runs with this interpreter on this source tree, with no `ANSINH_` variable but those
    in `environment`. Raises subprocess.TimeoutExpired.
    """
    return subprocess.run(
        ansinh_command(args),
        env=ansinh_environment(environment),
        cwd=cwd or ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
    )


def ansinh_command(args: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The argument list of `ansinh ARGS`, for tests that start and kill it themselves."""
    return [sys.executable, "-c", _START, *(os.fspath(one) for one in args)]


def ansinh_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a process: ours without `ANSINH_` variables, plus those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSINH_")}
    return {**kept, "PYTHONPATH": str(ROOT), **(environment or {})}
