"""A chart in plain Django."""

from django.db import models


class Chart(models.Model):
    """In clear."""

    name = models.TextField()
    born = models.TextField()
    email = models.TextField()
    telephone = models.TextField()
    address = models.TextField()
    insurance = models.TextField()
    complaint = models.TextField()
    notes = models.TextField()
