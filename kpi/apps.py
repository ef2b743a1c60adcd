"""The kpi app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KpiConfig(AppConfig):
    """Results."""

    name = "kpi"
    verbose_name = _("Results")
