"""Patients' pages: from a compiled form and answers to what templates show. No database here.

    page_view(form, page, answers, *, setting, raw=None, errors=()) -> PageView
    check_view(form, answers, errors=()) -> CheckView
    Ways(start, check, send, leave, page, handle="")

Templates under forms/patient/ and what they need beside `organisation`:
`start.html` (form, ways) · `continue.html` (form, ways, resume) · `page.html` (form, view, ways) ·
`check.html` (form, view, ways) · `leave.html` (form, ways, resume) · `left.html` (form, ways) ·
`notice.html` (form, ways, see views/noticing) ·
`done.html` (form, reference, arrived) · `help.html` (is_known). `form` is the CompiledForm,
`resume` the address at which answering goes on. A page posts `act`; `answers.fields.act_of`
reads it ("show" only asks for the page again).
"""

from keepwell.products.forms.rendering.checks import check_view
from keepwell.products.forms.rendering.pages import page_view
from keepwell.products.forms.rendering.views import CheckView, PageView, Ways

__all__ = ["CheckView", "PageView", "Ways", "check_view", "page_view"]
