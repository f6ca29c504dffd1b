"""The report in a real browser: numbers are Python's, nothing leaves the file, names stay text, everyone can use it."""

from __future__ import annotations

import math
import re
from importlib.resources import files

import numpy as np
import pytest
from browser import axe_core, chromium, complaints, requests
from data import column

import mlestat as mle
from mlestat.reports.explorer import FORMULAS

pytestmark = pytest.mark.browser

HOSTILE = """<script>document.title='owned'</script>"><img src=x onerror=alert(1)> 'q' & </title>"""
NATS = 1e-6
"""How far the log-likelihood in the page may be from Python's: the page shows six decimals."""


def rng():
    return np.random.default_rng(8)


SPEED = mle.Sample(column("nist_michelso", "y"), name="speed")
FITS = {
    "normal": lambda: mle.fit(mle.Normal(), SPEED),
    "hostile": lambda: mle.fit(mle.Gamma(), mle.Sample(column("aircondit", "hours"), name=HOSTILE)),
    "weighted": lambda: mle.fit(mle.Poisson(), mle.Sample([0, 1, 2, 3, 4], weights=[109, 65, 22, 3, 1])),
    "three": lambda: mle.fit(mle.GEV(), column("portpirie", "level")),
    "censored": lambda: mle.fit(mle.Weibull(), mle.Sample.events(rng().weibull(2.0, 60), rng().random(60) < 0.7)),
    "no formula": lambda: mle.fit(mle.SkewNormal(), rng().gamma(3.0, size=80)),
    "many values": lambda: mle.fit(mle.Laplace(), rng().laplace(size=2_500)),
    "held": lambda: mle.fit(mle.Gamma(shape=2.0), [1.0, 2.0, 6.0]),
}

