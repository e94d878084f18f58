"""The documentation says what the program does: links resolve, repeated text is compared."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import generate
from keepwell.config.environment import VARIABLES
from tests.boundaries.shape import ROOT
from tests.serving import keepwell

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
DEPENDENCIES = DOCS / "decisions" / "0002-dependencies.md"
ANEW = "Write it anew: .venv/bin/python -m docs.generate"
CODE = re.compile(r"^```.*?^```|^(?: {4,}|\t).*?$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)")
# Other people's pages, and what is built.
NOT_OURS = {".venv", ".tools", ".demo", "_build", "node_modules", "build"}
# design.md, "Names of things".
WORDS = {
    "organisation", "member", "role", "permission", "grant", "elevation", "person", "record",
    "sealed field", "open", "disclosure scope", "purpose", "trail", "entry", "checkpoint",
    "witness", "keystore", "organisation key", "person key", "shred", "submission",
    "form version", "conversation", "visitor", "operator", "channel", "message",
    "support session", "technician", "mapping", "run", "control", "evidence",
}  # fmt: skip


def pages() -> list[Path]:
    """Return every Markdown file of ours."""
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not NOT_OURS & set(path.relative_to(ROOT).parts)
        and not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
    )


def broken_links(page: Path) -> Iterator[str]:
    """Name the links of a page that lead to no file, or out of the repository."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        path = target.partition("#")[0]
        if not path or re.match(r"[a-z]+:", target):
            continue
        found = (page.parent / path).resolve()
        if not (found.exists() and found.is_relative_to(ROOT)):
            yield f"{page.relative_to(ROOT)} -> {target}"


def test_every_relative_link_leads_to_a_file() -> None:
    assert len(pages()) > 30
    assert [broken for page in pages() for broken in broken_links(page)] == []


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = ROOT / "docs" / "guides" / "publish.md"
    copy = tmp_path / "page.md"
    copy.write_text(
        "[a](nowhere.md) `[b](code.md)`\n\n    [c](code.md)\n\n[d](https://a.example)\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "ROOT", tmp_path)
        assert list(broken_links(copy)) == ["page.md -> nowhere.md"]
    assert list(broken_links(page)) == []


def test_make_docs_ends_at_the_first_warning_and_make_test_includes_it() -> None:
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(r"^docs:.*?(?=^\S)", makefile, re.MULTILINE | re.DOTALL)
    assert recipe
    assert "sphinx-build" in recipe[0]
    assert "--fail-on-warning" in recipe[0]
    tested = re.search(r"^test:(?:.*\\\n)*.*$", makefile, re.MULTILINE)
    assert tested
    assert "docs" in re.sub(r"\$\(wildcard [^)]*\)", "", tested[0])


def test_every_setting_is_described_in_the_words_of_the_program() -> None:
    page = (DOCS / "reference" / "settings.md").read_text()
    described = dict(re.findall(r"^\| `(KEEPWELL_\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert described == VARIABLES


def test_help_is_what_the_program_prints() -> None:
    page = (DOCS / "reference" / "commands.md").read_text()
    assert generate.with_help(page) == page, ANEW
    shown = set(re.findall(r"^\$ keepwell ?([a-z -]*?) ?--help$", page, re.MULTILINE))
    commands = _named([], "COMMAND")
    acts = [act for command in commands for act in _named([command], "ACT")]
    steps = [step for act in acts for step in _named(act.split(), "STEP")]
    assert commands
    assert shown == {"", *commands, *acts, *steps}
    assert acts
    assert steps


def _named(words: list[str], metavar: str) -> list[str]:
    """Return the commands that the help of these words lists below such a placeholder."""
    said = generate.help_of(words)
    if f"\n  {metavar}\n" not in said:
        return []
    found = re.findall(r"^    ([a-z][a-z-]*)(?: {2,}|$)", said, re.MULTILINE)
    return [" ".join([*words, one]) for one in found]


def test_the_policy_matrix_is_what_the_program_prints(tmp_path: Path) -> None:
    printed = keepwell(tmp_path / "home", "access", "matrix", "--json")
    assert printed.returncode == 0, printed.stderr
    page = generate.matrix_page(json.loads(printed.stdout))
    assert (DOCS / "reference" / "access-matrix.md").read_text() == page, ANEW


def test_the_page_of_routes_is_what_the_program_lists(tmp_path: Path) -> None:
    listed = keepwell(tmp_path / "home", "routes", "--json")
    assert listed.returncode == 0, listed.stderr
    page = generate.routes_page(json.loads(listed.stdout), generate.grants())
    assert (DOCS / "reference" / "routes.md").read_text() == page, ANEW


def test_every_direct_dependency_has_a_line_that_says_who_keeps_it_and_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    direct = {_package(one) for one in (*project["dependencies"], *extras["scale"])}
    page = DEPENDENCIES.read_text()
    lines = dict(re.findall(r"^\| ([a-z0-9-]+) \| (.+) \|$", page, re.MULTILINE))
    lines.pop("dependency")
    assert set(lines) == direct
    assert [name for name, cells in lines.items() if len(cells.split(" | ")) != 3] == []
    assert [_package(one) for one in extras["dev"] if _package(one) not in page] == []
    assert len(direct) <= 25


def _package(wanted: str) -> str:
    return re.split(r"[\[<>=]", wanted)[0]


def test_decisions_are_numbered_without_a_gap_and_say_context_choice_and_cost() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in DECISIONS:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:4]}: "), path.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Choice", "Cost"]


def test_every_word_has_one_definition_in_one_sentence() -> None:
    page = (DOCS / "reference" / "words.md").read_text()
    entries = re.findall(r"^(\S.*)\n: (.+)$", page, re.MULTILINE)
    terms = [term.casefold() for term, _ in entries]
    assert terms == sorted(set(terms))
    assert WORDS - set(terms) == set()
    long = [term for term, said in entries if not re.fullmatch(r"[^.]+(\. Planned)?[.]", said)]
    assert set(long) <= {"Access request", "ePHI"}  # their second sentence is needed


def test_every_make_target_is_in_the_readme() -> None:
    helped = set(re.findall(r"^\t@echo 'make ([a-z]+)", (ROOT / "Makefile").read_text(), re.M))
    readme = (ROOT / "README.md").read_text()
    missing = [target for target in helped if f"`make {target}" not in readme]
    assert missing == ["requirements"]


def test_the_clone_address_is_left_to_whoever_publishes() -> None:
    text = (ROOT / "README.md").read_text()
    assert "git clone ADDRESS-OF-THIS-REPOSITORY keepwell" in text
