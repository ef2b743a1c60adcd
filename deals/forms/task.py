"""The form of a task, new or edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from deals.models import Task, TaskKind
from deals.services.task import assignees
from salesdept.dates import today
from salesdept.models import User

# What a person may give by hand; the other kinds are made by rules.
_BY_HAND = (TaskKind.OTHER, TaskKind.NEXT_STEP, TaskKind.CALL_BACK, TaskKind.DATA)


class ClientCodeField(forms.CharField):
    """A client by code: «C00012» or «C00012 · ООО «Клиент»», as the suggestions write it."""

    clients: QuerySet[Client] = Client.objects.none()

    def clean(self, value: Any) -> Client | None:
        """The client, if the person sees it."""
        text = super().clean(value)
        if not text:
            return None
        found = self.clients.filter(code=text.split(" · ")[0].strip()).first()
        if found is None:
            raise forms.ValidationError(_("No such client among yours: choose one from the list."))
        return found


class TaskForm(forms.Form):
    """What to do, about whom, who, by when."""

    title = forms.CharField(label=_("What to do"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    client = ClientCodeField(label=_("Client"), required=False)
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None, required=False)
    due_on = forms.DateField(label=_("By what day"))
    due_at = forms.TimeField(label=_("At what time"), required=False)
    details = forms.CharField(
        label=_("Details"), required=False, max_length=5000, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, data: Any = None, *, user: User, task: Task | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.user, self.task = user, task
        people: Any = self.fields["assignee"]
        people.queryset = assignees(user)
        people.initial = user.pk
        kind: Any = self.fields["kind"]
        known = [TaskKind(task.kind)] if task and task.kind not in _BY_HAND else []
        kind.choices = [(one.value, one.label) for one in (*_BY_HAND, *known)]
        client: Any = self.fields["client"]
        client.clients = Client.objects.visible_to(user).only("pk", "code", "name")
        self._widgets()

    def _widgets(self) -> None:
        for name, kind in (("due_on", "date"), ("due_at", "time")):
            widget: Any = self.fields[name].widget
            widget.input_type = kind
            widget.format = "%Y-%m-%d" if kind == "date" else "%H:%M"
        self.fields["due_on"].widget.attrs["min"] = today().isoformat()
        self.fields["title"].widget.attrs |= {"autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """A call-back is a call to somebody; a date that has passed is a mistake unless it stood there before."""
        data = super().clean() or self.cleaned_data
        due, before = data.get("due_on"), self.task.due_on if self.task else None
        if due and due != before and due < today():
            self.add_error("due_on", _("This day has passed."))
        has_client = data.get("client") or (self.task and self.task.client_id)
        if data.get("kind") == TaskKind.CALL_BACK and not has_client and "client" not in self.errors:
            self.add_error("client", _("Whom to call back? Choose the client."))
        data["kind"] = data.get("kind") or TaskKind.OTHER
        data["assignee"] = data.get("assignee") or (self.task.assignee if self.task else self.user)
        return data


def client_label(client: Client) -> str:
    """How a client stands in the field and in its suggestions."""
    return f"{client.code} · {client.name}"


def initial_of(task: Task) -> dict[str, Any]:
    """The form filled with a task."""
    return {
        "title": task.title,
        "kind": task.kind,
        "client": client_label(task.client) if task.client else "",
        "assignee": task.assignee_id,
        "due_on": task.due_on,
        "due_at": task.due_at,
        "details": task.details,
    }
