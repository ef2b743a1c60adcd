"""Loads the book's files into an empty base; may be called again when files were added (it never overwrites)."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from playbook.parameters import DEFINITIONS

BOOK = Path(__file__).resolve().parent / "book"
SINCE = date(1900, 1, 1)  # first versions hold for every date a file may bring (DESIGN.md, «Settled points»)


def load(apps: Any) -> None:
    """Typology, regulations and scripts; `apps` is a migration's registry or Django's own."""
    load_typology(apps)
    load_scripts(apps)
    for path in sorted((BOOK / "regulations").glob("*.md")):
        load_regulation(apps, *parse(path.read_text(encoding="utf-8")))


def parse(source: str) -> tuple[dict[str, Any], str]:
    """The TOML heading between +++ lines and the Markdown below it."""
    _, head, text = source.split("+++\n", 2)
    return tomllib.loads(head), text.strip() + "\n"


def load_typology(apps: Any) -> None:
    """Spheres and segments that are not there yet."""
    spheres, segments = apps.get_model("playbook", "Sphere"), apps.get_model("playbook", "Segment")
    with (BOOK / "typology.toml").open("rb") as file:
        typology = tomllib.load(file)
    for place, fields in enumerate(typology["spheres"], start=1):
        inside = fields.pop("segments")
        sphere, _ = spheres.objects.get_or_create(code=fields["code"], defaults=fields | {"order": place})
        for order, segment in enumerate(inside, start=1):
            segments.objects.get_or_create(
                code=segment["code"], defaults=segment | {"sphere": sphere, "order": order}
            )


def load_scripts(apps: Any) -> None:
    """Scripts of calls and answers to objections that are not there yet."""
    scripts, objections = apps.get_model("playbook", "Script"), apps.get_model("playbook", "Objection")
    spheres = dict(apps.get_model("playbook", "Sphere").objects.values_list("code", "pk"))
    segments = dict(apps.get_model("playbook", "Segment").objects.values_list("code", "pk"))
    with (BOOK / "scripts.toml").open("rb") as file:
        book = tomllib.load(file)
    for fields in book["scripts"]:
        scripts.objects.get_or_create(
            situation=fields["situation"],
            sphere_id=spheres[fields["sphere"]] if "sphere" in fields else None,
            segment_id=segments[fields["segment"]] if "segment" in fields else None,
            defaults={"title": fields["title"], "steps": fields["steps"]},
        )
    for order, fields in enumerate(book["objections"], start=1):
        objections.objects.get_or_create(code=fields["code"], defaults=fields | {"order": order})


def load_regulation(apps: Any, head: dict[str, Any], text: str) -> None:
    """A regulation with its first version, approved and in force, and a value for each of its parameters."""
    model = apps.get_model("playbook", "Regulation")
    names = ("section", "order", "title", "summary", "owner_role", "approver_role", "readers")
    page, created = model.objects.get_or_create(
        code=head["code"], defaults={name: head[name] for name in names}
    )
    if not created:
        return
    version = apps.get_model("playbook", "RegulationVersion").objects.create(
        regulation=page, number=1, state="draft", text=text, in_force_from=SINCE
    )
    values = apps.get_model("playbook", "ParameterValue")
    values.objects.bulk_create(
        values(version=version, code=one.code, value=one.to_json(one.default))
        for one in DEFINITIONS
        if one.regulation == page.code
    )
    version.state = "approved"  # last: what is approved takes no more values
    version.save(update_fields=["state"])
