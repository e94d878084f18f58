"""What can be refused in this product, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from keepwell.toolkit.errors import KeepwellError


class FormNotFound(KeepwellError):  # noqa: N818  names the fact
    """No such form, version or submission within reach of this viewer."""

    code = "form_not_found"
    status = 404
    sentence = _("There is nothing at this address that you can open.")


class LinkClosed(KeepwellError):  # noqa: N818  names the fact
    """The link was never there, was withdrawn, or has expired: patients get the same help page."""

    code = "link_closed"
    status = 404
    sentence = _("This link does not open a form any more.")


class DraftGone(KeepwellError):  # noqa: N818  names the fact
    """The device holds no draft (cleared, expired, or begun elsewhere)."""

    code = "draft_gone"
    status = 409
    sentence = _("We have no answers from this device. Nothing was sent.")


class NothingToPublish(KeepwellError):  # noqa: N818  names the fact
    """The working copy is what patients see already."""

    code = "nothing_to_publish"
    status = 409
    sentence = _("There is no change to publish. Patients see this version already.")
