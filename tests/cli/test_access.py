"""`keepwell access` beside a real server: networks, forwarded addresses, matrix, a lost phone."""

import getpass
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.installed import Installed, installed
from tests.remote import Remote, patient, staff
from tests.serving import COMMAND, WHY, Demo, environment
from tests.stores.session import Stores

CLINIC = "Riverside Clinic"
INSIDE, OUTSIDE = "203.0.113.9", "192.0.2.66"
REASON = "The provider gave us another address"


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[Installed]:
    with installed(stores, tmp_path / "home") as made:
        yield made


@dataclass
class Forwarded(Remote):
    """A browser whose requests claim to come from somewhere."""

    claimed: str = ""

    def _headers(self, kind: str) -> dict[str, str]:
        return super()._headers(kind) | {"X-Forwarded-For": self.claimed}


def claiming(member: Remote, claimed: str) -> Forwarded:
    return Forwarded(member.served, member.agent, member.cookies, claimed)


def script(place: Installed, text: str) -> subprocess.CompletedProcess[str]:
    """Run Python as Keepwell on this installation."""
    return subprocess.run(
        [str(COMMAND.parent / "python"), "-c", f"import django; django.setup()\n{text}"],
        env=environment(place.home, **place.settings)
        | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


ALLOW = f"""
from keepwell.cli import organisations
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.networks import actions as network_actions
from keepwell.safeguards.audit import writer
here = organisations.meant("{CLINIC}")
viewer = viewers.console(here.id, account="tests")
network_actions.add(viewer, network="203.0.113.0/24", name="Desk")
writer.stop()
"""


def said(place: Installed, tmp_path: Path, kind: str) -> list[dict[str, str]]:
    out = tmp_path / f"{kind.replace(':', '-')}.jsonl"
    asked = ("trail", "export", "--organisation", CLINIC, "--format", "jsonl", "--out", str(out))
    exported = place.run(*asked, *WHY)
    assert exported.returncode == 0, exported.stderr
    entries = [json.loads(line) for line in out.read_text().splitlines()]
    return [one for one in entries if one["kind"] == kind]


def add_list(place: Installed) -> None:
    done = script(place, ALLOW)
    assert done.returncode == 0, done.stderr


def signing_in(demo: Demo, name: str, claimed: str) -> tuple[int, str]:
    """Give both steps while claiming an address; return how it ended."""
    from keepwell.safeguards.identity import second_factor  # noqa: PLC0415  needs the settings

    account, client = demo.account(name), Forwarded(demo.served, claimed=claimed)
    client.get("/sign-in/")
    client.post("/sign-in/", {"email": account["email"], "password": account["password"]})
    for _ in range(2):  # the half-minute may end between two lines
        code = second_factor.code_at(account["totp_secret"], second_factor.current_counter())
        answer = client.post("/sign-in/code/", {"code": code})
        if answer.status_code != 422:
            break
    return answer.status_code, answer.text


def test_a_list_that_shuts_everybody_out_is_opened_from_the_console(
    place: Installed, tmp_path: Path
) -> None:
    with place.demo() as demo:
        ada, cy, pat = staff(demo, "ada"), staff(demo, "cy"), patient(demo)
        add_list(place)
        turned_away = ada.get("/inbox/")
        assert turned_away.path == "/sign-in/"
        assert "only from networks it has allowed" in turned_away.text
        status, page = signing_in(demo, "ben", INSIDE)
        assert (status, "Not from this network" in page) == (403, True), "a claim is no proof"
        assert cy.get("/inbox/").status_code == 200
        assert Remote(demo.served).get(f"/f/{pat.token}/").status_code == 200

        shown = place.run("access", "networks", "show", "--organisation", CLINIC)
        assert shown.returncode == 0, shown.stderr
        assert re.search(r"203\.0\.113\.0/24 +everybody +Desk$", shown.stdout.strip())
        blank = place.run("access", "networks", "open", "--organisation", CLINIC, "--reason", " ")
        assert (blank.returncode, "Nothing was done: say why" in blank.stderr) == (2, True)
        opened = place.run(
            "access", "networks", "open", "--organisation", CLINIC, "--reason", REASON
        )
        assert opened.returncode == 0, opened.stderr
        dee = staff(demo, "dee")
        assert dee.get("/networks/").status_code == 200
        assert "This list is suspended" in dee.get("/networks/").text
    [told] = said(place, tmp_path, "access:networks:suspend")
    assert (told["account"], told["reason"]) == (getpass.getuser(), REASON)
    assert len(said(place, tmp_path, "access:network:refuse")) == 2


def test_a_forwarded_address_counts_from_a_configured_proxy_only(place: Installed) -> None:
    with place.demo(KEEPWELL_PROXIES="127.0.0.0/8,::1/128") as demo:
        ada = staff(demo, "ada")
        ben = staff(demo, "ben")
        add_list(place)
        assert claiming(ada, INSIDE).get("/inbox/").status_code == 200
        assert claiming(ada, f"{OUTSIDE}, {INSIDE}").get("/inbox/").path == "/inbox/"
        assert claiming(ada, f"::ffff:{INSIDE}").get("/inbox/").path == "/inbox/"
        # What a client wrote itself stands before what the proxy saw.
        assert claiming(ben, f"{INSIDE}, {OUTSIDE}").get("/inbox/").path == "/sign-in/"
        assert claiming(ada, f"{INSIDE}, nonsense").get("/inbox/").path == "/sign-in/"


WIDENED = """
import dataclasses, sys
from keepwell.cli import main
from keepwell.config.manifests import MANIFESTS
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.roles import Role
def widened(one):
    if one.app != "office":
        return one
    read = OfficePermission.TRAIL_READ
    return dataclasses.replace(one, grants={**one.grants, read: {*one.grants[read], Role.MEMBER}})
registry.install([widened(one) for one in MANIFESTS])
django.setup = lambda: None
sys.exit(main.main(["access", "matrix", "--probe"]))
"""


def test_the_matrix_is_what_the_running_system_does_and_a_difference_is_told(
    place: Installed, tmp_path: Path
) -> None:
    printed = place.run("access", "matrix")
    assert printed.returncode == 0, printed.stderr
    assert re.search(r"^network:change +yes +yes +- +- +-$", printed.stdout, re.MULTILINE)
    with place.demo() as demo:
        place.settings["KEEPWELL_PORT"] = str(demo.served.port)
        found = place.run("access", "matrix", "--probe", "--json")
        assert found.returncode == 0, found.stdout + found.stderr
        told = json.loads(found.stdout)
        assert told["differences"] == []
        assert told["asked"] > 6 * 40
        assert told["permissions"]["person:erase"] == ["owner"]
        differing = script(place, WIDENED)
        assert differing.returncode == 1, differing.stderr
        assert "member: /trail/: refused, but should be reached" in differing.stdout
        assert "auditor:" not in differing.stdout
        left = place.run("access", "networks", "show", "--organisation", "nobody")
        assert "Probe" not in left.stderr, "the scratch organisation is gone"
    unserved = place.run("access", "matrix", "--probe")
    assert unserved.returncode == 1
    assert "Start keepwell serve" in unserved.stderr
    verified = place.run("verify")
    assert verified.returncode == 0, verified.stdout
    doctor = place.run("doctor")
    assert doctor.returncode == 0, doctor.stdout


def test_an_owner_without_phone_and_codes_gets_a_link_once(
    place: Installed, tmp_path: Path
) -> None:
    from keepwell.safeguards.identity import second_factor  # noqa: PLC0415  needs the settings

    with place.demo() as demo:
        ada, account = staff(demo, "ada"), demo.account("ada")
        asked = ("access", "second-factor", "reset", "--email")
        for email, why in (("nobody@example.org", "No open account"),):
            refused = place.run(*asked, email, "--reason", "lost")
            assert (refused.returncode, why in refused.stderr) == (1, True)
        refused = place.run(*asked, demo.account("ben")["email"], "--reason", "lost")
        assert (refused.returncode, "is for owners" in refused.stderr) == (1, True)
        assert place.run(*asked, account["email"], "--reason", "").returncode == 2
        assert ada.get("/inbox/").path == "/inbox/", "nothing was changed so far"

        made = place.run(*asked, account["email"].upper(), "--reason", "Phone and codes lost")
        assert made.returncode == 0, made.stderr
        found = re.search(r"https://\S+?(/second-step/lost/\S+/)", made.stdout)
        assert found
        assert ada.get("/inbox/").path == "/sign-in/"
        here = Remote(demo.served)
        here.get(found[1])
        page = here.post(found[1], {"password": account["password"]})
        assert page.path == "/second-step/new/"
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
        assert secret
        for _ in range(2):
            code = second_factor.code_at(
                secret[1].replace(" ", ""), second_factor.current_counter()
            )
            answer = here.post("/second-step/new/", {"code": code})
            if answer.path == "/second-step/recovery-codes/":
                break
        assert here.post("/second-step/recovery-codes/").path == "/"
        assert here.get("/inbox/").status_code == 200
        assert Remote(demo.served).get(found[1]).status_code == 410
        log = "\n".join(demo.served.log.all())
        assert found[1].split("/")[-2] not in log
    [told] = said(place, tmp_path, "identity:factor:reset")
    assert (told["account"], told["reason"]) == (getpass.getuser(), "Phone and codes lost")
