"""A chart whose every version django-simple-history keeps."""

from django.db import models
from simple_history.models import HistoricalRecords


class Chart(models.Model):
    """In clear, with a history."""

    name = models.TextField()
    born = models.TextField()
    email = models.TextField()
    telephone = models.TextField()
    address = models.TextField()
    insurance = models.TextField()
    complaint = models.TextField()
    notes = models.TextField()

    history = HistoricalRecords()
