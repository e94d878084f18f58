"""Forms, their immutable versions and links; drafts and submissions with a key each.

Titles and definitions are not ePHI; whatever a patient types is, and is declared so here.
"""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from keepwell.products.forms.drafting import DRAFT_DAYS
from keepwell.products.forms.permissions import FormsPermission
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.fields import SealedJSON, SealedText
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.retention import Retention
from keepwell.safeguards.tenancy.models import OrganisationOwned


class VersionIsFixed(TypeError):  # noqa: N818  names the fact
    """A published version was asked to change; publish a new one instead."""


class Form(OrganisationOwned):
    """A form, and the copy its author is working on."""

    title = models.CharField(max_length=300)
    working = models.TextField(help_text="Canonical FHIR R4 Questionnaire JSON.")
    created = models.DateTimeField()
    created_by = models.UUIDField()
    asks_notice = models.BooleanField(default=False)  # whether the notice was received
    is_everywhere = models.BooleanField(default=True)  # else: at the locations of its placements
    is_reserved = models.BooleanField(default=False)  # what arrives is kept for named colleagues

    def __str__(self) -> str:
        return self.title


class FormVersion(OrganisationOwned):
    """What patients of this version saw, exactly; its sha256 is on the trail."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    definition = models.TextField(help_text="Canonical FHIR R4 Questionnaire JSON.")
    sha256 = models.CharField(max_length=64)
    marks = models.JSONField(help_text="Link ids of the questions that name the person.")
    columns = models.JSONField(help_text="Link ids shown in the inbox, in order.")
    published = models.DateTimeField()
    published_by = models.UUIDField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("form", "number"), name="forms_version_number_once"),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to change."""
        if not self._state.adding:
            raise VersionIsFixed("A published version never changes; publish a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise VersionIsFixed("A published version stays while answers may refer to it.")


class FormLink(OrganisationOwned):
    """A way in for patients: an opaque token, hashed for finding and sealed for showing."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="links")
    sealed_token = models.BinaryField()
    key_id = models.UUIDField()
    embed_origins = models.JSONField(default=list, blank=True)
    created = models.DateTimeField()
    expires = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Door(models.Model):
    """Which organisation a link's token leads to: the one table of forms outside the wall.

    A patient arrives with nothing but the token; the wall needs an organisation. The row holds a
    hash and two random ids, no ePHI.
    """

    token_hash = models.CharField(max_length=64, primary_key=True)
    organisation = models.UUIDField()
    link = models.UUIDField()

    def __str__(self) -> str:
        return str(self.link)


class Draft(SealedRecord):
    """Answers of somebody who has not sent yet; found by the hash of the device's handle.

    No colleague opens them: nothing says `opened_by`.
    """

    plain = {"handle_hash": "SHA-256 of a random handle, says nothing of its holder"}
    expires = Retention(days=DRAFT_DAYS, after="touched")  # with the files (`tasks`)

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(FormLink, on_delete=models.PROTECT, related_name="+")
    handle_hash = models.CharField(max_length=64)
    touched = models.DateTimeField(_("last change"), db_index=True)
    answers = SealedJSON(slot="forms.draft.answers", category="answers")

    class Meta:
        verbose_name = _("form not sent yet")
        verbose_name_plural = _("forms not sent yet")
        constraints = (
            models.UniqueConstraint(fields=("handle_hash",), name="forms_draft_handle_once"),
        )


class Submission(SealedRecord):
    """What a patient sent, under a key of its own. One per draft, by constraint."""

    opened_by = FormsPermission.SUBMISSION_OPEN
    about = "person_id"
    plain = {
        "reference": "random, printed for the patient, says nothing of its holder",
        "handle_hash": "SHA-256 of a random handle, says nothing of its holder",
    }

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    draft_id = models.UUIDField(unique=True)
    handle_hash = models.CharField(max_length=64, unique=True)
    reference = models.CharField(max_length=16)
    arrived = models.DateTimeField()
    answers = SealedJSON(slot="forms.submission.answers", category="answers")
    brief = SealedJSON(
        _("summary for the inbox"), slot="forms.submission.brief", category="what the inbox shows"
    )

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "reference"), name="forms_reference_once"
            ),
        )
        indexes = (
            # With the form, so that those of other locations are passed over in the index alone.
            models.Index(fields=("organisation", "-id", "form"), name="forms_newest"),
            models.Index(fields=("organisation", "arrived"), name="forms_arrived"),
            models.Index(fields=("organisation", "form", "arrived"), name="forms_counted"),
            # With the person: whom colleagues of a location reach is read from the index alone.
            models.Index(fields=("organisation", "form", "-id", "person"), name="forms_by_form"),
        )


class Attachment(SealedRecord):
    """A file a patient added: the bytes are a sealed blob under this row's key.

    Until the answers are sent it belongs to a draft only; then to the person too, so that erasing
    the person erases the file.
    """

    opened_by = FormsPermission.SUBMISSION_OPEN
    about = "person_id"
    file_slot = "forms.attachment.file"
    plain = {
        "link_id": "the question's id in the definition",
        "media_type": "found from the bytes, one of an allow-list",
    }

    draft_id = models.UUIDField(db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True)
    link_id = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    bytes_total = models.PositiveBigIntegerField()
    name = SealedText(slot="forms.attachment.name", category="file name")
    sha256 = SealedText(
        _("fingerprint (SHA-256)"), slot="forms.attachment.sha256", category="file digest"
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
