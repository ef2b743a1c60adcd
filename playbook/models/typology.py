"""The client typology of Appendix 1: spheres, segments and the old types (DOMAIN.md 4.8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from playbook.models.search import search_column


class Sphere(models.Model):
    """A sphere of business: advertising, workwear, trade, souvenirs, end customers."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    needs = models.JSONField(_("what the company needs to have"), default=list, blank=True)
    steps = models.JSONField(_("development steps"), default=list, blank=True)
    product_knowledge = models.JSONField(_("what to know of the product"), default=list, blank=True)

    class Meta:
        verbose_name = _("sphere")
        verbose_name_plural = _("spheres")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class Segment(models.Model):
    """A segment inside a sphere, with its portrait."""

    sphere = models.ForeignKey(
        Sphere, on_delete=models.PROTECT, related_name="segments", verbose_name=_("sphere")
    )
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_priority = models.BooleanField(_("priority"), default=False)
    portrait = models.TextField(_("portrait"), blank=True)
    signs = models.JSONField(_("visible signs"), default=list, blank=True)
    questions = models.JSONField(_("identification questions"), default=list, blank=True)
    consumption = models.TextField(_("how they use the product"), blank=True)
    decision_makers = models.JSONField(_("decision makers"), default=list, blank=True)
    problems = models.JSONField(_("typical problems"), default=list, blank=True)
    product_knowledge = models.JSONField(_("what to know of the product"), default=list, blank=True)
    search = search_column("A", "name", "short_name")
    search_body = search_column(
        "C",
        "portrait",
        "consumption",
        "signs",
        "questions",
        "decision_makers",
        "problems",
        "product_knowledge",
    )

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["sphere__order", "order", "id"]

    def __str__(self) -> str:
        return self.short_name or self.name


class OldType(models.Model):
    """One of the twenty types used before, and the segment it goes to."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("segment")
    )
    needs_review = models.BooleanField(_("needs a person's review"), default=False)

    class Meta:
        verbose_name = _("old type")
        verbose_name_plural = _("old types")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class KeyParameter(models.Model):
    """What is found out about every client of a sphere; answers of clients refer to it (DOMAIN.md 4.8)."""

    class Kind(models.TextChoices):
        """How it is answered."""

        YES_NO = "yes_no", _("yes or no")
        CHOICE = "choice", _("one of")
        SEVERAL = "several", _("several of")
        NUMBER = "number", pgettext_lazy("kind of answer", "number")
        TEXT = "text", _("text")

    sphere = models.ForeignKey(
        Sphere, on_delete=models.CASCADE, related_name="key_parameters", verbose_name=_("sphere")
    )
    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    question = models.CharField(_("how to ask"), max_length=250, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind.choices)
    options = models.JSONField(_("options"), default=list, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("key parameter")
        verbose_name_plural = _("key parameters")
        ordering = ["sphere__order", "order", "id"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """An identification question; its answers point to segments."""

    code = models.SlugField(_("code"), unique=True)
    text = models.CharField(_("question"), max_length=300)
    sphere = models.ForeignKey(
        Sphere,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="asked",
        verbose_name=_("sphere"),
        help_text=_("empty: asked of everyone"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        verbose_name = _("identification question")
        verbose_name_plural = _("identification questions")
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.text


class Answer(models.Model):
    """One of the answers to an identification question."""

    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="answers", verbose_name=_("question")
    )
    text = models.CharField(_("answer"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question", "order", "id"]
        constraints = [models.UniqueConstraint(fields=["question", "text"], name="answer_unique")]

    def __str__(self) -> str:
        return self.text


class AnswerRule(models.Model):
    """How much an answer speaks for a segment (or, below zero, against it)."""

    answer = models.ForeignKey(
        Answer, on_delete=models.CASCADE, related_name="rules", verbose_name=_("answer")
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="rules", verbose_name=_("segment")
    )
    weight = models.SmallIntegerField(_("weight"), help_text=_("from −10 to 10"))

    class Meta:
        verbose_name = _("rule of an answer")
        verbose_name_plural = _("rules of answers")
        ordering = ["answer", "-weight", "id"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "segment"], name="answer_rule_unique"),
            models.CheckConstraint(
                condition=models.Q(weight__gte=-10, weight__lte=10), name="answer_rule_weight"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} → {self.segment}: {self.weight:+}"
