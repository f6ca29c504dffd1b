"""The command line: `mlestat fit`, `compare`, `sigma`, `report`, `families`, `completion`.

This file holds the group and the one place where a fault becomes a sentence and an exit code. Each command
is a file of its own; NumPy, pandas and the library itself are imported only inside the commands, so that
`--version`, `--help` and completion answer at once.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

import click

from mlestat._version import __version__
from mlestat.cli.compare import compare as compare_command
from mlestat.cli.fit import fit as fit_command
from mlestat.cli.listing import completion, families
from mlestat.cli.report import report as report_command
from mlestat.cli.sigma import sigma as sigma_command
from mlestat.cli.writing import BAD_INPUT, complain
from mlestat.errors import MlestatError

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended: 128 + SIGINT


class Cli(click.Group):
    """A group whose every fault is one line on standard error."""

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit with its code: 0, 2 (usage or input), 3 (no finite maximum), 130."""
        _print_what_the_terminal_can()
        run = super().main
        sys.exit(_exit_code(lambda: run(*args, **{**extra, "standalone_mode": False})))


def _exit_code(run: Callable[[], Any]) -> int:
    try:
        with warnings.catch_warnings():
            # A column's name may hold letters that no installed font has; pictures show boxes for them.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            code = run()
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return complain(_usage_sentence(error))
    except MlestatError as error:
        return complain(str(error))
    except MemoryError:
        return complain("there is not enough memory for this table; read fewer columns with --column")
    return code if isinstance(code, int) else 0


def _usage_sentence(error: click.ClickException) -> str:
    sentence = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None:
        return sentence
    return f"{sentence}{' See' if sentence.endswith('?') else '; see'} {context.command_path} --help"


def _print_what_the_terminal_can() -> None:
    # A terminal without σ or – gets "?" there instead of a UnicodeEncodeError.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower() not in ("utf-8", "utf8"):
            stream.reconfigure(errors="replace")


@click.group(cls=Cli, invoke_without_command=True, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="mlestat")
@click.pass_context
def cli(context: click.Context) -> None:
    """Fit distributions to columns of numbers by maximum likelihood, and report how sure the fit is.

    \b
    Examples:
      mlestat sigma measurements.csv --column speed --plot speed.png
      mlestat fit lifetimes.csv --column hours --family weibull
      mlestat compare lifetimes.csv --column hours --goodness ad
      mlestat families

    Exit codes: 0 done, 2 wrong usage or bad input (one sentence on standard error), 3 the likelihood has no
    finite maximum.
    """  # noqa: D301 - click wants the character \b
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(BAD_INPUT)


for command in (fit_command, compare_command, sigma_command, report_command, families, completion):
    cli.add_command(command)


def main() -> NoReturn:
    """Run the command line; the entry point of the installed script."""
    cli.main(prog_name="mlestat")
