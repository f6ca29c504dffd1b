"""A real browser for the tests of pages: headless Chromium, found on this machine, asking nothing of any other.

The driver's location is given explicitly, so that selenium looks for nothing to download.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # inside a container there is none to be had
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    "--window-size=1100,900",
)
WAIT = 60  # seconds for a page or a script, on a busy machine


@contextmanager
def chromium():
    """Start Chromium; skip, saying why, where it, its driver or selenium is missing."""
    pytest.importorskip("selenium", reason="selenium is not installed (pip install mlestat[browser])")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if browser is None or driver is None:
        pytest.skip("no Chromium with its driver is installed (Debian: chromium, chromium-driver)")
    options = Options()
    options.binary_location = browser
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    started.set_page_load_timeout(WAIT)
    started.set_script_timeout(WAIT)
    try:
        yield started
    finally:
        started.quit()


def requests(browser):
    """Return the addresses that were asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]


def complaints(browser):
    """Return what the console said since the last call."""
    return [entry["message"] for entry in browser.get_log("browser")]


def axe_core():
    """Return the text of axe-core; skip where AXE_CORE does not name its file."""
    path = os.environ.get("AXE_CORE", "")
    if not Path(path).is_file():
        pytest.skip("AXE_CORE names no copy of axe.min.js (npm install axe-core)")
    return Path(path).read_text(encoding="utf-8")
