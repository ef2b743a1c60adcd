"""The salesdept app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SalesdeptConfig(AppConfig):
    """Floor."""

    name = "salesdept"
    verbose_name = _("Floor")

    def ready(self) -> None:
        """Compile the catalogues when they are stale, so that an edited text shows at the next start."""
        from salesdept.locale_files import compile_stale

        compile_stale()
