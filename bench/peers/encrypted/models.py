"""A chart of django-encrypted-model-fields, with django-auditlog: the nearest equal."""

from auditlog.registry import auditlog
from django.db import models
from encrypted_model_fields.fields import EncryptedTextField


class Chart(models.Model):
    """Encrypted column by column, with a log of changes."""

    name = EncryptedTextField()
    born = EncryptedTextField()
    email = EncryptedTextField()
    telephone = EncryptedTextField()
    address = EncryptedTextField()
    insurance = EncryptedTextField()
    complaint = EncryptedTextField()
    notes = EncryptedTextField()


auditlog.register(Chart)
