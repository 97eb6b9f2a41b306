"""What An Sinh costs, measured: `python -m benchmarks [NAME]`, one module a benchmark.

A benchmark is a module here with `run(arguments: list[str]) -> Bench`.
"""
