"""«My day»: the list to call, in tiers, with reasons in words; tasks due; one's month."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from deals import day_list
from deals.models import CallEntry
from deals.services import call_list
from playbook.services import asks, duty
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import is_working_day, today
from salesdept.models import JobRun, User
from salesdept.roles import Perm, has_perm


@needs(Perm.WORK_CALLS, Perm.SEE_RESULTS, Perm.SEE_OFFICE_RESULTS)
def day(request: PersonRequest) -> HttpResponse:
    """One's own day, the day of a person one may look at (`?manager=`), or everybody's lists."""
    asked = _date(request.GET.get("date", ""))
    manager = request.GET.get("manager", "")
    if manager.isdecimal() and int(manager) != request.user.pk:
        context = _of_other(request, int(manager), asked)
    elif has_perm(request.user, Perm.WORK_CALLS):
        context = _own(request, asked)
    else:
        return render(request, "deals/day/overview.html", _everybody(request, asked))
    template = "day_body" if wants_fragment(request) else "day"
    return render(request, f"deals/day/{template}.html", context | _night())


def _own(request: PersonRequest, asked: date | None) -> dict[str, Any]:
    user = request.user
    shown = asked or call_list.current_day(user) or today()
    entries = day_list.with_rows(call_list.in_order(user, shown))
    tasks = list(day_list.tasks_due(user).select_related("client")[: day_list.TASKS_SHOWN + 1])
    substituted, absence = day_list.away_people(user)
    return _common(user, day_list.build(entries, shown, user)) | {
        "tasks": tasks[: day_list.TASKS_SHOWN],
        "more_tasks": len(tasks) > day_list.TASKS_SHOWN,
        "overdue": sum(1 for task in tasks if task.due_on < today()),
        "substituted": substituted,
        "absence": absence,
        "is_own": True,
        "person": user,
        "asks": asks.for_page(user, today()),
        "duties": duty.duties_of_day(user, today()),
    }


def _of_other(request: PersonRequest, pk: int, asked: date | None) -> dict[str, Any]:
    """Somebody else's list, to look at: calling is theirs."""
    person: User = get_object_or_404(day_list.watched(request.user), pk=pk)
    shown = asked or call_list.current_day(person) or today()
    entries = day_list.with_rows(CallEntry.objects.visible_to(request.user).of_day(person, shown))
    return _common(request.user, day_list.build(entries, shown, person)) | {"is_own": False, "person": person}


def _everybody(request: PersonRequest, asked: date | None) -> dict[str, Any]:
    people = day_list.watched(request.user)
    coming = CallEntry.objects.filter(manager__in=people, date__gte=today()).aggregate(day=Min("date"))["day"]
    shown = asked or coming or today()
    return {"day": shown, "rows": day_list.overview(request.user, shown)} | _night()


def _common(user: User, found: day_list.DayList) -> dict[str, Any]:
    now = today()
    return {
        "list": found,
        "day": found.day,
        "today": now,
        "is_today": found.day == now,
        "is_ahead": found.day > now,
        "is_working_day": is_working_day(now),
        "people": list(day_list.watched(user)),
    }


def _night() -> dict[str, Any]:
    """The last night, so that everybody knows from when the figures are."""
    return {"night": JobRun.objects.filter(published_at__isnull=False).order_by("-as_of").first()}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
