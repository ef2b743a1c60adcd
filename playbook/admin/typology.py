"""Typology: spheres, segments, key parameters, questions with answers and their rules, old types (DOMAIN.md 4.8)."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from playbook.admin.base import BookAdmin, BookInline, lines
from playbook.models import Answer, AnswerRule, KeyParameter, OldType, Question, Segment, Sphere


@admin.register(Sphere)
class SphereAdmin(BookAdmin):
    """The five spheres. They are never deleted: clients stand in their segments."""

    list_display = ("name", "code", "order")
    search_fields = ("name",)
    fixed = ("code",)
    lists = {"needs": lines(), "steps": lines(), "product_knowledge": lines()}


@admin.register(Segment)
class SegmentAdmin(BookAdmin):
    """Segments with their portraits."""

    list_display = ("name", "short_name", "sphere", "is_priority", "order")
    list_select_related = ("sphere",)
    list_filter = ("sphere", "is_priority")
    search_fields = ("name", "short_name", "code")
    fixed = ("code",)
    lists = {
        "signs": lines(),
        "questions": lines(),
        "problems": lines(),
        "product_knowledge": lines(),
        "decision_makers": lines("who", "matters", help_text=_("One a line: who | what matters to them")),
    }


@admin.register(KeyParameter)
class KeyParameterAdmin(BookAdmin):
    """What is found out about every client of a sphere."""

    list_display = ("name", "sphere", "kind", "unit", "order")
    list_select_related = ("sphere",)
    list_filter = ("sphere", "kind")
    search_fields = ("name", "code", "question")
    fixed = ("code", "kind")  # answers of clients are stored by them
    lists = {"options": lines()}


class AnswerInline(BookInline):
    """Answers; the rules of one open by its link."""

    model = Answer
    show_change_link = True


@admin.register(Question)
class QuestionAdmin(BookAdmin):
    """Identification questions with their answers."""

    list_display = ("text", "sphere", "order", "is_active")
    list_select_related = ("sphere",)
    list_filter = ("sphere", "is_active")
    search_fields = ("text", "code")
    fixed = ("code",)
    inlines = (AnswerInline,)
    may_delete = True


class RuleInline(BookInline):
    """How much the answer speaks for a segment."""

    model = AnswerRule
    autocomplete_fields = ("segment",)


@admin.register(Answer)
class AnswerAdmin(BookAdmin):
    """Answers with the weights of segments."""

    list_display = ("text", "question", "order")
    list_select_related = ("question",)
    list_filter = ("question",)
    search_fields = ("text", "question__text")
    autocomplete_fields = ("question",)
    inlines = (RuleInline,)
    may_delete = True


@admin.register(OldType)
class OldTypeAdmin(BookAdmin):
    """The twenty old types and where each goes."""

    list_display = ("name", "segment", "needs_review")
    list_select_related = ("segment",)
    list_filter = ("needs_review",)
    search_fields = ("name",)
    autocomplete_fields = ("segment",)
    may_delete = True
