"""The playbook app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaybookConfig(AppConfig):
    """Sales book."""

    name = "playbook"
    verbose_name = _("Sales book")
