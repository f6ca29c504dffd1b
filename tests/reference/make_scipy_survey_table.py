"""Writes scipy_survey.md: how `from_scipy` fares on each sample of tests/survey.py, beside the truth and scipy.

    python tests/reference/make_scipy_survey_table.py [FAMILY …]

Prints what lies below either, and every verdict of a fit whose log-likelihood is finite and which found no maximum.
Takes six minutes on one core.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from survey import SEEDS, SHAPES, loglik, sample, truth

import mlestat as mle

HERE = Path(__file__).parent
CLOSE = 1e-8
HEAD = """# The survey of scipy's families

{families} continuous families × {seeds} samples of n = 200 at loc = 10, scale = 3 (tests/survey.py), all free.
*verdicts*: of `mlestat.fit(mlestat.from_scipy(family), sample)`. *below*: how many log-likelihoods are below that at
the true parameters or at scipy's answer by more than 1e-8 of it; an infinite one has the verdict "unbounded". *gain*:
by how much scipy's `fit` is less likely at most, where both are finite. Written by make_scipy_survey_table.py.

"""


@dataclass(frozen=True)
class Outcome:
    """One fit."""

    seed: int
    kind: str
    sentence: str
    height: float
    truth: float
    scipy: float
    seconds: float

    def below(self, rival: float) -> bool:
        """Whether it is less likely than a rival."""
        return bool(rival > self.height + CLOSE * abs(rival))


def outcomes(name: str, answers: list[dict[str, Any]]) -> Iterator[Outcome]:
    """Fit each sample of a family."""
    for seed, answer in zip(SEEDS, answers, strict=True):
        x = sample(name, seed)
        start = time.perf_counter()
        fit = mle.fit(mle.from_scipy(name), x, strict=False)
        took = time.perf_counter() - start
        scipys = answer.get("loglik", -math.inf)
        said = fit.verdict
        yield Outcome(seed, said.kind, said.sentence, fit.loglik, loglik(name, x, truth(name)), scipys, took)


def line(name: str, found: list[Outcome]) -> str:
    """One row of the table."""
    kinds = ", ".join(f"{kind} {count}" for kind, count in Counter(o.kind for o in found).most_common())
    below = sum(o.below(o.truth) or o.below(o.scipy) for o in found)
    scipy_below = sum(o.truth > o.scipy + CLOSE * abs(o.truth) for o in found)
    gains = [o.height - o.scipy for o in found if math.isfinite(o.height)]
    gain = f"{max(gains):.3g}" if gains else ""
    return f"| {name} | {kinds} | {below} | {scipy_below} | {gain} |"


def main(names: list[str]) -> None:
    """Fit, print what is odd, and write the table if it is of all families."""
    answers = json.loads((HERE / "scipy_survey.json").read_text(encoding="utf-8"))["answers"]
    rows, everything = [], []
    for name in names:
        found = list(outcomes(name, answers[name]))
        everything += found
        rows.append(line(name, found))
        print(rows[-1], f"{sum(o.seconds for o in found):.1f} s", flush=True)
        for o in found:
            if o.below(o.truth) or o.below(o.scipy):
                print(f"  BELOW seed {o.seed}: {o.height} truth {o.truth} scipy {o.scipy}; {o.sentence}", flush=True)
            elif o.kind not in ("interior", "boundary") and math.isfinite(o.height):
                print(f"  seed {o.seed}: {o.sentence}", flush=True)
    total = line(f"all {len(everything)}", everything)
    print(total, f"{sum(o.seconds for o in everything):.1f} s")
    if set(names) == set(SHAPES):
        head = HEAD.format(families=len(SHAPES), seeds=len(SEEDS))
        title = "| family | verdicts | below | scipy below the truth | gain |\n|---|---|---|---|---|"
        (HERE / "scipy_survey.md").write_text(head + "\n".join([title, *rows, total]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHAPES))
