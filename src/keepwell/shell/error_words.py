"""The words of error pages, for staff and for patients: what happened, what was kept."""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ANSWERS_KEPT = _("Nothing was changed by it. Your answers on the pages before this one are kept.")
LAST_PAGE_LOST = _(
    "Your answers on the pages before this one are kept. "
    "What you typed on this last page may have to be typed again."
)
TRY_AGAIN = _("Try again")
GO_HOME = _("Go to home")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorWords:
    """One error page in two voices; the public one never says trail, submission or ePHI."""

    status: int
    title: Text
    happened: Text
    kept: Text
    foot: Text = ""
    public_title: Text
    public_happened: Text
    public_kept: Text = ANSWERS_KEPT
    tone: str = ""
    icon: str = "info"
    public_tone: str = "success"
    public_icon: str = "check"
    may_retry: bool = False
    retry_words: Text = TRY_AGAIN
    home_words: Text = GO_HOME

    def saying(self, sentence: Text) -> "ErrorWords":
        """Return this page with an error's own sentence; patients keep our words when we failed."""
        public = sentence if self.status < 500 else self.public_happened
        return replace(self, happened=sentence, public_happened=public)


_NOTHING_CHANGED = _("Nothing was changed.")
_TECHNICIAN = _("If it keeps happening, give your technician the reference above.")

