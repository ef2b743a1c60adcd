"""The salesdept app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation.reloader import translation_file_changed


class SalesdeptConfig(AppConfig):
    """Floor."""

    name = "salesdept"
    verbose_name = _("Floor")

    def ready(self) -> None:
        """Tasks know their queue in every process; stale catalogues are compiled, so that an edited text shows."""
        import salesdept.celery  # noqa: F401 - the application that `delay` of every task speaks to
        from salesdept.locale_files import compile_stale

        written = compile_stale()
        if written:  # models have already asked for words: what was loaded without these files is read again
            translation_file_changed(None, written[0])
