"""The page of the night: runs, steps, rows and times; starting one by hand."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salesdept import tasks
from salesdept.access import PersonRequest, needs
from salesdept.models import JobRun
from salesdept.roles import Perm

SHOWN_RUNS = 31


@needs(Perm.SEE_NIGHT)
def night(request: PersonRequest) -> HttpResponse:
    """The last month of nights, newest first."""
    runs = JobRun.objects.prefetch_related("steps").select_related("started_by")[:SHOWN_RUNS]
    return render(request, "salesdept/night.html", {"runs": runs})


@require_POST
@needs(Perm.RUN_NIGHT)
def run(request: PersonRequest) -> HttpResponseBase:
    """Queue tonight's run now; it refuses to run twice at once."""
    tasks.night.delay(started_by=request.user.pk, full=request.POST.get("full") == "1")
    messages.success(request, _("The night run has been queued; this page shows its steps."))
    return redirect("night")
