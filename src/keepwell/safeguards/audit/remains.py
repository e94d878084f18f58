"""The log of an erased organisation: is it still at least what it was when the keys went?"""

from uuid import UUID

from keepwell.safeguards.audit import heads
from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.audit.trail import statements, store, trees
from keepwell.safeguards.vault import erased
from keepwell.toolkit import notes


def finding(organisation: UUID) -> Finding | None:
    """Compare a log with the signed head that the keystore kept; None for what was never erased."""
    gone = erased.find(organisation)
    if gone is None or not gone.note:
        return None
    try:
        kept = notes.Checkpoint.parse(notes.open_note(gone.note, heads.verify_key_of(organisation)))
    except (notes.NoteBroken, ValueError):
        said = "The signed head that was kept when the organisation was erased was edited."
        return Finding(Problem.SIGNATURE, None, said)
    with store.reading(organisation) as connection:
        row = statements.newest_checkpoint(connection, organisation)
        size = 0 if row is None else row[0]
        if (
            size >= kept.size
            and trees.edge_at(connection, organisation, kept.size).root() == kept.root
        ):
            return None
    said = (
        f"The log holds {size} entries and is not the one that was signed when the organisation "
        f"was erased: that one counted {kept.size}."
    )
    return Finding(Problem.ROLLED_BACK, size, said)
