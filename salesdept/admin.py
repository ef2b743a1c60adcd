"""Admin of the floor: people, offices, absences, and the runs of the night."""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 - registered first, so that they can be taken out below
import django.contrib.auth.admin
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from salesdept import tasks
from salesdept.deputy_admin import DeputyAdmin, ReadOnlyAdmin, ReadOnlyInline, forget, is_deputy
from salesdept.models import Absence, JobRun, JobStep, Office, User
from salesdept.roles import Perm, has_perm
from salesdept.services.person import end_sessions

forget(Group, EmailAddress, Authenticator, UserSession)

_ABOUT = ("email", "first_name", "last_name", "role", "office", "phone")
_OWN = ("role", "is_active", "is_staff")  # nobody raises or locks themselves


class NewUserForm(UserCreationForm):
    """A person by e-mail, in lower case as the login compares them."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        """One person an address, whatever its letters' case."""
        return str(self.cleaned_data["email"]).lower()


class PersonForm(UserChangeForm):
    """A person with a link to where the password is set."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            text = gettext("The password is not shown to anybody; a new one can be set here.")
            self.fields["password"].help_text = format_html('<a href="../password/">{}</a>', text)


@admin.register(User)
class UserAdmin(django.contrib.auth.admin.UserAdmin, DeputyAdmin):
    """People. Letting one go ends every session at once and moves nothing: clients are handed over on their screen."""

    form = PersonForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    may_add = True
    list_display = ("get_full_name", "email", "role", "office", "is_active", "is_staff")
    list_display_links = ("get_full_name",)
    list_select_related = ("office",)
    list_filter = ("role", "office", "is_active")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("last_name", "first_name", "id")
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": _ABOUT}),
        (_("Access"), {"fields": ("password", "is_active", "is_staff", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": (*_ABOUT, "is_staff", "password1", "password2")}),)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever has every right is changed only by such a person."""
        is_above = (
            isinstance(obj, User) and obj.is_superuser and not getattr(request.user, "is_superuser", False)
        )
        return super().has_change_permission(request, obj) and not is_above

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Own role and own access are for somebody else to change."""
        found = tuple(super().get_readonly_fields(request, obj))
        return (*found, *_OWN) if obj is not None and obj == request.user else found

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        """Only what changed; whoever is let go is out at once."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        names = [name for name in form.changed_data if name not in ("password",)]
        with transaction.atomic():
            if names:
                obj.save(update_fields=names)
            if "is_active" in names and not obj.is_active:
                count = end_sessions(obj)
                text = gettext(
                    "%(who)s can no longer log in; sessions ended: %(count)s. Clients stay as they were."
                )
                messages.info(request, text % {"who": obj.get_full_name(), "count": count})


@admin.register(Office)
class OfficeAdmin(DeputyAdmin):
    """Offices. They are never deleted: clients and people belong to them."""

    may_add = True
    list_display = ("name", "short_name", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """The code is what addresses and files know an office by."""
        return ("code",) if obj else ()


@admin.register(Absence)
class AbsenceAdmin(DeputyAdmin):
    """Days on which a substitute works somebody's list."""

    may_add = may_delete = True
    list_display = ("user", "substitute", "starts", "ends", "reason")
    list_select_related = ("user", "substitute")
    autocomplete_fields = ("user", "substitute")


class StepInline(ReadOnlyInline):
    """Steps of a night with rows and times."""

    model = JobStep
    fields = readonly_fields = ("position", "name", "state", "rows", "seconds", "error")


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    """Nights: state, steps, times; and a button that starts one."""

    list_display = ("as_of", "state", "full", "started_at", "finished_at", "published_at", "started_by")
    list_select_related = ("started_by",)
    list_filter = ("state", "full")
    inlines = (StepInline,)
    list_before_template = "salesdept/admin/run_night.html"

    def get_urls(self) -> list[URLPattern]:
        """And the address of the button."""
        run = self.admin_site.admin_view(require_POST(self.run_night))
        return [path("run/", run, name="salesdept_jobrun_run"), *super().get_urls()]

    def run_night(self, request: HttpRequest) -> HttpResponse:
        """Queue the night of yesterday; a second one beside it refuses by itself."""
        if not (is_deputy(request) and has_perm(request.user, Perm.RUN_NIGHT)):
            raise PermissionDenied
        user: Any = request.user
        tasks.night.delay(started_by=user.pk, full=request.POST.get("full") == "1")
        messages.success(request, gettext("The night run has been queued; reload the list to see its steps."))
        return redirect("admin:salesdept_jobrun_changelist")
