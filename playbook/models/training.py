"""Training: courses of book pages, quizzes, onboarding, and assessment at work (source section 5.2, 7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.regulation import Regulation, RegulationVersion
from playbook.models.script import Script
from salesdept.roles import Role


class QuizQuestion(models.Model):
    """A question of the bank of a regulation.

    `right` holds places in `options`: of the one right answer, of all right ones, or the right order. A text
    question has no options; `right` holds the accepted answers (compared without case, ё = е).
    """

    class Kind(models.TextChoices):
        """How it is answered."""

        SINGLE = "single", _("one answer")
        SEVERAL = "several", _("several answers")
        ORDER = "order", _("put in order")
        TEXT = "text", _("in words")

    regulation = models.ForeignKey(
        Regulation, on_delete=models.CASCADE, related_name="questions", verbose_name=_("regulation")
    )
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("question"), max_length=500)
    options = models.JSONField(_("options"), default=list, blank=True)
    right = models.JSONField(_("right"), default=list)
    explanation = models.CharField(_("why"), max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        verbose_name = _("quiz question")
        verbose_name_plural = _("quiz questions")
        ordering = ["regulation", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["regulation", "text"], name="quiz_question_unique"),
        ]

    def __str__(self) -> str:
        return self.text


class QuizAttempt(models.Model):
    """One go of a person at the quiz of a version.

    `sheet` is what was asked, as it was asked: a list of `{question, text, kind, options, right}` in the shuffled
    order; `answers` is what was answered, in the same order. Finished ones never change.
    """

    version = models.ForeignKey(
        RegulationVersion, on_delete=models.CASCADE, related_name="attempts", verbose_name=_("version")
    )
    user = models.ForeignKey(
        "salesdept.User", on_delete=models.CASCADE, related_name="attempts", verbose_name=_("person")
    )
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    sheet = models.JSONField(_("questions"), default=list)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    score = models.DecimalField(
        _("share of right answers"), max_digits=5, decimal_places=4, null=True, blank=True
    )
    passed = models.BooleanField(_("passed"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt at a quiz")
        verbose_name_plural = _("attempts at quizzes")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "user"],
                condition=models.Q(finished_at__isnull=True),
                name="one_open_attempt",
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, score__isnull=True, passed__isnull=True)
                | models.Q(finished_at__isnull=False, score__isnull=False, passed__isnull=False),
                name="attempt_finished_with_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.version}"


class Course(models.Model):
    """Pages of the book in the order they are learned."""

    code = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(_("summary"), max_length=500, blank=True)
    roles = models.JSONField(_("for whom"), default=list, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.title


class CoursePage(models.Model):
    """A page of a course: a regulation with its quiz, or any other page of the book by its address."""

    course = models.ForeignKey(
        Course, on_delete=models.CASCADE, related_name="pages", verbose_name=_("course")
    )
    regulation = models.ForeignKey(
        Regulation, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("regulation")
    )
    title = models.CharField(_("title"), max_length=150, blank=True)
    path = models.CharField(_("address in the book"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("page of a course")
        verbose_name_plural = _("pages of courses")
        ordering = ["course", "order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(regulation__isnull=False) | models.Q(path__startswith="/book/"),
                name="course_page_leads_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.regulation)


class OnboardingStep(models.Model):
    """A step of the first weeks of a role."""

    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    week = models.PositiveSmallIntegerField(_("week"))
    title = models.CharField(_("step"), max_length=200)
    hint = models.CharField(_("how to know that it is done"), max_length=300, blank=True)
    regulation = models.ForeignKey(
        Regulation, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("regulation")
    )
    path = models.CharField(_("address in the book"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("step of onboarding")
        verbose_name_plural = _("steps of onboarding")
        ordering = ["role", "week", "order", "id"]

    def __str__(self) -> str:
        return self.title


class Onboarding(models.Model):
    """A newcomer on the way through the steps of the role, with a mentor."""

    user = models.OneToOneField(
        "salesdept.User", on_delete=models.CASCADE, related_name="onboarding", verbose_name=_("person")
    )
    mentor = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("mentor")
    )
    starts = models.DateField(_("first day"))

    class Meta:
        verbose_name = _("onboarding")
        verbose_name_plural = _("onboarding")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(user=models.F("mentor")), name="mentor_is_another_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


class OnboardingDone(models.Model):
    """A step done by a newcomer, marked by the newcomer or the mentor."""

    onboarding = models.ForeignKey(
        Onboarding, on_delete=models.CASCADE, related_name="done", verbose_name=_("onboarding")
    )
    step = models.ForeignKey(
        OnboardingStep, on_delete=models.CASCADE, related_name="+", verbose_name=_("step")
    )
    by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("marked by")
    )
    at = models.DateTimeField(_("done"))

    class Meta:
        verbose_name = _("step done")
        verbose_name_plural = _("steps done")
        constraints = [models.UniqueConstraint(fields=["onboarding", "step"], name="onboarding_step_once")]

    def __str__(self) -> str:
        return str(self.step)


class Assessment(models.Model):
    """A sheet of assessment at work: a call heard against its script, with marks and feedback.

    `marks` is a list of `{item, mark, note}`; a mark is 0 (no), 1 (in part) or 2 (yes).
    """

    user = models.ForeignKey(
        "salesdept.User", on_delete=models.CASCADE, related_name="assessments", verbose_name=_("person")
    )
    assessor = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("assessed by")
    )
    regulation = models.ForeignKey(
        Regulation, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("regulation")
    )
    script = models.ForeignKey(
        Script, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("script")
    )
    on = models.DateField(_("day"))
    about = models.CharField(_("which call or work"), max_length=200, blank=True)
    marks = models.JSONField(_("marks"), default=list)
    score = models.DecimalField(_("share of full marks"), max_digits=5, decimal_places=4)
    feedback = models.TextField(_("feedback"), blank=True)
    seen_at = models.DateTimeField(_("read by the person"), null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="assessment_score_is_share"
            ),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("assessor")), name="nobody_assesses_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.on:%d.%m.%Y}"
