"""What mail does by itself: send what waited for a server."""

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.mail import post


@job("mail:spool:send", title=_("Send mail that waits in the spool"), every="*/5 * * * *")
def send_waiting(work: Work) -> None:
    """Send what lies in the spool, if there is a server by now."""
    work.checkpoint()
    post.send_waiting()
