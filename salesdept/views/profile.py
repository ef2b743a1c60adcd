"""The person's own page: password, sessions, two-factor login, language."""

from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.shortcuts import render

from salesdept.access import PersonRequest, needs


@needs()
def profile(request: PersonRequest) -> HttpResponse:
    """Links to what a person may change about their login, and the sessions that are open."""
    sessions = UserSession.objects.purge_and_list(request.user)
    return render(request, "salesdept/profile.html", {"sessions": sessions})
