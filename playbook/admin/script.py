"""Scripts of calls and answers to objections (source section 2.3, 7)."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from playbook.admin.base import BookAdmin, lines, situations
from playbook.models import Objection, Script

_STEPS = _(
    "One step a line: what to do | the words | code of the key parameter that the answer fills."
    " Below a step its branches: ? if → then"
)


@admin.register(Script)
class ScriptAdmin(BookAdmin):
    """Scripts by situation, sphere and segment."""

    list_display = ("title", "situation", "sphere", "segment")
    list_select_related = ("sphere", "segment")
    list_filter = ("situation", "sphere")
    search_fields = ("title",)
    autocomplete_fields = ("sphere", "segment")
    lists = {
        "steps": lines("text", "say", "asks", help_text=_STEPS, branches=True),
        "offers": lines("title", "text", help_text=_("One offer a line: title | text")),
    }
    may_delete = True


@admin.register(Objection)
class ObjectionAdmin(BookAdmin):
    """What clients say against, and what to answer."""

    list_display = ("says", "segment", "order")
    list_select_related = ("segment",)
    search_fields = ("says", "answer")
    autocomplete_fields = ("segment",)
    fixed = ("code",)
    lists = {"situations": situations}
    may_delete = True
