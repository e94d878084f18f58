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
    used = code(secret)
    while code(secret) == used:
        time.sleep(0.2)
    type_code(page, secret)


def type_code(page: Page, secret: str) -> None:
    """Type the present code and send the form; once more if the half-minute ended on the way."""
    before = page.url
    for _ in range(2):
        page.fill('input[name="code"]', code(secret))
        with page.expect_navigation():
            page.locator('main form:has(input[name="code"]) button[type="submit"]').click()
        if page.url != before:
            return
