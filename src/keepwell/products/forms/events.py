"""What happens to forms and answers, as kinds of trail entries (source:subject:verb)."""

from enum import StrEnum


class FormsEvent(StrEnum):
    """Trail kinds of this product, alphabetical."""

    ATTACHMENT_KEPT = "forms:attachment:keep"
    ATTACHMENT_REMOVED = "forms:attachment:remove"
    ATTACHMENT_SENT = "forms:attachment:send"
    DRAFT_BEGUN = "forms:draft:begin"
    DRAFT_CLEARED = "forms:draft:clear"
    DRAFT_EXPIRED = "forms:draft:expire"
    DRAFT_KEPT = "forms:draft:keep"
    DRAFT_SENT = "forms:draft:send"
    FORM_ASKED = "forms:form:ask"
    FORM_MOVED = "forms:form:move"
    FORM_PUBLISHED = "forms:form:publish"
    FORM_RESERVED = "forms:form:reserve"
    FORM_UPLOADED = "forms:form:upload"
    LINK_FRAMED = "forms:link:frame"
    LINK_MADE = "forms:link:make"
    LINK_REVOKED = "forms:link:revoke"
    SUBMISSION_ARRIVED = "forms:submission:arrive"
