"""`keepwell demo`: a clinic that can be used at once, and by nobody else."""

import json
import re
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin

from keepwell.safeguards.identity.second_factor import code_at, current_counter
from tests.serving import WHY, Demo, environment, installation, keepwell

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEYS = {"name", "email", "password", "totp_secret", "role", "organisation"}


class Browser:
    """A browser without JavaScript: cookies, redirects, forms."""

    def __init__(self, demo: Demo) -> None:
        self.origin: str = demo.said["staff_url"]
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=demo.served.tls()),
            urllib.request.HTTPCookieProcessor(CookieJar()),
        )
        self.page = ""

    def get(self, path: str) -> str:
        """Open a page and return its text."""
        return self._open(urllib.request.Request(urljoin(self.origin, path)))  # noqa: S310

    def post(self, path: str, **fields: str) -> str:
        """Send the form of the page that was opened last."""
        found = TOKEN.search(self.page)
        assert found is not None
        data = urlencode({"csrfmiddlewaretoken": found[1], **fields}).encode()
        request = urllib.request.Request(  # noqa: S310
            urljoin(self.origin, path), data, headers={"Origin": self.origin}
        )
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=60) as answer:
            self.page = answer.read().decode()
        return self.page


def inbox_of(demo: Demo, name: str) -> str:
    """Sign in as one of the demonstration's people, as its page says, and read the inbox."""
    account, browser = demo.account(name), Browser(demo)
    browser.get("/sign-in/?next=/inbox/")
    browser.post("/sign-in/", email=account["email"], password=account["password"], next="/inbox/")
    return browser.post("/sign-in/code/", code=code_at(account["totp_secret"], current_counter()))


def test_it_prints_what_a_program_needs_and_nothing_else(demo: Demo) -> None:
    assert demo.served.out.all() == [json.dumps(demo.said)]
    assert set(demo.said) == {"staff_url", "public_url", "ca_file", "accounts", "forms"}
    assert demo.said["staff_url"] == demo.said["public_url"] == demo.served.url
    assert Path(demo.said["ca_file"]).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert all(set(account) == KEYS for account in demo.said["accounts"])
    assert [(a["name"], a["role"], a["organisation"]) for a in demo.said["accounts"]] == [
        ("Ada Moreno", "owner", "Riverside Clinic"),
        ("Ben Okafor", "member", "Riverside Clinic"),
        ("Dee Lindqvist", "auditor", "Riverside Clinic"),
        ("Abe Castellan", "administrator", "Riverside Clinic"),
        ("Cy Hartmann", "owner", "Hillside Practice"),
    ]
    assert [set(form) for form in demo.said["forms"]] == [{"title", "version", "link"}]


def test_a_patient_can_open_the_form(demo: Demo) -> None:
    page = Browser(demo).get(demo.said["forms"][0]["link"])
    assert demo.said["forms"][0]["title"] in page
    assert "Riverside Clinic" in page
    assert "+1 555 0100" in page


def test_a_member_signs_in_and_finds_what_patients_sent(demo: Demo) -> None:
    inbox = inbox_of(demo, "ben")
    assert "Pat Winters" in inbox
    assert "Rosa Delgado" in inbox


def test_the_other_organisation_finds_nothing_of_it(demo: Demo) -> None:
    assert "Pat Winters" not in inbox_of(demo, "cy")


def test_the_trail_is_proven_by_a_program_that_knows_nothing_of_keepwell(
    demo: Demo, tmp_path: Path
) -> None:
    home, out = demo.served.home, tmp_path / "out"
    verified = keepwell(home, "verify", "--organisation", "riverside clinic")
    assert verified.returncode == 0
    assert "Riverside Clinic: whole: " in verified.stdout
    exported = keepwell(
        home, "trail", "export", "--organisation", "Riverside Clinic", "--out", str(out), *WHY
    )
    assert exported.returncode == 0, exported.stderr
    checked = subprocess.run(
        [sys.executable, "-I", out / "verify.py", out], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0
    assert checked.stdout.startswith("whole: ")


def test_a_folder_keeps_its_clinic_and_another_has_other_secrets(tmp_path: Path) -> None:
    secrets = []
    for home in (tmp_path / "one", tmp_path / "one", tmp_path / "two"):
        if not home.exists():
            installation(home)
        done = keepwell(home, "demo", "--json", "--no-serve")
        assert done.returncode == 0, done.stderr
        accounts = json.loads(done.stdout)["accounts"]
        secrets.append({(a["email"], a["password"], a["totp_secret"]) for a in accounts})
    assert secrets[0] == secrets[1]
    assert not secrets[0] & secrets[2]
    assert len({password for _, password, _ in secrets[0]}) == 5
    assert (tmp_path / "one" / "demo.json").stat().st_mode & 0o777 == 0o600


def test_an_installation_with_people_in_it_never_becomes_a_demonstration(demo: Demo) -> None:
    (demo.served.home / "demo.json").rename(demo.served.home / "demo.kept")
    try:
        done = keepwell(demo.served.home, "demo", "--no-serve")
    finally:
        (demo.served.home / "demo.kept").rename(demo.served.home / "demo.json")
    assert done.returncode == 1
    assert "no demonstration" in done.stderr


def test_a_loading_that_was_interrupted_is_not_served(tmp_path: Path) -> None:
    home = installation(tmp_path / "home")
    (home / "demo.json").write_text('{"loading": true}')
    done = keepwell(home, "demo")
    assert done.returncode == 1
    assert "interrupted" in done.stderr


def test_the_page_for_people_says_what_to_try(tmp_path: Path) -> None:
    done = keepwell(installation(tmp_path / "a home"), "demo", "--no-serve")
    assert "enter no real people" in done.stdout
    assert "/f/" in done.stdout
    proving = next(line for line in done.stdout.splitlines() if line.endswith("keepwell verify"))
    proven = subprocess.run(
        ["sh", "-c", proving],
        env=environment(tmp_path / "elsewhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert proven.returncode == 0, f"what is printed works as it is: {proven.stderr}"
