"""Users: one account for one human being, known by an e-mail address."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from keepwell.toolkit.identifiers import uuid7


class User(AbstractBaseUser):
    """A member of staff. Accounts stand outside the wall; memberships stand inside it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
