"""What the page of an alert asks for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import LONGEST, ReasonForm


class NoteForm(ReasonForm):
    """What somebody found."""

    reason = forms.CharField(
        label=_("What did you find?"),
        help_text=_("Whom you asked, what was so, what follows. It goes on the trail, sealed."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what you found: it goes on the trail.")},
    )
