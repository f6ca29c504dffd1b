"""`mlestat families` and `mlestat completion`: what there is, and how a shell can offer it."""

from __future__ import annotations

from typing import Any

import click

from mlestat.cli import writing

INSTALL = {
    "bash": 'add this line to ~/.bashrc: eval "$(mlestat completion bash)"',
    "zsh": 'add this line to ~/.zshrc, after compinit: eval "$(mlestat completion zsh)"',
    "fish": "run: mlestat completion fish > ~/.config/fish/completions/mlestat.fish",
}

WRAPPED = {
    "Truncated": "truncated(gamma, lower=1, upper=9)",
    "Shifted": "shifted(weibull)",
    "ZeroInflated": "zero_inflated(poisson)",
    "LimitedFailure": "limited_failure(weibull)",
    "Mixture": "mixture(normal, normal)",
}
"""An example of each wrapper."""

WHAT = {
    "Truncated": "seen between known bounds only",
    "Shifted": "moved by a threshold (by)",
    "ZeroInflated": "with a share (p) of further zeros",
    "LimitedFailure": "a share (p) of a population that fails at all",
    "Mixture": "shares (weight1, …) of two or more",
}


@click.command(short_help="List the families that can be fitted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def families(as_json: bool) -> None:
    """List the families: parameters, support, and how the estimate is found; then what wraps them.

    \b
    Examples:
      mlestat families
      mlestat families --json
    """  # noqa: D301 - click wants the character \b
    rows = _families()
    if as_json:
        click.echo(writing.one_object({"families": rows, "wrappers": WRAPPED}))
        return
    headers = ("family", "parameters", "support", "values", "solver")
    cells = [headers, *(_cells(row) for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headers))]
    for row in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    click.echo("\nMade from them, and from each other; written for --family as in Python:")
    width = max(map(len, WRAPPED.values()))
    for name, example in WRAPPED.items():
        click.echo(f"{example.ljust(width)}  {WHAT[name]}")


def _families() -> list[dict[str, object]]:
    from mlestat.distributions import FAMILIES, VECTOR_FAMILIES

    table: dict[str, type[Any]] = {**FAMILIES, **VECTOR_FAMILIES}
    return [
        {
            "name": name,
            "class": family.__name__,
            "parameters": list(family.parameter_names()),
            "support": str(family().support),
            "discrete": family.is_discrete(),
            "solver": family.solver,
        }
        for name, family in table.items()
    ]


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    parameters = row["parameters"]
    assert isinstance(parameters, list)
    values = "discrete" if row["discrete"] else "continuous"
    return str(row["name"]), ", ".join(parameters), str(row["support"]), values, str(row["solver"])


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(list(INSTALL)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell; its first line says how to install it.

    \b
    Examples:
      eval "$(mlestat completion bash)"
      mlestat completion fish > ~/.config/fish/completions/mlestat.fish
    """  # noqa: D301 - click wants the character \b
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None  # click knows all three
    script = found(context.find_root().command, {}, "mlestat", "_MLESTAT_COMPLETE")
    # Not script.source(): for bash that starts bash to ask its version, and fails where there is none.
    click.echo(f"# To install: {INSTALL[shell]}\n{script.source_template % script.source_vars()}")
