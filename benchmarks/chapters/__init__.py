"""The chapters of `docs/performance.md`, one file each: how it is measured, shown and judged.

A new benchmark is a file here and a line in `benchmarks/contents.py`.
"""
