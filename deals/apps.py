"""The deals app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """Work."""

    name = "deals"
    verbose_name = _("Work")
