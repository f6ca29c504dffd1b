"""What `import mlestat` costs: NumPy and scipy.special; the rest waits until it is used. In fresh processes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import mlestat

HEAVY = (
    "pandas",
    "statsmodels",
    "matplotlib",
    "scipy.stats",
    "scipy.optimize",
    "torch",
    "jax",
    "pyarrow",
    "polars",
    "click",
    "jinja2",
)

LIST_MODULES = "import json, sys; print(json.dumps(sorted(sys.modules)))"


def modules_after(code: str) -> set[str]:
    # -W error: a warning while importing is a fault, too
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"{code}\n{LIST_MODULES}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import mlestat",
        "import mlestat; mlestat.Normal(0, 1).logpdf(0.0)",
        "import mlestat; mlestat.fit(mlestat.Gamma(), [1.0, 2.0, 4.0])",
        "import mlestat; [f() for f in mlestat.distributions.FAMILIES.values()]",
    ],
    ids=["import", "evaluate", "fit", "families"],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    assert not modules_after(code).intersection(HEAVY)


def test_every_public_name_can_be_had() -> None:
    use = "for name in mlestat.__all__: getattr(mlestat, name)"
    code = f"import mlestat\n{use}\nassert set(mlestat.__all__) <= set(dir(mlestat))"
    modules_after(code)


def test_an_unknown_name_is_an_attribute_error() -> None:
    import mlestat

    with pytest.raises(AttributeError, match="no_such_name"):
        mlestat.no_such_name  # noqa: B018


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean 'Normal'"):
        mlestat.Normall  # noqa: B018
