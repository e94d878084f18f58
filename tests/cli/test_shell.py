"""`keepwell shell`: nothing opens before a reason, which is on the trail with who typed it."""

import os
import pwd
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from keepwell.cli import account
from keepwell.cli.shell import NO_REASON, Session
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.tenancy.models import Organisation
from tests.installed import Installed, installed
from tests.safeguards.records.readings import OPEN, payloads
from tests.serving import COMMAND, environment
from tests.stores.session import Stores

SHELL = "records:shell:open"
NAME = "Pat Nakamura"
FIRST = "row = Person.objects.get()"
Typed = Callable[..., str]


@pytest.fixture
def session(organisation: Organisation) -> Iterator[Session]:
    viewer = viewers.console(organisation.id, account="ines")
    create_person(viewer, name=NAME, born=date(1961, 4, 2))
    begun = Session(viewer)
    yield begun
    begun.done()


@pytest.fixture
def typed(session: Session, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type lines, and return what the terminal then shows."""

    def typing(*lines: str) -> str:
        for line in lines:
            session.push(line)
        shown = capsys.readouterr()
        return shown.out + shown.err

    return typing


def told(organisation: Organisation, kind: str) -> list[Payload]:
    return payloads(viewers.console(organisation.id, account="test"), kind)


def test_values_are_sealed_and_do_not_open_before_a_reason(
    organisation: Organisation, typed: Typed
) -> None:
    shown = typed(FIRST, "row", "row.name", "vars(row)", "row.name.open()", "str(row.name)")
    assert "<sealed>" in shown
    assert NO_REASON in shown
    assert "SealedIsInert" in shown
    assert NAME not in shown
    assert (told(organisation, OPEN), told(organisation, SHELL)) == ([], [])


def test_a_reason_opens_and_is_on_the_trail_with_the_account_before_anything_is_shown(
    organisation: Organisation, typed: Typed
) -> None:
    typed(FIRST, "reason('  The clinic asked about a join ')")
    (given,) = told(organisation, SHELL)
    assert (given.viewer_kind, given.account, given.purpose, given.reason) == (
        "console", "ines", "operations", "The clinic asked about a join",
    )  # fmt: skip
    assert told(organisation, OPEN) == []
    assert f"'{NAME}'" in typed("row.name.open()")
    (opened,) = told(organisation, OPEN)
    assert (opened.account, opened.reason) == ("ines", "The clinic asked about a join")
    assert opened.subjects[0].fields == ("name",)


def test_done_seals_again_and_another_reason_is_another_entry(
    organisation: Organisation, typed: Typed
) -> None:
    typed(FIRST, "reason('one')", "done()")
    assert NO_REASON in typed("row.name.open()")
    assert NAME in typed("reason('two', purpose='care')", "reason('three')", "row.name.open()")
    assert [entry.reason for entry in told(organisation, SHELL)] == ["one", "two", "three"]
    assert [entry.reason for entry in told(organisation, OPEN)] == ["three"]


@pytest.mark.parametrize("call", ["reason('')", "reason('  ')", "reason('x', purpose='fun')"])
def test_no_words_or_an_unknown_purpose_is_no_reason(
    organisation: Organisation, typed: Typed, call: str
) -> None:
    assert "Say why" in typed(call)
    assert NO_REASON in typed(FIRST, "row.name.open()")
    assert told(organisation, SHELL) == []


def test_only_rows_of_the_organisation_are_there(
    other_organisation: Organisation, session: Session, typed: Typed
) -> None:
    create_person(viewers.console(other_organisation.id, account="x"), name="Cy")
    assert "1\n" in typed("Person.objects.count()")


def test_searching_works_and_wrong_use_says_the_right_way(typed: Typed) -> None:
    shown = typed(
        "equal(Person, 'match_token', 'pat nakamura', __import__('datetime').date(1961, 4, 2))"
    )
    assert "<Person: person " in shown
    assert "SealedLookup: “name” is sealed." in typed("Person.objects.filter(name='x')")
    assert "ZeroDivisionError" in typed("1 / 0")
    assert "2\n" in typed("1 + 1")  # a failed statement leaves nothing behind


def test_a_row_is_not_changed_from_the_shell_by_accident(typed: Typed) -> None:
    assert "OnlyKeepWrites" in typed(FIRST, "row.delete()")
    assert "OnlyKeepWrites" in typed("Person.objects.update(name='x')")


def test_the_account_is_the_processs_and_not_what_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody-else")
    monkeypatch.setattr(account, "LOGIN", Path("/nowhere"))
    assert account.unix_account() == pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert account.unix_account() == "uid 4000000"


def test_behind_sudo_the_account_that_signed_in_is_named_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    noted, own = tmp_path / "loginuid", pwd.getpwuid(os.getuid()).pw_name
    monkeypatch.setattr(account, "LOGIN", noted)
    other = next(one for one in pwd.getpwall() if one.pw_uid != os.getuid())
    said = {f"{other.pw_uid}\n": f"{pwd.getpwuid(other.pw_uid).pw_name} as {own}"}
    for text in (str(os.getuid()), str(2**32 - 1), ""):  # the same, nobody, a kernel without it
        said[text] = own
    for text, expected in said.items():
        noted.write_text(text)
        assert account.unix_account() == expected


# -- the command -----------------------------------------------------------------------------------


def test_the_command_reads_lines_and_its_entries_are_on_the_trail(
    stores: Stores, tmp_path: Path
) -> None:
    lines = (
        "row = Submission.objects.order_by('pk').first()",
        "row.answers",
        "row.answers.open()",
        "reason('drill')",
        "len(row.answers.open()) > 0",
    )
    with installed(stores, tmp_path / "home") as place:
        owner = place.owner | place.settings
        loaded = _command(place, "demo", "--no-serve", given="", **owner)
        assert loaded.returncode == 0, loaded.stderr
        asked = _command(place, "shell", given="")
        assert asked.returncode == 2  # the demonstration has two organisations
        assert "--organisation" in asked.stderr
        clinic = _first_organisation(place)
        done = _command(place, "shell", "--organisation", clinic, given="\n".join(lines) + "\n")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ["<sealed>", "True"]
        assert NO_REASON in done.stderr
        verified = _command(place, "verify", given="")
        assert verified.returncode == 0, verified.stdout


def _command(
    place: Installed, *arguments: str, given: str, **settings: str
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=environment(place.home, **(place.settings | settings)),
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def _first_organisation(place: Installed) -> str:
    refused = _command(place, "verify", "--organisation", "Nowhere", given="")
    return refused.stderr.partition("There are: ")[2].partition(" (")[0]


def test_the_sealed_models_are_there_by_name(session: Session) -> None:
    assert session.models["Person"] is Person
