"""Every page of Keepwell: accessible, within the policy, and nothing sticking out at the side."""

import pytest

from tests.journeys import atlas, axe, browser
from tests.journeys.clinic import Clinic
from tests.journeys.fresh import Fresh
from tests.journeys.stops import Stop

pytestmark = pytest.mark.journey

SPOILING = """
() => {
  document.querySelector("main").innerHTML = "<p onclick='1'>Pale</p><input>";
  const [pale, input] = document.querySelector("main").children;
  Object.assign(pale.style, { width: "500px", color: "#ddd" });
  input.style.height = "20px";
  pale.click();
}
"""


def findings(stop: Stop) -> list[str]:
    """Return what is wrong with a page, in four looks and on the narrowest screens."""
    found = []
    for size, scheme in browser.LOOKS:
        browser.be_looked_at(stop.page, size, scheme)
        rules = axe.EVERYTHING if scheme == "light" else axe.COLOURS
        wrong = axe.violations(stop.page, rules)
        found += [f"{stop.name} {size[0]} {scheme}: {one}" for one in wrong]
    for size in (browser.NARROW, browser.ZOOMED):
        browser.be_looked_at(stop.page, size, "light")
        if browser.scrolls_sideways(stop.page):
            out = browser.sticking_out(stop.page)
            found.append(f"{stop.name}: scrolls sideways at {size[0]} because of {out}")
    if stop.is_patients:
        found += [f"{stop.name}: small: {one}" for one in browser.small_targets(stop.page)]
    browser.be_looked_at(stop.page, browser.DESKTOP, "light")
    return [*found, *(f"{stop.name}: {one}" for one in stop.opened.findings)]


def test_every_page_is_accessible_and_within_the_policy_in_every_look(
    clinic: Clinic, fresh: Fresh
) -> None:
    found, names = [], []
    for stop in atlas.walk(clinic, fresh):
        names.append(stop.name)
        found += findings(stop)
        stop.opened.findings.clear()
    assert found == [], "\n".join(found)
    assert len(names) == len(set(names)) > 80


def test_the_search_for_findings_finds_them(clinic: Clinic) -> None:
    with browser.opened(clinic.chromium) as this:
        this.page.goto(clinic.form_link)
        this.page.evaluate(SPOILING)
        found = "\n".join(findings(Stop("patient-broken", this)))
    for one in ("color-contrast", "label", "scrolls sideways at 320", "small", "Content Security"):
        assert one in found
