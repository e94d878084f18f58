"""The house's rules about code that no linter knows, as functions that return the offenders."""

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
LONGEST_FUNCTION_LINES = 60
LONGEST_FILE_LINES = 500
VAGUE_NAMES = {"base", "common", "helpers", "misc", "utils"}
ROOMS_OF_ROWS = {"actions", "models", "queries"}
ROOMS_OF_PAGES = {"api", "views"}
MANAGERS = {"_base_manager", "_default_manager", "objects"}
FIELDS_OF_NUMBERS = {"forms.IntegerField", "IntegerField"}
SPAN = {"help_text", "min_value", "max_value"}
WORDS_OF_NUMBERS = {"required", "invalid", "min_value", "max_value"}
# Written in parts, so that this file does not name what it forbids.
REGISTRIES = (
    ".".join(("pypi", "org")),
    ".".join(("pythonhosted", "org")),
    ".".join(("npmjs", "org")),
    ".".join(("npmjs", "com")),
    ".".join(("deb", "debian", "org")),
)
MACHINE_PATH = re.compile(
    "/(?:" + "|".join(("work/" + "main", "work/" + "shared", "tmp/" + "w/")) + ")"
)
PLACEHOLDER = re.compile("#.*\\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + ")\\b")
KIND = re.compile(r"[a-z][a-z-]*:[a-z][a-z-]*:[a-z][a-z-]*")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One file of Python, parsed."""

    name: str  # dotted, such as keepwell.products.forms.actions.authoring
    tree: ast.Module
    lines: int

    @classmethod
    def of(cls, path: Path, top: Path) -> "Module":
        """Read and parse a file below `top`."""
        text = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(top).with_suffix("").parts)
        return cls(name.removesuffix(".__init__"), ast.parse(text), text.count("\n"))

    @classmethod
    def snippet(cls, name: str, text: str) -> "Module":
        """Parse a text under a name, to try a rule on."""
        return cls(name, ast.parse(text), text.count("\n") + 1)

    def is_in(self, rooms: set[str]) -> bool:
        """Tell whether the file or a package around it is one of these rooms."""
        return bool(rooms & set(self.name.split(".")))


def source_modules() -> list[Module]:
    """Parse everything of ours but migrations, which Django writes."""
    paths = sorted(SOURCE.rglob("*.py"))
    return [Module.of(path, SOURCE) for path in paths if "migrations" not in path.parts]


def test_modules() -> list[Module]:
    """Parse the tests."""
    return [Module.of(path, ROOT) for path in sorted((ROOT / "tests").rglob("*.py"))]


def rows_reached_elsewhere(module: Module) -> Iterator[str]:
    """Name managers used outside the rooms in which rows are reached."""
    if module.is_in(ROOMS_OF_ROWS):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            yield f"{module.name}:{node.lineno} reaches rows through {node.attr}"


def models_on_pages(module: Module) -> Iterator[str]:
    """Name models that a product's pages or operations import (except for annotations)."""
    if not (module.is_in({"products"}) and module.is_in(ROOMS_OF_PAGES)):
        return
    for node in _run_time_nodes(module.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models"):
            yield f"{module.name}:{node.lineno} imports {node.module}"


def acts_without_viewer(module: Module) -> Iterator[str]:
    """Name public functions of actions and queries whose first parameter is not the viewer."""
    if not module.is_in({"actions", "queries"}):
        return
    for node in module.tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            parameters = [*node.args.posonlyargs, *node.args.args]
            if not parameters or parameters[0].arg != "viewer":
                yield f"{module.name}.{node.name}"


def long_functions(module: Module) -> Iterator[str]:
    """Name functions that are longer than anyone reads at once."""
    for node in ast.walk(module.tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION_LINES:
                yield f"{module.name}.{node.name} has {lines} lines"


def long_files(module: Module) -> Iterator[str]:
    """Name files that should be packages."""
    if module.lines > LONGEST_FILE_LINES:
        yield f"{module.name} has {module.lines} lines"


def vague_names(module: Module) -> Iterator[str]:
    """Name modules and packages whose name says nothing."""
    if VAGUE_NAMES & set(module.name.split(".")):
        yield module.name


def unfinished(module: Module) -> Iterator[str]:
    """Name functions that only promise to exist."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node):
            yield f"{module.name}:{node.lineno} is not written"


def untidy_kinds(module: Module) -> Iterator[str]:
    """Name kinds of trail entries that are not source:subject:verb in alphabetical order."""
    if not module.is_in({"events"}):
        return
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases):
            values = list(_values(node))
            yield from (f"{module.name}: {kind}" for kind in values if not KIND.fullmatch(kind))
            if values != sorted(values):
                yield f"{module.name}.{node.name} is not alphabetical"


def numbers_without_words(module: Module) -> Iterator[str]:
    """Name fields for a number that leave it to Django to say what is wrong, or say no span."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in FIELDS_OF_NUMBERS:
            given = {word.arg: word.value for word in node.keywords}
            said = given.get("error_messages")
            keys = {ast.literal_eval(key) for key in getattr(said, "keys", ()) if key}
            if not (given.keys() >= SPAN and keys >= WORDS_OF_NUMBERS):
                yield f"{module.name}:{node.lineno} speaks in Django's words, or says no span"


def _values(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            yield str(line.value.value)


def _run_time_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Walk a module, leaving out what only a type checker sees."""
    for top in tree.body:
        if not (isinstance(top, ast.If) and "TYPE_CHECKING" in ast.unparse(top.test)):
            yield from ast.walk(top)


def committed_texts() -> Iterator[tuple[str, str]]:
    """Read every text file that is committed or about to be."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listing.stdout.decode().split("\0")):
        content = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in content:
            yield name, content.decode("utf-8", errors="replace")


def ties_to_this_place(name: str, text: str) -> Iterator[str]:
    """Name package registries and folders of a developer's machine that a file mentions."""
    for number, line in enumerate(text.splitlines(), start=1):
        if any(registry in line for registry in REGISTRIES) or MACHINE_PATH.search(line):
            yield f"{name}:{number}"


def placeholders(name: str, text: str) -> Iterator[str]:
    """Name comments that leave work for later."""
    if name.endswith(".py"):
        for number, line in enumerate(text.splitlines(), start=1):
            if PLACEHOLDER.search(line):
                yield f"{name}:{number}"
