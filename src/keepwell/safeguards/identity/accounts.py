"""Looking up accounts before anybody is signed in, or later: never answered to a browser."""

from uuid import UUID

from keepwell.safeguards.identity import desks, passwords, trusts
from keepwell.safeguards.identity.models import Density, Door, FactorReplacement, Theme, User
from keepwell.toolkit.clock import now


def has_account(email: str) -> bool:
    """Tell whether an address has an account."""
    return User.objects.filter(email=passwords.normal_email(email)).exists()


def open_account_of(account: UUID) -> User | None:
    """Return the account of an id unless it is closed."""
    return User.objects.filter(pk=account, is_active=True).first()


def is_open(account: UUID) -> bool:
    """Tell whether there is an account of this id and it is not closed."""
    return User.objects.filter(pk=account, is_active=True).exists()


def open_account(email: str) -> User | None:
    """Return the account of an address unless it is closed."""
    return User.objects.filter(email=passwords.normal_email(email), is_active=True).first()


def set_look(user: User, *, theme: Theme, density: Density) -> None:
    """Keep how pages look to this account; no act on anybody's data, and not on the trail."""
    user.theme, user.density = theme, density
    user.save(update_fields=["theme", "density"])


def set_language(user: User, tag: str) -> None:
    """Keep in which language and with whose dates pages and letters are written to this account."""
    user.language = tag
    user.save(update_fields=["language"])


def set_keys(user: User, *, on: bool) -> None:
    """Keep whether single keys act on pages of this account."""
    user.has_keys = on
    user.save(update_fields=["has_keys"])


def hold(account: UUID) -> None:
    """Hold an account until this transaction ends: whoever begins to trust a device waits."""
    User.objects.select_for_update().get(pk=account)


def open_door(account: UUID, organisation: UUID) -> None:
    """Let an account come as far as an organisation's door; a membership says what it may there."""
    Door.objects.update_or_create(
        user_id=account, organisation=organisation, defaults={"closed": None}
    )


def close_door(account: UUID, organisation: UUID) -> None:
    """Close the door: what happens to the account is none of this organisation's business now."""
    Door.objects.filter(user=account, organisation=organisation).update(closed=now())
    desks.forget_in(organisation, account)
    trusts.end_all_of(account)


def of_this_alone(organisation: UUID) -> list[User]:
    """Return the accounts that may enter this organisation and no other."""
    elsewhere = Door.objects.exclude(organisation=organisation).values("user")
    here = Door.objects.filter(organisation=organisation).values("user")
    return list(User.objects.filter(pk__in=here).exclude(pk__in=elsewhere))


def shut(organisation: UUID) -> None:
    """Take every account's way into an organisation; delete those that have no other."""
    desks.forget_all_in(organisation)
    trusts.end_all_in(organisation)
    for user in of_this_alone(organisation):
        user.delete()
    FactorReplacement.objects.filter(organisation=organisation).delete()
    Door.objects.filter(organisation=organisation).delete()
