"""Leaving a session: the browser forgets what it kept of its pages, by whichever way it ended."""

from django.http.response import HttpResponseBase


def forget_pages(response: HttpResponseBase) -> None:
    """Let the browser drop pages kept in memory and whatever scripts stored (W3C Clear Site Data).

    Not "cookies": on a shared computer that would take the next patient's draft with it. The
    session's own cookie goes with the session.
    """
    response["Clear-Site-Data"] = '"cache", "storage"'