MEMBERS = {
    "Normal": {"mu": 1.0, "sigma": 2.0},
    "LogNormal": {"mu": 0.5, "sigma": 0.7},
    "HalfNormal": {"sigma": 2.0},
    "GeneralizedNormal": {"mu": 1.0, "scale": 2.0, "power": 1.5},
    "Exponential": {"scale": 2.0},
    "Gamma": {"shape": 0.7, "scale": 2.0},
    "InverseGamma": {"shape": 3.0, "scale": 2.0},
    "GeneralizedGamma": {"shape": 1.5, "scale": 2.0, "power": 0.8},
    "ChiSquared": {"df": 3.0},
    "Weibull": {"shape": 1.7, "scale": 2.0},
    "Rayleigh": {"scale": 2.0},
    "Maxwell": {"scale": 2.0},
    "Gompertz": {"shape": 0.6, "scale": 2.0},
    "LogLogistic": {"shape": 2.0, "scale": 3.0},
    "Burr": {"c": 2.0, "d": 1.5, "scale": 3.0},
    "Laplace": {"mu": 1.0, "scale": 2.0},
    "AsymmetricLaplace": {"mu": 1.0, "scale": 2.0, "quantile": 0.3},
    "Logistic": {"mu": 1.0, "scale": 2.0},
    "Cauchy": {"mu": 1.0, "scale": 2.0},
    "StudentT": {"df": 4.5, "mu": 1.0, "sigma": 2.0},
    "GumbelMax": {"mu": 1.0, "scale": 2.0},
    "GumbelMin": {"mu": 1.0, "scale": 2.0},
    "GEV": {"xi": 0.2, "mu": 1.0, "sigma": 2.0},
    "GPD": {"xi": -0.2, "sigma": 2.0},
    "Pareto": {"shape": 2.0, "minimum": 3.0},
    "Lomax": {"shape": 2.0, "scale": 3.0},
    "Beta": {"a": 0.7, "b": 3.0},
    "Kumaraswamy": {"a": 2.0, "b": 3.0},
    "Uniform": {"low": 1.0, "high": 3.0},
    "InverseGaussian": {"mean": 2.0, "shape": 3.0},
    "Bernoulli": {"p": 0.3},
    "Binomial": {"n": 9, "p": 0.3},
    "Geometric": {"p": 0.3},
    "Poisson": {"rate": 40.0},
    "NegativeBinomial": {"mean": 4.0, "size": 1.5},
    "BetaBinomial": {"n": 9, "a": 2.0, "b": 3.0},
    "LogSeries": {"p": 0.6},
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Write a report once for each fit, when it is first asked for."""
    folder, written = tmp_path_factory.mktemp("reports"), {}

    def page(name):
        if name not in written:
            fit, path = FITS[name](), folder / f"{name.replace(' ', '_')}.html"
            fit.report(path)
            written[name] = fit, path
        return written[name]

    return page


@pytest.fixture
def shown(browser, pages):
    """Open the report of a fit with empty logs; return the fit."""

    def show(name):
        fit, path = pages(name)
        browser.get("about:blank")
        complaints(browser), requests(browser)
        browser.get(path.as_uri())
        return fit

    return show


def press(browser, place, key, times):
    """Press a key on the place-th parameter's slider."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    slider = browser.find_elements(By.CSS_SELECTOR, "input[data-parameter]")[place]
    for _ in range(times):
        slider.send_keys(getattr(Keys, key))


def number(browser, selector):
    """Read a number that the page shows, in full precision and as it is written."""
    from selenium.webdriver.common.by import By

    node = browser.find_element(By.CSS_SELECTOR, selector)
    written = re.search(r"[−\d][\d.e+−]*$", node.text)
    return float(node.get_attribute("data-value")), float(written.group().replace("−", "-"))


def python_loglik(fit, values):
    """The log-likelihood by the public densities, row by row: no path of the report."""
    d, sample = fit.model.with_values({**fit.params, **values}), fit.sample
    w = np.ones(sample.rows) if sample.weights is None else sample.weights
    if sample.right_censored is None:
        return float(np.sum(w * d.logpdf(sample.values)))
    return float(np.sum(w * np.where(sample.right_censored, d.logsf(sample.values), d.logpdf(sample.values))))


@pytest.mark.parametrize("name", FITS)
def test_a_slider_moved_by_keyboard_shows_pythons_log_likelihood(browser, shown, name):
    fit = shown(name)
    moved = fit.free[:2]
    press(browser, 0, "ARROW_RIGHT", 4)
    if len(moved) > 1:
        press(browser, 1, "ARROW_LEFT", 3)
    values = {p: number(browser, f"output[for=r0-s{k}]")[0] for k, p in enumerate(moved)}
    assert all(values[p] != fit.params[p] for p in moved)
    expected = python_loglik(fit, values)
    assert expected < fit.loglik
    for found in number(browser, "[data-role=loglik]"):
        assert abs(found - expected) <= NATS
    assert complaints(browser) == []


@pytest.mark.parametrize("name", ["normal", "hostile", "weighted", "three", "censored"])
def test_area_and_height_are_probability_and_density(browser, shown, name):
    fit = shown(name)
    a, b, x = (number(browser, f"output[for=r0-{role}]")[0] for role in ("from", "to", "mark"))
    d = fit.distribution
    assert number(browser, "[data-role=probability]")[0] == pytest.approx(float(d.cdf(b) - d.cdf(a)), abs=1e-6)
    assert number(browser, "[data-role=height]")[0] == pytest.approx(float(d.pdf(x)), rel=1e-9)


def test_the_recipe_climbs_to_the_estimate(browser, shown):
    from selenium.webdriver.common.by import By

    fit = shown("normal")
    press(browser, 0, "PAGE_UP", 3)
    press(browser, 1, "HOME", 1)
    lower = number(browser, "[data-role=loglik]")[0]
    for k in range(2):
        browser.find_elements(By.CSS_SELECTOR, "button[data-over]")[k].click()
    assert lower < number(browser, "[data-role=loglik]")[0]
    assert number(browser, "[data-role=loglik]")[0] == pytest.approx(fit.loglik, abs=NATS)
    assert number(browser, "output[for=r0-s1]")[0] == fit.params["sigma"]


@pytest.mark.parametrize("name", ["normal", "hostile"])
def test_nothing_leaves_the_file_and_the_console_is_silent(browser, pages, shown, name):
    shown(name)
    press(browser, 0, "ARROW_RIGHT", 1)
    assert set(requests(browser)) == {pages(name)[1].as_uri()}
    assert complaints(browser) == []


def test_a_hostile_name_stays_text(browser, shown):
    from selenium.webdriver.common.by import By

    shown("hostile")
    assert browser.title == f"{HOSTILE}: Gamma"
    assert browser.find_element(By.TAG_NAME, "h1").text == f"{HOSTILE}: Gamma"
    assert browser.find_elements(By.CSS_SELECTOR, "img, iframe, object, link") == []
    assert len(browser.find_elements(By.CSS_SELECTOR, "script")) == 2  # the data and the explorer


def test_the_policy_refuses_what_was_smuggled_in(browser, shown):
    shown("normal")
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.smuggled = 1'; document.body.append(s)"
    )
    assert browser.execute_script("return window.smuggled === undefined")
    assert any("Content Security Policy" in entry for entry in complaints(browser))


