"""What training asks of a person in their day: quizzes to answer again, assessments to read, late first weeks."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playbook import onboarding
from playbook.models import Assessment, Onboarding
from playbook.progress import Mark, again
from playbook.services.asks import Ask
from salesdept.models import User
from salesdept.templatetags.ui import day as in_words
from salesdept.templatetags.ui import percent


def asks(user: User, day: date) -> list[Ask]:
    """A source of `playbook.services.asks`."""
    return [*_quizzes(user, day), *_assessments(user), *_first_weeks(user, day)]


def _quizzes(user: User, day: date) -> list[Ask]:
    words = {
        Mark.FAILED: _("The last attempt was not enough: read the page once more and answer again."),
        Mark.STALE: _("The pass no longer counts: the page has changed or time has run out. Answer again."),
    }
    return [
        Ask(
            "quiz",
            _("Questions: %(title)s") % {"title": regulation.title},
            reverse("playbook:quiz", args=[regulation.code]),
            words[mark],
            day,
        )
        for regulation, mark in again(user, day)
    ]


def _assessments(user: User) -> list[Ask]:
    found = Assessment.objects.filter(user=user, seen_at=None).select_related("assessor").order_by("on", "pk")
    return [
        Ask(
            "assessment",
            _("Assessment of %(day)s: %(score)s") % {"day": in_words(one.on), "score": percent(one.score)},
            reverse("playbook:assessment", args=[one.pk]),
            _("%(who)s heard your work and wrote what to keep and what to change.")
            % {"who": one.assessor.get_full_name()},
        )
        for one in found
    ]


def _first_weeks(user: User, day: date) -> list[Ask]:
    own = Onboarding.objects.filter(user=user).select_related("user", "mentor")
    for plan in onboarding.plans(own, day):
        if late := plan.late:
            text = ngettext(
                "%(count)s step is late; your mentor is %(who)s.",
                "%(count)s steps are late; your mentor is %(who)s.",
                len(late),
            ) % {"count": len(late), "who": plan.onboarding.mentor.get_full_name()}
            url = reverse("playbook:onboarding", args=[plan.onboarding.pk])
            return [Ask("onboarding", _("First weeks"), url, text, late[0].due_on, is_late=True)]
    return []
