"""The row that everybody keeps: eight fields of a patient's chart, invented, about 300 bytes.

Standard library only: peers import it too.
"""

FIELDS = ("name", "born", "email", "telephone", "address", "insurance", "complaint", "notes")


def values(number: int) -> dict[str, str]:
    """Return the eight values of one row."""
    return {
        "name": f"Pat Example-{number}",
        "born": f"19{number % 90 + 10}-04-{number % 28 + 1:02}",
        "email": f"pat.{number}@example.org",
        "telephone": f"+44 1632 96{number % 10_000:04}",
        "address": f"{number} Invented Street, Anytown, AT1 {number % 10}XX",
        "insurance": f"INV-{number:08}",
        "complaint": "Shortness of breath on exertion since about three weeks, worse at night.",
        "notes": "Prefers calls after noon. Daughter may be told about appointments, no more.",
    }
