#!/usr/bin/env python3
"""Kiểm tra hồ sơ kiểm toán này / checks this audit pack: `python3 verify.py [FOLDER] [--key KEY]`.

Needs Python 3.9 or newer; the checks stand in the folder `checker` beside this file.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    # Nothing is written into the pack, and the checker is found however Python was started.
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    sys.exit(import_module("checker.run").main(sys.argv[1:], HERE))
