"""Training: the bank of questions, courses, steps of onboarding; results are only read (source section 5.2, 7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from playbook.admin.base import BookAdmin, BookInline, lines, roles
from playbook.forms.lines import NumbersField
from playbook.models import (
    Assessment,
    Course,
    CoursePage,
    Onboarding,
    OnboardingDone,
    OnboardingStep,
    QuizAttempt,
    QuizQuestion,
)
from salesdept.deputy_admin import ReadOnlyAdmin, ReadOnlyInline


class QuestionForm(forms.ModelForm):
    """Right answers are numbers of options, or accepted words."""

    def clean(self) -> dict[str, Any]:
        """What is right fits the kind of the question."""
        data = super().clean() or {}
        right, options, kind = data.get("right"), data.get("options", []), data.get("kind")
        if right is None or kind is None:
            return data
        if kind == QuizQuestion.Kind.TEXT:
            data["right"], data["options"] = [str(one) for one in right], []
            return data
        places = [int(one) - 1 for one in right if str(one).isascii() and str(one).isdigit()]
        if len(places) != len(right) or any(not 0 <= one < len(options) for one in places):
            self.add_error("right", _("Write the numbers of right options, one a line, counted from 1."))
        elif len(set(places)) != len(places):
            self.add_error("right", _("A number stands twice."))
        elif kind == QuizQuestion.Kind.SINGLE and len(places) != 1:
            self.add_error("right", _("A question with one answer has one right option."))
        elif kind == QuizQuestion.Kind.ORDER and len(places) != len(options):
            self.add_error("right", _("The right order names every option once."))
        data["right"] = places
        return data


def _right(**kwargs: Any) -> forms.Field:
    return NumbersField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        **kwargs
        | {"help_text": _("Numbers of right options from 1, one a line; for an answer in words, the words.")},
    )


@admin.register(QuizQuestion)
class QuizQuestionAdmin(BookAdmin):
    """The bank of questions of each regulation."""

    form = QuestionForm
    list_display = ("text", "regulation", "kind", "is_active", "order")
    list_select_related = ("regulation",)
    list_filter = ("regulation", "kind", "is_active")
    search_fields = ("text",)
    autocomplete_fields = ("regulation",)
    lists = {"options": lines(), "right": _right}
    may_delete = True


class PageInline(BookInline):
    """Pages of the course, in order."""

    model = CoursePage
    autocomplete_fields = ("regulation",)


@admin.register(Course)
class CourseAdmin(BookAdmin):
    """Courses made of pages of the book."""

    list_display = ("title", "code", "order")
    search_fields = ("title",)
    fixed = ("code",)
    inlines = (PageInline,)
    lists = {"roles": roles}
    may_delete = True


@admin.register(OnboardingStep)
class OnboardingStepAdmin(BookAdmin):
    """Steps of the first weeks of each role."""

    list_display = ("title", "role", "week", "regulation", "order")
    list_select_related = ("regulation",)
    list_filter = ("role", "week")
    search_fields = ("title",)
    autocomplete_fields = ("regulation",)


class StepDoneInline(ReadOnlyInline):
    """Steps done by the newcomer."""

    model = OnboardingDone
    fields = readonly_fields = ("step", "by", "at")


@admin.register(Onboarding)
class OnboardingAdmin(ReadOnlyAdmin):
    """Newcomers on their way; it begins and goes on in the book."""

    list_display = ("user", "mentor", "starts")
    list_select_related = ("user", "mentor")
    inlines = (StepDoneInline,)


@admin.register(QuizAttempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Attempts at quizzes, without their sheets: right answers are nobody's to read here."""

    list_display = ("user", "version", "started_at", "finished_at", "score", "passed")
    list_select_related = ("user", "version__regulation")
    list_filter = ("passed", "version__regulation")
    fields = readonly_fields = ("user", "version", "started_at", "finished_at", "score", "passed")


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyAdmin):
    """Sheets of assessment at work."""

    list_display = ("user", "on", "regulation", "script", "score", "assessor")
    list_select_related = ("user", "regulation", "script", "assessor")
    list_filter = ("regulation",)
