"""The deals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """Work."""

    name = "deals"
    verbose_name = _("Work")

    def ready(self) -> None:
        """Make invoices importable."""
        from clients.imports import kinds
        from deals.invoice_rows import KIND

        kinds.register(KIND)
