"""Whoever acts on the server says why: one rule, for every command that changes or hands out."""

import argparse
import getpass
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from keepwell.cli import arguments
from tests.cli.test_keys import last_entries
from tests.cli.test_serve import refused
from tests.serving import COMMAND, COMMAND_SECONDS, WHY, environment

CLINIC = ("--organisation", "Riverside Clinic")
JOB = "0193b5c7-8d21-7a40-9c41-77e0b1d25f6a"
ACTS: dict[str, tuple[str, ...]] = {
    "access networks open": CLINIC,
    "access second-factor reset": ("--email", "ada@clinic.example"),
    "jobs cancel": (JOB,),
    "jobs retry": (JOB,),
    "keys escrow": ("--yes",),
    "keys reindex": (),
    "keys rewrap": (),
    "keys rotate": (),
    "organisation erase": CLINIC,
    "trail export": (*CLINIC, "--out", "nowhere"),
    "trail keep": (*CLINIC, "--years", "10"),
    "trail restored": (),
}
# They look, serve, set up, or act in a scratch organisation of their own for a reason of their own;
# the shell opens nothing before it has a reason.
OTHERS = {
    *("access matrix", "access networks show", "alerts list", "alerts test", "database setup"),
    *("demo", "doctor", "init", "jobs list", "jobs run", "jobs show", "keys certificate"),
    *("keys status", "mail status", "mail test", "routes", "serve", "shell", "trail status"),
    *("verify", "version"),
}


def leaves(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Walk to every command that can be run."""
    inner = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not inner:
        yield parser
    for one in inner:
        for each in one.choices.values():
            yield from leaves(each)


def test_every_command_either_asks_why_or_is_known_not_to_act() -> None:
    asking = {
        one.prog.removeprefix("keepwell ")
        for one in leaves(arguments.build())
        if one.get_default("acts_as") == one.prog
    }
    every = {one.prog.removeprefix("keepwell ") for one in leaves(arguments.build())}
    assert asking == set(ACTS)
    assert every - asking == OTHERS


@pytest.mark.parametrize("blank", [(), ("--reason", ""), ("--reason", " \t")])
@pytest.mark.parametrize("act", ACTS)
def test_without_a_reason_nothing_is_done_and_what_to_type_is_said(
    tmp_path: Path, act: str, blank: tuple[str, ...]
) -> None:
    sentence = refused(tmp_path / "home", *act.split(), *ACTS[act], *blank, status=2)
    assert f"Type: keepwell {act} --reason 'why'" in sentence
    assert not (tmp_path / "home").exists()


def at_a_terminal(home: Path, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command for somebody who sits at a terminal and types this."""
    screen, keyboard = pty.openpty()
    os.write(screen, typed.encode())
    try:
        return subprocess.run(
            [str(COMMAND), *arguments],
            env=environment(home),
            stdin=keyboard,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
    finally:
        os.close(screen)
        os.close(keyboard)


def test_at_a_terminal_it_is_asked_for_and_stands_on_the_trail(home: Path) -> None:
    account = getpass.getuser()
    done = at_a_terminal(home, "The yearly change\n", "keys", "rotate", *CLINIC)
    assert done.returncode == 0, done.stderr
    assert f"It stands on the trail beside the account {account}" in done.stderr
    assert last_entries(home)[0] == (
        f"vault:organisation:rotate console {account} {{'before': '1'}} The yearly change"
    )


@pytest.mark.parametrize("typed", ["\n", "  \n", "\x04"])
def test_an_empty_answer_is_no_reason(home: Path, typed: str) -> None:
    done = at_a_terminal(home, typed, "keys", "rotate", *CLINIC)
    assert done.returncode == 2
    assert "Nothing was done: say why" in done.stderr
    assert not any("vault:organisation:rotate" in line for line in last_entries(home))


def test_a_reason_that_was_given_is_not_asked_for_again(home: Path) -> None:
    done = at_a_terminal(home, "", "trail", "keep", *CLINIC, "--years", "12", *WHY)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert last_entries(home)[0].endswith(f"{{'years': '12'}} {WHY[1]}")


def test_who_only_looks_is_asked_nothing(home: Path) -> None:
    for looking in (("keys", "status"), ("trail", "status"), ("jobs", "list"), ("verify",)):
        done = at_a_terminal(home, "", *looking)
        assert done.returncode == 0, looking
        assert "Why?" not in done.stderr
