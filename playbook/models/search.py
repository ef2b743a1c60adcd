"""Search columns: computed by PostgreSQL itself, so that no way of writing can leave them stale."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, GeneratedField, TextField
from django.db.models.functions import Cast

# Lower case, ё = е, no names of parameters; the same on every server.
_WORDS = (
    "translate(lower(regexp_replace(%(expressions)s, '[{][{][^}]*[}][}]', ' ', 'g') COLLATE \"default\"),"
    " 'Ёё', 'ее')"
)


def search_column(weight: str, *names: str) -> GeneratedField:
    """A stored vector of the columns: word stems of Russian and the words as they are, for beginnings of words.

    `weight` (A–D) says how much a hit there counts. JSON columns count by their text.
    """
    return GeneratedField(
        expression=Func(
            *(Cast(F(name), TextField()) for name in names),
            template=(
                f"setweight(to_tsvector('russian'::regconfig, {_WORDS})"
                f" || to_tsvector('simple'::regconfig, {_WORDS}), '{weight}')"
            ),
            arg_joiner=" || ' ' || ",
            output_field=SearchVectorField(),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )
