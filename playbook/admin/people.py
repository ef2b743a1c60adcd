"""Job descriptions with their duties, and what was done of them (source section 5.1, Appendix 3)."""

from __future__ import annotations

from django.contrib import admin

from playbook.admin.base import BookAdmin, BookInline, lines
from playbook.models import Duty, DutyDone, Job
from salesdept.deputy_admin import ReadOnlyAdmin


class DutyInline(BookInline):
    """Regular duties of the role."""

    model = Duty
    autocomplete_fields = ("regulation",)


@admin.register(Job)
class JobAdmin(BookAdmin):
    """The ten roles: what each is for, its duties, profile and vacancy."""

    list_display = ("role", "mission", "reports_to", "order")
    search_fields = ("mission",)
    fixed = ("role",)
    inlines = (DutyInline,)
    lists = {"indicators": lines()}


@admin.register(DutyDone)
class DutyDoneAdmin(ReadOnlyAdmin):
    """Duties people marked as done."""

    list_display = ("day", "user", "duty", "at")
    list_select_related = ("user", "duty")
    search_fields = ("user__last_name",)
