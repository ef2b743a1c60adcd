"""The clients app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    """Clients."""

    name = "clients"
    verbose_name = _("Clients")
