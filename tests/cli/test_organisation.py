"""`keepwell organisation erase` beside a real server: it asks, erases, and all others go on."""

import getpass
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agreeing import agree
from tests.installed import Installed, installed
from tests.remote import Remote, patient, staff
from tests.serving import COMMAND, COMMAND_SECONDS, WHY, environment
from tests.stores.session import Stores

CLINIC, OTHER = "Riverside Clinic", "Hillside Practice"


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[Installed]:
    with installed(stores, tmp_path / "home") as made:
        yield made


def erase(place: Installed, organisation: str, typed: str) -> subprocess.CompletedProcess[str]:
    """Run the command and answer its question."""
    asked = ["organisation", "erase", "--organisation", organisation, "--reason", "contract ended"]
    return subprocess.run(
        [str(COMMAND), *asked],
        env=environment(place.home, **place.settings),
        input=f"{typed}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )


def test_a_wrong_name_changes_nothing_and_the_right_one_erases_beside_a_server(
    place: Installed, tmp_path: Path
) -> None:
    with place.demo() as demo:
        ada, cy, pat = staff(demo, "ada"), staff(demo, "cy"), patient(demo)
        link = f"/f/{pat.token}/"
        refused = erase(place, CLINIC, CLINIC.lower())
        assert refused.returncode == 1
        assert "That is not its name. Nothing was changed." in refused.stderr
        for lost in ("4 submissions", "4 persons", "4 memberships", "1 forms"):
            assert lost in " ".join(refused.stderr.split())
        assert ada.get("/inbox/").status_code == 200
        assert Remote(demo.served).get(link).status_code == 200
        assert f"{CLINIC}: whole: " in place.run("verify").stdout

        alone = erase(place, CLINIC, CLINIC)
        assert alone.returncode == 1
        assert "This takes two persons." in alone.stderr
        assert ada.get("/inbox/").status_code == 200
        agree(place.home, CLINIC, "organisation:erase", {}, **place.settings)
        done = erase(place, CLINIC, CLINIC)
        assert done.returncode == 0, done.stderr
        assert ada.get("/inbox/").path == "/sign-in/"
        helped = Remote(demo.served).get(link)
        assert helped.status_code == 404
        assert "link" in helped.text
        assert cy.get("/inbox/").status_code == 200
        log = "\n".join(demo.served.log.all())
    assert "Traceback" not in log
    assert "trail drain failed" not in log
    check_what_is_left(place, done.stdout, tmp_path)


def check_what_is_left(place: Installed, printed: str, tmp_path: Path) -> None:
    """Look at certificate, verify, doctor, export, and a server that starts anew."""
    organisation = printed.rpartition(" ")[2].strip()
    again = place.run("keys", "certificate", "--organisation", organisation)
    assert again.returncode == 0, again.stderr
    assert again.stdout.strip() in printed
    described = place.run("keys", "certificate", "--organisation", organisation, "--json")
    certificate = json.loads(described.stdout)
    assert certificate["organisation"] == organisation
    assert certificate["destroyed"]
    assert certificate["trail"][0]["standing"] == "proven"
    verified = place.run("verify")
    assert verified.returncode == 0, verified.stdout
    day = certificate["destroyed"][:10]
    size = certificate["trail"][0]["size"]
    assert f"{organisation}: erased on {day}; its log is whole: {size} entries" in verified.stdout
    assert f"{OTHER}: whole: " in verified.stdout
    assert place.run("verify", "--organisation", organisation).returncode == 0
    doctor = place.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    assert "organisations erased, nothing left of them: 1" in doctor.stdout
    for looking in (("trail", "status"), ("keys", "status")):
        assert place.run(*looking).returncode == 0, looking
    for acting in (("keys", "rotate"), ("keys", "rewrap")):
        assert place.run(*acting, *WHY).returncode == 0, acting
    out = tmp_path / "out"
    exported = place.run("trail", "export", "--organisation", organisation, "--out", str(out), *WHY)
    assert exported.returncode == 0, exported.stderr
    check = [sys.executable, str(out / "verify.py"), str(out)]
    assert subprocess.run(check, check=False, capture_output=True).returncode == 0
    lines = ("trail", "export", "--organisation", organisation, "--format", "csv", *WHY)
    refused = place.run(*lines, "--out", str(tmp_path / "lines.csv"))
    assert refused.returncode == 1
    assert "cannot be read" in refused.stderr


def test_the_order_is_on_the_trail_with_the_account_and_the_reason(
    place: Installed, tmp_path: Path
) -> None:
    """The keys stay when the process cannot go on: the order can still be read."""
    with place.demo():
        pass
    agree(place.home, CLINIC, "organisation:erase", {}, **place.settings)
    ordered = subprocess.run(
        [str(COMMAND.parent / "python"), "-c", ORDER_ONLY],
        env=environment(place.home, **place.settings)
        | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        capture_output=True,
        text=True,
        check=False,
        input=f"{CLINIC}\n",
    )
    assert ordered.returncode == 9, ordered.stderr
    doctor = place.run("doctor")
    assert doctor.returncode == 1
    assert "run keepwell organisation erase again" in doctor.stdout
    assert "its erasure was ordered on" in place.run("verify").stdout
    out = tmp_path / "said.jsonl"
    asked = ("trail", "export", "--organisation", CLINIC, "--format", "jsonl", "--out", str(out))
    assert place.run(*asked, *WHY).returncode == 0
    entries = [json.loads(line) for line in out.read_text().splitlines()]
    (order,) = [one for one in entries if one["kind"] == "vault:organisation:erase"]
    assert order["account"] == getpass.getuser()
    assert order["reason"] == "contract ended"
    assert order["detail"]["forms.submission"] == "4"
    finished = erase(place, CLINIC, "")
    assert finished.returncode == 0, finished.stderr
    assert place.run("doctor").returncode == 0


ORDER_ONLY = f"""
import os, sys
from keepwell.cli import main
import django; django.setup()
from keepwell.safeguards.erasure import organisations
from keepwell.safeguards.audit import writer
organisations.finish = lambda one: (writer.stop(), os._exit(9))
main.main(["organisation", "erase", "--organisation", "{CLINIC}", "--reason", "contract ended"])
"""


def test_without_a_reason_or_for_a_stranger_it_refuses(place: Installed) -> None:
    with place.demo():
        pass
    blank = place.run("organisation", "erase", "--organisation", CLINIC, "--reason", " ")
    assert blank.returncode == 2
    assert "Nothing was done: say why" in blank.stderr
    nobody = place.run("organisation", "erase", "--organisation", "Nobody", "--reason", "x")
    assert nobody.returncode == 2
    none = place.run("keys", "certificate", "--organisation", OTHER)
    assert none.returncode == 1
    assert f"No erasure of {OTHER} was ordered" in none.stderr
    assert place.run("keys", "certificate").returncode == 2
