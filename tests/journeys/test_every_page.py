"""Every page of Keepwell: accessible, within the policy, and nothing sticking out at the side."""

import pytest

from tests.journeys import atlas, axe, browser
from tests.journeys.clinic import Clinic
from tests.journeys.fresh import Fresh

pytestmark = pytest.mark.drill  # minutes in a browser: axe on every page, in both themes

ZOOMED = (320, 256)  # 1280 x 1024 at 400 % (WCAG 1.4.10)
SMALL_TARGETS = """
() => [...document.querySelectorAll("main :is(button, input, select, textarea, .choice label)")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen") && one.type !== "hidden")
  .filter((one) => !(one.closest(".choice") && one.tagName === "INPUT"))
  .filter((one) => one.getBoundingClientRect().height < 43.5)
  .map((one) => `${one.outerHTML.slice(0, 80)} ${one.getBoundingClientRect().height}`)
"""

SPOILING = """
() => {
  document.querySelector("main").innerHTML = "<p onclick='1'>Pale</p><input>";
  const [pale, input] = document.querySelector("main").children;
  Object.assign(pale.style, { width: "500px", color: "#ddd" });
  input.style.height = "20px";
  pale.click();
}
"""


def findings(stop: atlas.Stop) -> list[str]:
    """Return what is wrong with a page, in four looks and on the narrowest screens."""
    found = []
    for size, scheme in browser.LOOKS:
        browser.be_looked_at(stop.page, size, scheme)
        found += [f"{stop.name} {size[0]} {scheme}: {one}" for one in axe.violations(stop.page)]
    for size in (browser.NARROW, ZOOMED):
        browser.be_looked_at(stop.page, size, "light")
        if browser.scrolls_sideways(stop.page):
            found.append(f"{stop.name}: scrolls sideways at {size[0]}")
    if stop.is_patients:
        found += [f"{stop.name}: small: {one}" for one in stop.page.evaluate(SMALL_TARGETS)]
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
        found = "\n".join(findings(atlas.Stop("patient-broken", this)))
    for one in ("color-contrast", "label", "scrolls sideways at 320", "small", "Content Security"):
        assert one in found
