"""Writes scipy_survey.json: what scipy's `fit` answers on the samples of tests/survey.py.

    python tests/reference/make_scipy_survey.py [FAMILY …]

A fit that takes more than LIMIT seconds is stopped, and the reason stored in its place, as that of one that raises or
ends at numbers that are not finite. Takes two minutes on one core.
"""

from __future__ import annotations

import json
import math
import signal
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1]))

from survey import SEEDS, SHAPES, loglik, sample

LIMIT = 60
TARGET = Path(__file__).parent / "scipy_survey.json"


def _stop(*_: Any) -> None:
    raise TimeoutError


def answer(name: str, seed: int) -> dict[str, Any]:
    """Parameters (shapes, loc, scale) and log-likelihood of scipy's fit, or the reason that there is none."""
    x = sample(name, seed)
    signal.alarm(LIMIT)
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = tuple(float(v) for v in getattr(stats, name).fit(x))
    except TimeoutError:
        return {"error": f"stopped after {LIMIT} s"}
    except Exception as error:  # noqa: BLE001  (whatever scipy raises is its answer)
        return {"error": f"{type(error).__name__}: {error}"[:100]}
    finally:
        signal.alarm(0)
    height = loglik(name, x, found)
    return {"parameters": found, "loglik": height} if math.isfinite(height) else {"error": f"log-likelihood {height}"}


def main(names: list[str]) -> None:
    """Answer for these families, and keep what is stored of the others."""
    signal.signal(signal.SIGALRM, _stop)
    stored = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {"answers": {}}
    for name in names:
        stored["answers"][name] = [answer(name, seed) for seed in SEEDS]
        print(name, [a.get("error", round(a.get("loglik", 0.0), 3)) for a in stored["answers"][name]], flush=True)
        stored["scipy"], stored["numpy"] = scipy.__version__, np.__version__
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(stored["answers"].items()))
        head = f'"scipy": {json.dumps(stored["scipy"])}, "numpy": {json.dumps(stored["numpy"])}'
        TARGET.write_text(f'{{{head}, "answers": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHAPES))
