"""Benchmarks: `python -m bench` runs ours and theirs side by side, on synthetic data."""
