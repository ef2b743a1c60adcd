"""The salesdept app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation.reloader import translation_file_changed


class SalesdeptConfig(AppConfig):
    """Floor."""

    name = "salesdept"
    verbose_name = _("Floor")

    def ready(self) -> None:
        """Compile the catalogues when they are stale, so that an edited text shows at the next start."""
        from salesdept.locale_files import compile_stale

        written = compile_stale()
        if written:  # models have already asked for words: what was loaded without these files is read again
            translation_file_changed(None, written[0])
