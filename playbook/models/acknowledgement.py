"""Who has read which version, and that a regulation was looked at again (source section 7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from playbook.models.regulation import Regulation, RegulationVersion


class Acknowledgement(models.Model):
    """A person has read a version to its end and says so."""

    version = models.ForeignKey(
        RegulationVersion,
        on_delete=models.CASCADE,
        related_name="acknowledgements",
        verbose_name=_("version"),
    )
    user = models.ForeignKey(
        "salesdept.User",
        on_delete=models.CASCADE,
        related_name="acknowledgements",
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("confirmed"))

    class Meta:
        verbose_name = _("confirmation of reading")
        verbose_name_plural = _("confirmations of reading")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="acknowledgement_unique")]

    def __str__(self) -> str:
        return f"{self.user} · {self.version}"


class RegulationReview(models.Model):
    """The owner looked through a regulation and found that it is still true: the review date moves on."""

    regulation = models.ForeignKey(
        Regulation, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("regulation")
    )
    user = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    on = models.DateField(_("reviewed on"))
    note = models.CharField(_("what was looked at"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("review of a regulation")
        verbose_name_plural = _("reviews of regulations")
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.regulation} · {self.on:%d.%m.%Y}"
