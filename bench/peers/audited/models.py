"""A chart that django-auditlog follows."""

from auditlog.registry import auditlog
from django.db import models


class Chart(models.Model):
    """In clear, with a log of changes."""

    name = models.TextField()
    born = models.TextField()
    email = models.TextField()
    telephone = models.TextField()
    address = models.TextField()
    insurance = models.TextField()
    complaint = models.TextField()
    notes = models.TextField()


auditlog.register(Chart)
