"""Pictures of the book: kept by content, checked by content."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Picture(models.Model):
    """A picture in a text of the book: `![what it shows](/book/pictures/12/)`. Drawn anew from its pixels."""

    digest = models.CharField(_("digest"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=150)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    content = models.BinaryField(_("content"))
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.name