def test_ids_are_unique_and_references_lead_somewhere(browser, shown):
    shown("three")
    twice, lost = browser.execute_script(
        """const all = [...document.querySelectorAll('[id]')].map((e) => e.id), ids = new Set(all);
        const uses = [...document.querySelectorAll('use')].map((e) => e.getAttribute('href').slice(1));
        const labelled = [...document.querySelectorAll('[aria-labelledby]')];
        const labels = labelled.map((e) => e.getAttribute('aria-labelledby'));
        return [all.length - ids.size, [...uses, ...labels].filter((id) => !ids.has(id))];"""
    )
    assert (twice, lost) == (0, [])


def test_the_page_is_readable_without_javascript(browser, pages):
    from selenium.webdriver.common.by import By

    fit, path = pages("normal")
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(path.as_uri())
        assert "needs JavaScript" in browser.find_element(By.TAG_NAME, "main").text
        assert not browser.find_element(By.CSS_SELECTOR, "[data-explorer]").is_displayed()
        assert len(browser.find_elements(By.CSS_SELECTOR, "figure svg[role=img]")) == 7
        assert fit.verdict.kind in browser.find_element(By.TAG_NAME, "main").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["normal", "hostile", "weighted"])
def test_axe_core_finds_no_serious_fault(browser, pages, name, scheme):
    axe, path = axe_core(), pages(name)[1]
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.get(path.as_uri())
    browser.execute_script(axe)
    result = browser.execute_async_script("axe.run(document).then(arguments[arguments.length - 1])")
    faults = [(v["id"], v["impact"], v["nodes"][0]["html"][:200]) for v in result["violations"]]
    assert result["passes"], "axe-core looked at nothing"
    assert [fault for fault in faults if fault[1] in ("serious", "critical")] == []


@pytest.mark.parametrize("width", [320, 1100])
def test_nothing_sticks_out_of_a_narrow_screen(browser, pages, width):
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(pages("hostile")[1].as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_every_formula_in_the_page_is_pythons(browser):
    browser.get("about:blank")
    source = (files("mlestat.reports") / "templates" / "densities.js").read_text(encoding="utf-8")
    found = browser.execute_script(
        f"{source}; const all = arguments[0].map(([n, p, xs]) => xs.map((x) => logDensity[n](x, p)));"
        "return [Object.keys(logDensity), all];",
        [[name, p, places(name, p)] for name, p in MEMBERS.items()],
    )
    assert set(found[0]) == FORMULAS == set(MEMBERS)
    for (name, p), values in zip(MEMBERS.items(), found[1], strict=True):
        expected = np.asarray(getattr(mle, name)(**p).logpdf(np.array(places(name, p))))
        assert np.allclose(values, expected, rtol=1e-11, atol=1e-11), name


def places(name, p):
    """Where the densities are compared: through the bulk and into both tails."""
    d = getattr(mle, name)(**p)
    x = np.asarray(d.ppf(np.array([1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1.0 - 1e-6])))
    return [float(v) for v in x if math.isfinite(v)]
