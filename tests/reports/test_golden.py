"""Printed reports, word for word. After a wanted change, running this file as a script writes them anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "golden"
sys.path.insert(0, str(Path(__file__).parents[1]))

from data import column  # noqa: E402

import mlestat as mle  # noqa: E402

ROUNDING = re.compile(r"(the next step would move|condition) \d[\d.e+-]*\d?")
"""What certifies a fit is rounding error at the maximum, and differs from machine to machine."""


def named(name, values, weights=None):
    return mle.Sample(values, weights=weights, name=name)


def printed():
    """Every text that is kept, by file name."""
    speed = named("speed", column("nist_michelso", "y"))
    kicks = named("deaths", column("horsekicks", "count"), column("horsekicks", "freq"))
    hours = named("hours", column("aircondit", "hours"))
    table = mle.sigma_report({"speed": speed.values, "same": [2.0, 2.0], "bad": [1.0, "x"]})
    return {
        "sigma_normal.txt": str(mle.sigma_report(speed, k=(1, 2, 3, 6))),
        "sigma_normal.md": mle.sigma_report(speed, k=(1, 2, 3, 6)).to_markdown(),
        "sigma_poisson_weights.txt": str(mle.sigma_report(kicks, family=mle.Poisson())),
        "sigma_gamma_few.txt": str(mle.sigma_report(hours, family=mle.Gamma())),
        "sigma_gamma_few.html": mle.sigma_report(hours, family=mle.Gamma()).to_html(pictures=False),
        "sigma_table.txt": str(table),
        "summary_normal.txt": str(mle.fit(mle.Normal(), speed).summary()) + "\n",
        "summary_fixed.txt": str(mle.fit(mle.Gamma(shape=1.0), hours).summary()) + "\n",
        "summary_limit.txt": str(mle.fit(mle.StudentT(), column("nile", "flow"), strict=False).summary()) + "\n",
        "summary_gamma.tex": mle.fit(mle.Gamma(), hours).summary().as_latex() + "\n",
    }


def comparable(text):
    """The text with rounding errors masked and lines joined, since their length moves the breaks."""
    return " ".join(ROUNDING.sub(r"\1 …", " ".join(text.split())).split())


@pytest.fixture(scope="module")
def texts():
    return printed()


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.iterdir()))
def test_text_is_the_kept_one(name, texts):
    kept = (HERE / name).read_text(encoding="utf-8")
    assert comparable(texts[name]) == comparable(kept)
    assert len(texts[name].splitlines()) == len(kept.splitlines())


def test_every_text_is_kept(texts):
    assert sorted(texts) == sorted(path.name for path in HERE.iterdir())


if __name__ == "__main__":
    for name, text in printed().items():
        (HERE / name).write_text(text, encoding="utf-8")
