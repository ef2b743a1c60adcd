"""Saved views of lists: a name for a URL."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A person's name for a list's query string (URL is state, so a view is a URL)."""

    user = models.ForeignKey(
        "salesdept.User", on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    page = models.CharField(_("list"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_unique")]

    def __str__(self) -> str:
        return self.name
