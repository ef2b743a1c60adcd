"""Offices (branches) of the company."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Office(models.Model):
    """An office of the company: a branch in the sense of DOMAIN.md 1."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100, unique=True)
    short_name = models.CharField(_("short name"), max_length=10)

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.short_name
