"""Which lines name a website that may show a form in a frame."""

import pytest

from keepwell.products.forms.origins import MOST_ORIGINS, OriginsForm, origin_of


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("https://www.example.org/", "https://www.example.org"),
        (" https://Example.org:8443 ", "https://example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_taken_in_the_form_that_browsers_send(line: str, origin: str) -> None:
    assert origin_of(line) == origin


@pytest.mark.parametrize(
    "line",
    [
        "http://www.example.org",
        "https://www.example.org/page",
        "https://www..example.org",
        f"https://{'a' * 70}.example",
        "https://example.org:0",
        "https://example.org:99999",
        "https://",
        "https://*.example.org",
        "https://example.org; script-src *",
    ],
)
def test_a_typing_error_is_no_site(line: str) -> None:
    assert origin_of(line) is None


def test_more_sites_than_fit_are_refused_not_dropped() -> None:
    lines = [f"https://s{number}.example" for number in range(MOST_ORIGINS + 1)]
    assert OriginsForm({"origins": "\n".join(lines[:-1])}).is_valid()
    assert not OriginsForm({"origins": "\n".join(lines)}).is_valid()
