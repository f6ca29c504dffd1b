"""The checks as nox sessions, each in its own environment: `nox`, or one of them with `nox -s lint`.

.ci/run does the same in one environment, in the order in which a newcomer would.
"""

from __future__ import annotations

import nox

nox.options.sessions = ["tests", "lint", "types", "docs"]
nox.options.error_on_missing_interpreters = False


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """Run the tests and the doctests."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the simulations."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", "-m", "slow", *session.posargs)


@nox.session
def interop(session: nox.Session) -> None:
    """Check the formulas on PyTorch and JAX."""
    session.install(".[test]", "torch==2.13.0", "jax")
    session.run("python", "-m", "pytest", "-m", "interop", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format."""
    session.install(".[lint]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly."""
    session.install(".[lint]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.install(".[docs]")
    session.run("python", "-m", "sphinx", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def bench(session: nox.Session) -> None:
    """Time this library beside its peers and print the ratios."""
    session.install(".[test,bench]")
    session.run("python", "-m", "pytest", "tests/benchmarks", "-m", "benchmark", "-s", *session.posargs)
