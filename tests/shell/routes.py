"""Routes that fail in every way a view can, under the real middleware and the real handlers."""

from typing import ClassVar

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from keepwell.config import urls
from keepwell.safeguards.access.declarations import open_to_all
from keepwell.toolkit.errors import KeepwellError

CANARY = "Pat-Whitfield-1951-03-09"


class TrailGoneError(KeepwellError):
    """What the trail raises when it cannot be written."""

    code: ClassVar[str] = "trail_gone"
    status: ClassVar[int] = 503
    sentence: ClassVar[str] = "Nothing was shown, because it could not have been recorded."


class TooOftenError(KeepwellError):
    """What a throttle raises."""

    code: ClassVar[str] = "too_often"
    status: ClassVar[int] = 429
    sentence: ClassVar[str] = "Eight attempts in a minute."


FAILURES: dict[str, type[Exception]] = {
    "bad": SuspiciousOperation,
    "broken": ValueError,
    "denied": PermissionDenied,
    "large": RequestDataTooBig,
    "missing": Http404,
    "often": TooOftenError,
    "trail": TrailGoneError,
}


@open_to_all("a test: raises what it is asked to")
def fail(request: HttpRequest, how: str) -> HttpResponse:
    """Raise the named failure, with a value that no page and no log may show."""
    secret = CANARY
    raise FAILURES[how](secret)


@open_to_all("a test: answers only its button")
@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """Answer a press."""
    return HttpResponse("pressed")


@open_to_all("a test: may be embedded")
def embedded(request: HttpRequest) -> HttpResponse:
    """Answer inside a frame of one other site."""
    request.frame_ancestors = ["https://clinic.example"]  # type: ignore[attr-defined]
    return HttpResponse("framed")


@open_to_all("a test: fails where it is embedded")
def fail_embedded(request: HttpRequest) -> HttpResponse:
    """Raise, after saying who may embed this address."""
    request.frame_ancestors = ["https://clinic.example"]  # type: ignore[attr-defined]
    raise Http404


urlpatterns = [
    path("e/fail/", fail_embedded, name="fail_embedded"),
    path("fail/<slug:how>/", fail, name="fail"),
    path("f/fail/<slug:how>/", fail, name="fail_public"),
    path("press/", press, name="press"),
    path("f/press/", press, name="press_public"),
    path("embedded/", embedded, name="embedded"),
    *urls.urlpatterns,
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
