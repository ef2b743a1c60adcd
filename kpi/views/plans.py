"""The year's plan typed in place: one cell at a time for HTMX, the whole table without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kpi.forms.plan import parse_field, parse_growth, parse_thousands
from kpi.models import PlanChange
from kpi.reports.plan_grid import Cell, Grid, Line, grid, years
from kpi.services import plan as service
from kpi.services.plan import PlanError
from salesdept.access import PersonRequest, needs, wants_fragment
from salesdept.dates import today
from salesdept.roles import Perm, has_perm

SEE = (Perm.EDIT_PLANS, Perm.SEE_RESULTS)


@needs(*SEE)
def plans(request: PersonRequest) -> HttpResponseBase:
    """The grid of a year (`?year=2027`); a POST saves every cell that was changed."""
    if request.method != "POST":
        return _page(request, _grid(request.GET.get("year", "")))
    if not has_perm(request.user, Perm.EDIT_PLANS):
        raise PermissionDenied
    found = _grid(request.POST.get("year", ""))
    saved, wrong = _save_all(request, found)
    if wrong:
        return _page(request, _with(_grid(str(found.year)), wrong), status=422)
    messages.success(request, ngettext("%(n)s plan saved.", "%(n)s plans saved.", saved) % {"n": saved})
    return redirect(f"{reverse('kpi:plans')}?year={found.year}")


@require_POST
@needs(Perm.EDIT_PLANS)
def cell(request: PersonRequest) -> HttpResponse:
    """Save one cell: the cell and the sums it changes, or the cell with its error (422)."""
    name = next((name for name in request.POST if parse_field(name)), "")
    asked = parse_field(name)
    if asked is None:
        raise Http404
    manager, month = asked
    found = _cell_of(_grid(str(month.year)), manager, month)
    try:
        service.set_manager_plan(month, found.manager, parse_thousands(request.POST[name]), request.user)
    except (ValidationError, PlanError) as error:
        wrong = replace(found, typed=request.POST[name][:20], error=_message(error))
        return render(request, "kpi/plans/cell.html", {"cell": wrong, "may_edit": True}, status=422)
    fresh = _grid(str(month.year))
    context = {
        "cell": _cell_of(fresh, manager, month),
        "line": next(line for line in fresh.lines if line.manager.pk == manager),
        "column": fresh.columns[month.month - 1],
        "grid": fresh,
        "may_edit": True,
    }
    return render(request, "kpi/plans/saved.html", context)


@require_POST
@needs(Perm.EDIT_PLANS)
def copy(request: PersonRequest) -> HttpResponseBase:
    """Last year plus a percentage into the open months of a manager's row, with an undo."""
    found = _grid(request.POST.get("year", ""))
    year, line = found.year, _line(found, request.POST.get("manager", ""))
    try:
        percent = parse_growth(request.POST.get("percent", "0"))
        changes = service.copy_last_year(line.manager, year, percent, request.user)
    except (ValidationError, PlanError) as error:
        return _answer(request, year, _message(error), [], status=422)
    text = ngettext("%(name)s: %(n)s month changed", "%(name)s: %(n)s months changed", len(changes))
    words = {"name": line.manager.get_full_name(), "n": len(changes)}
    return _answer(request, year, text % words, changes)


@require_POST
@needs(Perm.EDIT_PLANS)
def undo(request: PersonRequest) -> HttpResponseBase:
    """Take back a copy made a moment ago."""
    year = _grid(request.POST.get("year", "")).year
    asked = request.POST.get("changes", "")
    ids = [int(part) for part in asked.split(",")[: service.YEAR] if part.isascii() and part.isdigit()]
    undone = service.undo(ids, request.user)
    text = (
        ngettext("%(n)s month put back", "%(n)s months put back", undone) if undone else _("Nothing to undo")
    )
    return _answer(request, year, text % {"n": undone} if undone else text, [])


def _answer(
    request: PersonRequest, year: int, text: str, changes: list[PlanChange], status: int = 200
) -> HttpResponseBase:
    """The grid with a toast for HTMX, the page with a message otherwise."""
    context = {
        "text": text,
        "changes": ",".join(str(one.pk) for one in changes),
        "year": year,
        "is_bad": status != 200,
    }
    toast = render_to_string("kpi/plans/toast.html", context, request=request)
    if not request.htmx:
        (messages.error if status != 200 else messages.success)(request, toast)
        return redirect(f"{reverse('kpi:plans')}?year={year}")
    shown = _context(request, _grid(str(year))) | {"toast": toast}
    return render(request, "kpi/plans/grid.html", shown, status=status)


def _page(request: PersonRequest, found: Grid, status: int = 200) -> HttpResponse:
    template = "grid" if wants_fragment(request) else "plans"
    return render(request, f"kpi/plans/{template}.html", _context(request, found), status=status)


def _context(request: PersonRequest, found: Grid) -> dict[str, Any]:
    may_edit = has_perm(request.user, Perm.EDIT_PLANS)
    return {
        "grid": found,
        "may_edit": may_edit,
        "today": today(),
        "furthest": service.last_month(today()),
        "before_year": found.year - 1,
        "choices": range(found.first_year, found.last_year + 1),
    }


def _grid(text: str) -> Grid:
    """The year of the address, kept inside those that can have a plan; this one by default."""
    first, last = years()
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    return grid(min(max(year, first), last), (first, last))


def _line(found: Grid, manager: str) -> Line:
    line = next((line for line in found.lines if str(line.manager.pk) == manager), None)
    if line is None:
        raise Http404
    return line


def _cell_of(found: Grid, manager: int, month: date) -> Cell:
    return _line(found, str(manager)).cells[month.month - 1]


def _message(error: ValidationError | PlanError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)


def _save_all(request: PersonRequest, found: Grid) -> tuple[int, dict[str, tuple[str, str]]]:
    """Save the cells whose text is not the one the page was made with: how many, and those that could not be."""
    saved, wrong = 0, {}
    for line in found.lines:
        for one in line.cells:
            typed = request.POST.get(one.field)
            if typed is None or typed == request.POST.get(f"was-{one.field}", ""):
                continue
            try:
                amount: Decimal = parse_thousands(typed)
                saved += service.set_manager_plan(one.month, one.manager, amount, request.user) is not None
            except (ValidationError, PlanError) as error:
                wrong[one.field] = (typed[:20], _message(error))
    return saved, wrong


def _with(found: Grid, wrong: dict[str, tuple[str, str]]) -> Grid:
    """The grid with what could not be read left in its cells."""

    def marked(one: Cell) -> Cell:
        typed, error = wrong.get(one.field, (None, ""))
        return replace(one, typed=typed, error=error)

    return replace(
        found, lines=[replace(line, cells=[marked(one) for one in line.cells]) for line in found.lines]
    )
