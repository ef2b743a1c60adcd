"""The database backend: whoever connects first starts the embedded server, so no process is special."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from salesdept.servers import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, embedded or not; checks once that the server knows Russian letters."""

    _letters_checked = False

    def get_connection_params(self) -> dict[str, Any]:
        """Connection parameters; joins the embedded server before the first connection."""
        if self.settings_dict.get("EMBEDDED"):
            self.settings_dict.update(postgres.ensure())
        return super().get_connection_params()

    def init_connection_state(self) -> None:
        """Refuse a server whose collation does not lower Russian letters: search would miss names."""
        super().init_connection_state()
        if not DatabaseWrapper._letters_checked and self.connection is not None:
            with self.connection.cursor() as cursor:
                lowered = cursor.execute("SELECT lower('Ё')").fetchone()[0]
            if lowered != "ё":
                raise ImproperlyConfigured(
                    "The database does not lower Russian letters: create it with LC_CTYPE C.UTF-8 or ru_RU.UTF-8."
                )
            DatabaseWrapper._letters_checked = True
