"""What a client answered: typed values of the key parameters of its sphere (DOMAIN.md 4.8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClientAnswer(models.Model):
    """The value of one key parameter at one client; the last answer stands.

    `value` is true/false, one of the options, a list of them, a number as text, or a text: as the parameter's kind.
    """

    client = models.ForeignKey(
        "clients.Client", on_delete=models.CASCADE, related_name="answers", verbose_name=_("client")
    )
    parameter = models.ForeignKey(
        "playbook.KeyParameter", on_delete=models.PROTECT, related_name="+", verbose_name=_("key parameter")
    )
    value = models.JSONField(_("value"))
    answered_at = models.DateTimeField(_("answered"))
    answered_by = models.ForeignKey(
        "salesdept.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )

    class Meta:
        verbose_name = _("answer of a client")
        verbose_name_plural = _("answers of clients")
        ordering = ["client", "parameter"]
        constraints = [models.UniqueConstraint(fields=["client", "parameter"], name="client_answer_unique")]

    def __str__(self) -> str:
        return f"{self.client} · {self.parameter}"