_WORDS: dict[int | str, ErrorWords] = {
    400: ErrorWords(
        status=400,
        title=_("We could not read that request"),
        happened=_(
            "The address or the form arrived damaged. "
            "This happens with links that were cut in two by a mail program."
        ),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        public_title=_("We could not read that"),
        public_happened=_(
            "The address or the form arrived damaged. Some messages break a link in two; "
            "then copying the whole line helps."
        ),
    ),
    403: ErrorWords(
        status=403,
        title=_("You may not open this"),
        happened=_(
            "Your role, or the locations you belong to, do not include this. If your work needs "
            "it, ask an owner or an administrator of your organisation."
        ),
        kept=_("Nothing was opened or changed. The refusal is on the trail."),
        icon="trail",
        public_title=_("This page is not open to you"),
        public_happened=_("The link may belong to somebody else, or it has ended."),
        public_kept=_("Nothing was shown and nothing was changed."),
    ),
    "csrf": ErrorWords(
        status=403,
        title=_("This page was open for too long"),
        happened=_(
            "Keepwell accepts a form only from its own page, so that no other website can press "
            "a button in your name. This one was too old, or cookies are switched off."
        ),
        kept=_("Nothing was changed. Go back, load the page again and repeat the last step."),
        foot=_TECHNICIAN,
        may_retry=True,
        retry_words=_("Load the page again"),
        public_title=_("This page was open for too long"),
        public_happened=_(
            "To keep your answers safe we accept them only from our own page, and this one is too "
            "old. Load it again and go on. Your browser must allow cookies."
        ),
        public_kept=LAST_PAGE_LOST,
    ),
    404: ErrorWords(
        status=404,
        title=_("There is nothing here"),
        happened=_(
            "The address leads nowhere, or to something that you cannot reach. "
            "Some messages break a link in two; then copying the whole line helps."
        ),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        public_title=_("This link no longer works"),
        public_happened=_(
            "It may have ended, been replaced, or been used already. Some messages break a link in "
            "two; then copying the whole line helps."
        ),
        public_kept=_("A form that you sent before is safe. It stays with the clinic."),
    ),
    405: ErrorWords(
        status=405,
        title=_("That cannot be done this way"),
        happened=_(
            "The page exists, but it only answers to its own button. "
            "Going back and pressing the button again helps."
        ),
        kept=_NOTHING_CHANGED,
        foot=_("For programs: the Allow header names the methods this address answers."),
        public_title=_("That cannot be done this way"),
        public_happened=_("Go back one page and press the button again."),
    ),
    408: ErrorWords(
        status=408,
        title=_("This took too long"),
        happened=_("The connection was too slow, so what was sent did not arrive whole."),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        icon="clock",
        public_title=_("This took too long"),
        public_happened=_(
            "The connection was too slow, so what you sent did not arrive. Go back and press the "
            "button again where the signal is better. A file takes longest: go on without it if "
            "you can, and bring it with you."
        ),
        public_kept=LAST_PAGE_LOST,
    ),
    409: ErrorWords(
        status=409,
        title=_("This does not fit any more"),
        happened=_(
            "Something was changed or finished meanwhile, so this could not be done. "
            "Go back, load the page again and look."
        ),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        public_title=_("This does not fit any more"),
        public_happened=_("Something was changed or finished meanwhile, so this was not done."),
        public_kept=_("What you sent before is safe. It stays with the clinic."),
    ),
    410: ErrorWords(
        status=410,
        title=_("This is no longer there"),
        happened=_("It was here and has been erased or has ended."),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        public_title=_("This is no longer there"),
        public_happened=_("It was here and has been erased or has ended."),
        public_kept=_("A form that you sent before is safe. It stays with the clinic."),
    ),
    413: ErrorWords(
        status=413,
        title=_("That is too large"),
        happened=_("What you sent is larger than this page takes, so it was not read."),
        kept=_NOTHING_CHANGED,
        foot=_TECHNICIAN,
        public_title=_("That is too large"),
        public_happened=_(
            "What you sent is larger than 2 MB, so it was not read. A photo from a telephone often "
            "is that large. Go back and choose a smaller picture or file, or go on without it and "
            "bring it with you."
        ),
    ),
    429: ErrorWords(
        status=429,
        title=_("Wait a minute, then try again"),
        happened=_(
            "There were too many attempts from this network in a short time. "
            "We slow them all down, so that nobody can guess a password."
        ),
        kept=_("Your account is not locked."),
        foot=_TECHNICIAN,
        icon="clock",
        may_retry=True,
        public_title=_("Wait a minute, then try again"),
        public_happened=_("There were too many attempts from this network in a short time."),
    ),
    500: ErrorWords(
        status=500,
        title=_("Something broke on our side"),
        happened=_(
            "It is not your doing. Your technician can find what happened by the reference above, "
            "without any patient's data."
        ),
        kept=_(
            "What you had saved is kept. The last press of the button was not carried out, "
            "so it is safe to press it again."
        ),
        foot=_("Keepwell keeps no patient data in error reports."),
        may_retry=True,
        public_title=_("Something broke on our side"),
        public_happened=_("It is not your doing. Wait a minute and try again."),
        public_kept=LAST_PAGE_LOST,
    ),
    503: ErrorWords(
        status=503,
        title=_("Nothing can be opened right now"),
        happened=_(
            "The trail or the keys cannot be reached at the moment. Keepwell never opens a record "
            "without writing it down first, so it waits."
        ),
        kept=_(
            "All records are safe and sealed. "
            "Nothing was shown, because it could not have been recorded."
        ),
        foot=_("Technician: keepwell doctor on the server says what is wrong."),
        tone="warning",
        icon="lock",
        may_retry=True,
        retry_words=_("Try now"),
        public_title=_("We cannot take your answers right now"),
        public_happened=_("It is not your doing. Wait a minute and try again."),
        public_kept=LAST_PAGE_LOST,
    ),
}
# The link is good, what follows it is not: "this link no longer works" would be untrue.
_WORDS["part"] = replace(
    _WORDS[404],
    public_title=_("There is no such page in this form"),
    public_happened=_("The link to your form works; something after it is not right."),
    public_kept=_("Your answers are kept, and nothing was changed."),
)
# A button was pressed on something that changed meanwhile: no message has broken a link.
_WORDS["pressed"] = replace(
    _WORDS[404],
    happened=_(
        "The button leads to something that is not there any more, or that you cannot reach. "
        "Go back, load the page again and look."
    ),
    public_happened=_("It may have ended, been replaced, or been used already."),
)
_WORDS[411] = replace(_WORDS[400], status=411)

STATUSES = tuple(sorted(key for key in _WORDS if isinstance(key, int)))


def words_of(key: int | str) -> ErrorWords:
    """Return the words of a status or a name; an unknown status speaks like its family."""
    if key in _WORDS:
        return _WORDS[key]
    status = int(key)
    return replace(_WORDS[500 if status >= 500 else 400], status=status)
