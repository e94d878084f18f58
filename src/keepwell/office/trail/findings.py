"""What a check of the trail found, in the words of the page."""

from django.utils.translation import gettext as _

from keepwell.safeguards.audit.reports import Finding, Problem


def sentence_of(finding: Finding) -> str:
    """Say what is wrong and where; the position is the number of an entry."""
    words = {
        Problem.CONTENT: _("What entry %(position)s said was taken away, and not by an erasure."),
        Problem.DELETED: _("Entry %(position)s was deleted."),
        Problem.EDITED: _("Entry %(position)s was edited."),
        Problem.INSERTED: _("Entry %(position)s was inserted."),
        Problem.KEY: _(
            "The key for the month of entry %(position)s is missing, and not by an erasure. "
            "Please tell whoever runs Keepwell: keepwell verify says what to do."
        ),
        Problem.MENTION: _("Whom or what entry %(position)s is about was changed."),
        Problem.MISPLACED: _("Entry %(position)s is not where it was written."),
        Problem.ROLLED_BACK: _("The trail was rolled back to %(position)s entries."),
        Problem.TILE: _("A part of the tree over entry %(position)s was changed."),
        Problem.TRUNCATED: _("The trail was cut off after %(position)s entries."),
    }
    elsewhere = {
        Problem.HEAD: _("The signed head of the trail was changed or is gone."),
        Problem.OUTBOX: _("Entries have waited for more than a minute to be written."),
        Problem.SIGNATURE: _("A signed head does not carry the signature of this organisation."),
    }
    if finding.position is not None and finding.problem in words:
        return words[finding.problem] % {"position": finding.position}
    return elsewhere.get(finding.problem, _("The trail is not the one that was signed."))
