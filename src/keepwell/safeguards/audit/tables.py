"""Entries as lines: JSON, one entry a line, or CSV for a spreadsheet.

Both say the same; ids, codes and the reasons people gave, never values of records. What a
spreadsheet would take for a formula has an apostrophe before it, which makes it text: also behind a
semicolon, a tab or the end of a line, where many spreadsheets begin a cell (OWASP, CSV Injection).
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from keepwell.safeguards.audit.queries import TrailEntry

FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")
COLUMNS = (
    *("index", "id", "time", "kind", "content", "who", "actor", "role", "on_behalf_of"),
    *("records", "persons", "fields", "purpose", "reason", "emergency", "outcome"),
    *("request", "session", "address", "device", "account", "detail"),
)


def facts_of(entry: TrailEntry) -> dict[str, object]:
    """Return what an entry says, by column; what was erased or is broken says only what it is."""
    facts: dict[str, object] = {
        "index": entry.index,
        "id": str(entry.id),
        "time": entry.moment.isoformat(timespec="microseconds"),
        "kind": entry.kind,
        "content": entry.content.value,
    }
    payload = entry.payload
    if payload is None:
        return facts
    return facts | {
        "who": payload.viewer_kind,
        "actor": _text(payload.actor),
        "role": payload.role,
        "on_behalf_of": _text(payload.on_behalf_of),
        "records": [f"{one.model} {id_}" for one in payload.subjects for id_ in one.ids],
        "persons": [str(id_) for one in payload.subjects for id_ in one.persons],
        "fields": sorted({name for one in payload.subjects for name in one.fields}),
        "purpose": payload.purpose,
        "reason": payload.reason,
        "emergency": payload.is_emergency,
        "outcome": payload.outcome,
        "request": _text(payload.request),
        "session": _text(payload.session),
        "address": payload.address,
        "device": payload.device,
        "account": payload.account,
        "detail": dict(payload.detail),
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def json_lines(entries: Iterable[TrailEntry]) -> Iterator[str]:
    """Yield one line of JSON for each entry."""
    for entry in entries:
        yield json.dumps(facts_of(entry), ensure_ascii=False) + "\n"


def csv_lines(entries: Iterable[TrailEntry]) -> Iterator[str]:
    """Yield a heading and one line for each entry (RFC 4180)."""
    yield _line(COLUMNS)
    for entry in entries:
        facts = facts_of(entry)
        yield _line([_cell(facts.get(column, "")) for column in COLUMNS])


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        text = "; ".join(f"{name}={said}" for name, said in value.items())
    elif isinstance(value, list):
        text = "; ".join(map(str, value))
    else:
        text = str(value)
    return FORMULA.sub(r"\1'", text)


def part_of(lines: Iterable[str], most_bytes: int) -> tuple[bytes, bool]:
    """Return as many whole lines as fit, and whether these are all.

    An entry may name a thousand rows, so that a number of entries bounds no memory.
    """
    body = bytearray()
    for line in lines:
        piece = line.encode()
        if len(body) + len(piece) > most_bytes:
            return bytes(body), False
        body += piece
    return bytes(body), True


FORMS: Mapping[str, Callable[[Iterable[TrailEntry]], Iterator[str]]] = {
    "csv": csv_lines,
    "jsonl": json_lines,
}
