"""Reads tests/reference: the stored cases and their data. No number is computed here."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

REFERENCE = Path(__file__).parent / "reference"


@cache
def cases() -> tuple[dict[str, Any], ...]:
    """All stored cases."""
    return tuple(json.loads((REFERENCE / "cases.json").read_text(encoding="utf-8")))


@cache
def hard_cases() -> tuple[dict[str, Any], ...]:
    """The small cases that users reported to other libraries."""
    return tuple(json.loads((REFERENCE / "hard_cases.json").read_text(encoding="utf-8")))


def named(case_id: str) -> dict[str, Any]:
    """The case of that name."""
    return next(c for c in cases() if c["id"] == case_id)


@cache
def text_columns(dataset: str) -> dict[str, tuple[str, ...]]:
    """The columns of a data file as the decimal strings that it holds."""
    with (REFERENCE / "data" / f"{dataset}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(row[name] for row in rows) for name in rows[0]}


def column(dataset: str, name: str) -> np.ndarray:
    """One column as doubles."""
    return np.array([float(text) for text in text_columns(dataset)[name]])


def values_and_weights(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray | None]:
    """The data of a complete or weighted case."""
    x = column(case["dataset"], case["columns"]["x"])
    if "weights" not in case["columns"]:
        return x, None
    w = column(case["dataset"], case["columns"]["weights"])
    transform = case.get("transform") or []
    if transform not in ([], ["weight = column / 1000"]):
        raise AssertionError(f"{case['id']}: transform {transform} is not known here")
    return x, w / 1000 if transform else w
