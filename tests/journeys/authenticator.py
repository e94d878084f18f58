"""An authenticator app (RFC 6238: SHA-1, 30 seconds, six digits), independent of Keepwell's."""

import base64
import hmac
import time

from playwright.sync_api import Page


def code(secret: str) -> str:
    """Return what the app shows now for a secret as Keepwell prints it."""
    key = base64.b32decode(secret.replace(" ", "").upper())
    counter = (int(time.time()) // 30).to_bytes(8, "big")
    digest = hmac.digest(key, counter, "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def type_next_code(page: Page, secret: str) -> None:
    """Type a code that was not shown before: each is accepted once."""
    _wait_for_another(secret, code(secret))
    type_code(page, secret)


def type_code(page: Page, secret: str) -> None:
    """Type the present code and send the form; the next one where it is not taken.

    The half-minute may have ended on the way, or another journey has used this code already.
    """
    before, shown = page.url, code(secret)
    _send(page, shown)
    if page.url == before:
        _wait_for_another(secret, shown)
        _send(page, code(secret))


def _wait_for_another(secret: str, shown: str) -> None:
    while code(secret) == shown:
        time.sleep(0.2)


def _send(page: Page, typed: str) -> None:
    page.fill('input[name="code"]', typed)
    with page.expect_navigation():
        page.locator('main form:has(input[name="code"]) button[type="submit"]').click()
