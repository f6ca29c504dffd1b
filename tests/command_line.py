"""Runs the command line in this process, and reads what it prints."""

from __future__ import annotations

import inspect
import json

from click.testing import CliRunner

from mlestat.cli import cli

# click 8.1 mixes the two streams unless told otherwise, click 8.2 never does
SEPARATE = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


def run(*args, stdin=None):
    """Run the command line in this process."""
    result = CliRunner(**SEPARATE).invoke(cli, [str(a) for a in args], input=stdin, prog_name="mlestat")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def strict_json(text):
    """Parse one JSON object; NaN and Infinity, which JSON has not, are refused."""

    def refuse(token):
        raise AssertionError(f"{token} is not JSON")

    content = json.loads(text, parse_constant=refuse)
    assert isinstance(content, dict)
    return content


def assert_one_sentence(stderr, words):
    """Check that a fault is one line on standard error that holds these words."""
    assert stderr.startswith("mlestat: error: ")
    assert stderr.count("\n") == 1
    assert "Traceback" not in stderr
    for word in words:
        assert word in stderr
