"""What somebody may be allowed to do with forms and what arrives through them."""

from enum import StrEnum


class FormsPermission(StrEnum):
    """Permissions of this product, resource:verb."""

    FORM_PUBLISH = "form:publish"
    FORM_READ = "form:read"
    SUBMISSION_LIST = "submission:list"
    SUBMISSION_OPEN = "submission:open"
