"""What can be wrong with keys, each as a fact with a sentence for a person."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class KeyGone(KeepwellError):  # noqa: N818  names the fact
    """The key was shredded, never existed, or belongs to another organisation."""

    code: ClassVar[str] = "key_gone"
    status: ClassVar[int] = 410
    sentence: ClassVar[str] = _(
        "This was erased: its key no longer exists, so nobody can read it. "
        "The trail still says that it was here."
    )


class KeystoreUnavailable(KeepwellError):  # noqa: N818  names the fact
    """The keystore cannot be reached just now; the cause is chained."""

    code: ClassVar[str] = "keystore_unavailable"
    status: ClassVar[int] = 503
    sentence: ClassVar[str] = _(
        "The keys cannot be reached just now, so nothing was shown and nothing was changed. "
        "Try again in a minute."
    )


class OrganisationKeysMissing(KeepwellError):  # noqa: N818  names the fact
    """This organisation has no keys: none were made, or this is another keystore."""

    code: ClassVar[str] = "organisation_keys_missing"
    status: ClassVar[int] = 503
    sentence: ClassVar[str] = _(
        "This organisation has no keys in the keystore. Nothing was shown and nothing was changed. "
        "The data and the keystore may come from different backups."
    )


class BlobGone(KeepwellError):  # noqa: N818  names the fact
    """No sealed file is stored under this row."""

    code: ClassVar[str] = "blob_gone"
    status: ClassVar[int] = 404
    sentence: ClassVar[str] = _("This file is not stored here: it was removed or never arrived.")


class RootKeyError(KeepwellError):
    """Keepwell cannot use its root key; only an operator can help."""

    status: ClassVar[int] = 503


class RootKeyMissing(RootKeyError):  # noqa: N818  names the fact
    """There is no root key file."""

    code: ClassVar[str] = "root_key_missing"
    sentence: ClassVar[str] = _(
        "The root key file is not there. Put it back, or type the printed root key into it; "
        "without it nothing that was sealed can be read."
    )


class RootKeyUnreadable(RootKeyError):  # noqa: N818  names the fact
    """The root key file cannot be read, or others can read it too."""

    code: ClassVar[str] = "root_key_unreadable"
    sentence: ClassVar[str] = _(
        "The root key file cannot be read. "
        "It must belong to the account that runs Keepwell, with mode 0600."
    )


class RootKeyDamaged(RootKeyError):  # noqa: N818  names the fact
    """The text is not a root key, or a line of it was damaged or mistyped."""

    code: ClassVar[str] = "root_key_damaged"
    sentence: ClassVar[str] = _(
        "The root key is damaged or mistyped. Compare it with the printed root key."
    )


class RootKeyWrong(RootKeyError):  # noqa: N818  names the fact
    """A well-formed root key, but not the one this keystore was made with."""

    code: ClassVar[str] = "root_key_wrong"
    sentence: ClassVar[str] = _(
        "This root key is not the one this keystore was made with. Nothing was changed. "
        "Put the right root.key beside this keystore, or the right keystore beside this root.key."
    )


class RootKeyExists(RootKeyError):  # noqa: N818  names the fact
    """A root key file is there already; writing over it would lose everything sealed under it."""

    code: ClassVar[str] = "root_key_exists"
    sentence: ClassVar[str] = _(
        "There is a root key file already. It was left as it is: "
        "writing over it would make everything sealed so far unreadable."
    )


class RootRotationRuns(RootKeyError):  # noqa: N818  names the fact
    """Another process moves the root key's files just now."""

    code: ClassVar[str] = "root_rotation_runs"
    sentence: ClassVar[str] = _(
        "Another process is changing the root key just now. Nothing was changed here. "
        "Look with keepwell keys status, and try again when it has ended."
    )
