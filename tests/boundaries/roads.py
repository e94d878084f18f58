"""Roads around the chokepoint, as rules over parsed code that return the offenders.

Sealed records are reached by managers that know the wall, changed by `records.actions`, opened in a
disclosure scope. SQL by hand, base managers and Django's own methods called past ours go around it.
"""

import ast
from collections.abc import Iterator

from tests.boundaries.shape import Module

SQL = {"cursor", "executemany", "extra", "raw"}
SQL_NAMES = {"RawSQL", "RunSQL"}
PAST_MANAGERS = {"_base_manager", "_insert", "_raw_delete", "_update", "base_manager_name"}
PAST_METHODS = {
    "Model": {"delete", "save", "save_base"},
    "QuerySet": {"bulk_create", "bulk_update", "delete", "update"},
}
# What seals or opens without a scope: module, and names (None: the whole module).
UNRECORDED: dict[str, set[str] | None] = {
    "keepwell.safeguards.records.indexing": None,
    "keepwell.safeguards.records.sealed": {"Pending", "Writable"},
    "keepwell.safeguards.records.sealing": None,
    "keepwell.safeguards.vault.blobs": {"read"},
    "keepwell.safeguards.vault.data_keys": None,
    "keepwell.safeguards.vault.sealing": {"open_sealed"},
}


def sql_by_hand(module: Module) -> Iterator[str]:
    """Name cursors, raw queries and SQL fragments."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in SQL:
                yield f"{module.name}:{node.lineno} writes SQL through .{node.func.attr}()"
        elif isinstance(node, ast.expr | ast.alias) and _last_name(node) in SQL_NAMES:
            yield f"{module.name}:{node.lineno} writes SQL through {_last_name(node)}"


def managers_passed_by(module: Module) -> Iterator[str]:
    """Name uses of managers and methods that know neither the wall nor the seals."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute):
            continue
        if node.attr in PAST_MANAGERS:
            yield f"{module.name}:{node.lineno} goes past managers by {node.attr}"
        elif node.attr in PAST_METHODS.get(_last_name(node.value) or "", ()):
            yield f"{module.name}:{node.lineno} calls Django's own {node.attr} past the record's"


def openings_unrecorded(module: Module) -> Iterator[str]:
    """Name what opens or seals values past `records.disclosure` and `records.actions`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            yield from _imported(module, node)
        elif isinstance(node, ast.Attribute) and node.attr in _names(_last_name(node.value)):
            yield f"{module.name}:{node.lineno} uses {_last_name(node.value)}.{node.attr}"


def _imported(module: Module, node: ast.ImportFrom) -> Iterator[str]:
    source = node.module or ""
    for alias in node.names:
        whole = f"{source}.{alias.name}"
        names = UNRECORDED.get(source, set())
        if UNRECORDED.get(whole, ()) is None or names is None or alias.name in names:
            yield f"{module.name}:{node.lineno} imports {whole}"


def _names(module: str | None) -> set[str]:
    """Return what must not be taken from a module that goes by this short name."""
    short = {name.rpartition(".")[2]: names for name, names in UNRECORDED.items()}
    return short.get(module or "", set()) or set()


def _last_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name
    return node.id if isinstance(node, ast.Name) else None
