"""The door: each role lands on the page it works on; saved views of lists."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from salesdept.access import PersonRequest, needs
from salesdept.models import SavedView
from salesdept.roles import Perm, has_perm

LANDING = (
    (Perm.WORK_CALLS, "deals:day"),
    (Perm.SEE_RESULTS, "kpi:dashboard"),
    (Perm.SEE_OFFICE_RESULTS, "kpi:dashboard"),
    (Perm.SEE_OWN_CLIENTS, "clients:list"),
)
PAGES = {"clients": "clients:list", "tasks": "deals:tasks"}


@needs()
def home(request: PersonRequest) -> HttpResponseBase:
    """Redirect to the page of the role."""
    for perm, name in LANDING:
        if has_perm(request.user, perm):
            return redirect(name)
    return redirect("playbook:index")


@require_POST
@needs()
def save_view(request: PersonRequest) -> HttpResponseBase:
    """Remember the list's query string under a name (the same name replaces it)."""
    page, name = request.POST.get("page", ""), request.POST.get("name", "").strip()[:80]
    if page not in PAGES:
        return HttpResponse(_("No such list."), status=422)
    query = request.POST.get("query", "").lstrip("?")[:2000]
    if not name:
        return HttpResponse(_("Give the view a name."), status=422)
    SavedView.objects.update_or_create(user=request.user, page=page, name=name, defaults={"query": query})
    return _back(page, query)


@require_POST
@needs()
def delete_view(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Forget one's own saved view."""
    view = get_object_or_404(SavedView, pk=pk, user=request.user)
    view.delete()
    return _back(view.page, "")


def _back(page: str, query: str) -> HttpResponseBase:
    response = redirect(PAGES[page])
    if query:
        response["Location"] += f"?{query}"
    return response
