"""The client typology of Appendix 1: spheres, segments and the old types (DOMAIN.md 4.8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.search import search_column


class Sphere(models.Model):
    """A sphere of business: advertising, workwear, trade, souvenirs, end customers."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    key_parameters = models.JSONField(_("key parameters"), default=list, blank=True)
    needs = models.JSONField(_("what the company needs to have"), default=list, blank=True)
    steps = models.JSONField(_("development steps"), default=list, blank=True)

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
    search = search_column("A", "name", "short_name")
    search_body = search_column(
        "C", "portrait", "consumption", "signs", "questions", "decision_makers", "problems"
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
