"""What both steps are given again for, by the name in the address: words, and where it leads."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACCOUNT, ACCOUNT_WORDS, GO_ON = "sign_in:account", _("Your account"), _("Go on")


@dataclass(frozen=True, slots=True)
class Weighty:
    """A reason to ask: the page above, which is also the way out, and the page that comes next."""

    lead: str | Promise
    up: str = ACCOUNT
    title: str | Promise = ACCOUNT_WORDS  # of the page above
    then: str = ""  # the page above when empty
    go: str | Promise = GO_ON
    returns: bool = False  # to the page that asked, which names itself

    @property
    def route(self) -> str:
        """Return where it leads when no page named itself."""
        return self.then or self.up


REASONS = {
    "access": Weighty(
        _(
            "Before somebody asks for access or gives it, show that it is you. "
            "Then you have five minutes."
        ),
        "office:elevations",
        _("Access for a while"),
        returns=True,
    ),
    "app": Weighty(
        _("Before a new authenticator app takes the place of the old one, show that it is you."),
        then="sign_in:replace_app",
        go=_("Continue to the new app"),
    ),
    "codes": Weighty(
        _(
            "Before ten new recovery codes take the place of the old ones and your other sessions "
            "end, show that it is you."
        ),
        then="sign_in:new_codes",
        go=_("Make new recovery codes"),
    ),
    "emergency": Weighty(
        _(
            "Before emergency access begins or changes, show that it is you. "
            "Then you have five minutes."
        ),
        "office:home",
        _("Home"),
        then="office:emergencies",
        returns=True,
    ),
    "erase": Weighty(
        _("Before somebody is erased for ever, show that it is you. Then you have five minutes."),
        "office:persons",
        _("People"),
        returns=True,
    ),
    "export": Weighty(
        _(
            "Before everything about somebody is exported, show that it is you. "
            "Then you have five minutes."
        ),
        "office:persons",
        _("People"),
        returns=True,
    ),
    "locations": Weighty(
        _(
            "Before a location is closed and what belongs to it moves, show that it is you. "
            "Then you have five minutes."
        ),
        "office:locations",
        _("Locations"),
        returns=True,
    ),
    "members": Weighty(
        _(
            "Before somebody gets access or another role, show that it is you. "
            "Then you have five minutes."
        ),
        "office:members",
        _("Members"),
        returns=True,
    ),
    "networks": Weighty(
        _(
            "Before the list of allowed networks can be changed, show that it is you. "
            "Then you have five minutes."
        ),
        "office:networks",
        _("Networks"),
        go=_("Continue to the networks"),
    ),
    "passkeys": Weighty(
        _(
            "Before a passkey is added or a second step is removed, show that it is you. "
            "Then you have five minutes."
        ),
        then="sign_in:add_passkey",
        returns=True,
    ),
    "signing-out": Weighty(
        _(
            "Before it changes when people are signed out, show that it is you. "
            "Then you have five minutes."
        ),
        "office:settings",
        _("Settings"),
        then="office:idle",
        returns=True,
    ),
    "trail-export": Weighty(
        _(
            "Before entries of the trail are exported, show that it is you. "
            "Then press Export again within five minutes."
        ),
        "office:trail",
        _("Trail"),
        go=_("Back to the trail"),
        returns=True,
    ),
    "trusted-devices": Weighty(
        _(
            "Before it changes whether a device can be trusted, show that it is you. "
            "Then you have five minutes."
        ),
        "office:settings",
        _("Settings"),
        then="office:trust",
        returns=True,
    ),
    "unkept-codes": Weighty(
        _(
            "Before recovery codes are shown that you have not kept yet, show that it is you. "
            "Then you have five minutes."
        ),
        then="sign_in:new_codes",
        go=_("Show the codes"),
    ),
    "two-persons": Weighty(
        _(
            "Before something that takes two persons is proposed or confirmed, show that it is "
            "you. Then you have five minutes."
        ),
        "office:proposals",
        _("Two persons"),
        returns=True,
    ),
}
