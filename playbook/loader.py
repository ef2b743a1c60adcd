"""Loads the book's files into an empty base; may be called again when files were added (it never overwrites).

Every function takes `apps`: a migration's registry or Django's own. Order matters: typology, regulations, then
what refers to them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from playbook.parameters import DEFINITIONS

BOOK = Path(__file__).resolve().parent / "book"
SINCE = date(1900, 1, 1)  # first versions hold for every date a file may bring (DESIGN.md, «Settled points»)


def load(apps: Any) -> None:
    """The whole book."""
    load_typology(apps)
    load_questions(apps)
    for path in sorted((BOOK / "regulations").glob("*.md")):
        load_regulation(apps, *parse(path.read_text(encoding="utf-8")))
    load_scripts(apps)
    load_objections(apps)
    load_jobs(apps)
    load_quizzes(apps)
    load_training(apps)


def parse(source: str) -> tuple[dict[str, Any], str]:
    """The TOML heading between +++ lines and the Markdown below it."""
    _, head, text = source.split("+++\n", 2)
    return tomllib.loads(head), text.strip() + "\n"


def load_typology(apps: Any) -> None:
    """Spheres with their key parameters, and segments, that are not there yet; the old types."""
    spheres, segments = _model(apps, "Sphere"), _model(apps, "Segment")
    typology = _toml("typology.toml")
    for place, fields in enumerate(typology["spheres"], start=1):
        inside, facts = fields.pop("segments"), fields.pop("key_parameters", [])
        sphere, _ = spheres.objects.get_or_create(code=fields["code"], defaults=fields | {"order": place})
        _ordered(_model(apps, "KeyParameter"), facts, "code", sphere=sphere)
        _ordered(segments, inside, "code", sphere=sphere)
    for fields in typology.get("old_types", []):
        segment = segments.objects.filter(code=fields.pop("segment", "")).first()
        _model(apps, "OldType").objects.get_or_create(
            name=fields["name"], defaults=fields | {"segment": segment}
        )


def load_questions(apps: Any) -> None:
    """Identification questions whose answers point to segments."""
    spheres, segments = _keys(apps, "Sphere"), _keys(apps, "Segment")
    for place, fields in enumerate(_toml("typology.toml").get("questions", []), start=1):
        question, created = _model(apps, "Question").objects.get_or_create(
            code=fields["code"],
            defaults={"text": fields["text"], "sphere_id": spheres.get(fields.get("sphere")), "order": place},
        )
        for order, answer in enumerate(fields["answers"] if created else [], start=1):
            row = _model(apps, "Answer").objects.create(question=question, text=answer["text"], order=order)
            rule = _model(apps, "AnswerRule")
            rule.objects.bulk_create(
                rule(answer=row, segment_id=segments[code], weight=weight)
                for code, weight in answer["weights"].items()
            )


def load_scripts(apps: Any) -> None:
    """Scripts of calls that are not there yet: general ones, of a sphere, of a segment."""
    spheres, segments = _keys(apps, "Sphere"), _keys(apps, "Segment")
    for path in sorted((BOOK / "scripts").glob("*.toml")):
        for fields in _toml(f"scripts/{path.name}")["scripts"]:
            sphere, segment = fields.pop("sphere", None), fields.pop("segment", None)
            _model(apps, "Script").objects.get_or_create(
                situation=fields.pop("situation"),
                sphere_id=spheres[sphere] if sphere else None,
                segment_id=segments[segment] if segment else None,
                defaults=fields,
            )


def load_objections(apps: Any) -> None:
    """Answers to objections that are not there yet."""
    segments = _keys(apps, "Segment")
    rows = _toml("objections.toml")["objections"]
    for fields in rows:
        fields["segment_id"] = segments[fields.pop("segment")] if "segment" in fields else None
    _ordered(_model(apps, "Objection"), rows, "code")


def load_jobs(apps: Any) -> None:
    """Job descriptions with their duties."""
    pages = _keys(apps, "Regulation")
    for place, fields in enumerate(_toml("jobs.toml").get("jobs", []), start=1):
        duties = fields.pop("duties")
        job, created = _model(apps, "Job").objects.get_or_create(
            role=fields["role"], defaults=fields | {"order": place}
        )
        duty = _model(apps, "Duty")
        duty.objects.bulk_create(
            duty(job=job, order=order, regulation_id=pages[one.pop("regulation")] if "regulation" in one else None, **one)
            for order, one in enumerate(duties if created else [], start=1)
        )  # fmt: skip


def load_quizzes(apps: Any) -> None:
    """The bank of questions of each regulation."""
    pages = _keys(apps, "Regulation")
    for place, fields in enumerate(_toml("quizzes.toml").get("questions", []), start=1):
        right = fields.pop("answers", None) or fields.pop("right")
        fields.pop("right", None)
        _model(apps, "QuizQuestion").objects.get_or_create(
            regulation_id=pages[fields.pop("regulation")],
            text=fields.pop("text"),
            defaults=fields | {"right": right, "order": place},
        )


def load_training(apps: Any) -> None:
    """Courses of book pages and the first weeks of each role."""
    pages, training = _keys(apps, "Regulation"), _toml("training.toml")
    for place, fields in enumerate(training.get("courses", []), start=1):
        inside = fields.pop("pages")
        course, created = _model(apps, "Course").objects.get_or_create(
            code=fields["code"], defaults=fields | {"order": place}
        )
        page = _model(apps, "CoursePage")
        page.objects.bulk_create(
            page(course=course, order=order, **_page(one, pages))
            for order, one in enumerate(inside if created else [], start=1)
        )
    for place, fields in enumerate(training.get("onboarding", []), start=1):
        _model(apps, "OnboardingStep").objects.get_or_create(
            role=fields.pop("role"),
            title=fields.pop("title"),
            defaults=_page(fields, pages) | {"order": place},
        )


def load_regulation(apps: Any, head: dict[str, Any], text: str) -> None:
    """A regulation with its first version, approved and in force, and a value for each of its parameters."""
    names = ("section", "order", "title", "summary", "owner_role", "approver_role", "readers")
    page, created = _model(apps, "Regulation").objects.get_or_create(
        code=head["code"], defaults={name: head[name] for name in names}
    )
    if not created:
        return
    version = _model(apps, "RegulationVersion").objects.create(
        regulation=page, number=1, state="draft", text=text, in_force_from=SINCE
    )
    values = _model(apps, "ParameterValue")
    values.objects.bulk_create(
        values(version=version, code=one.code, value=one.to_json(one.default))
        for one in DEFINITIONS
        if one.regulation == page.code
    )
    version.state = "approved"  # last: what is approved takes no more values
    version.save(update_fields=["state"])


def _model(apps: Any, name: str) -> Any:
    return apps.get_model("playbook", name)


def _keys(apps: Any, name: str) -> dict[Any, int]:
    """Code → key."""
    return dict(_model(apps, name).objects.values_list("code", "pk"))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((BOOK / name).read_text(encoding="utf-8"))


def _ordered(model: Any, rows: Iterable[dict[str, Any]], key: str, **more: Any) -> None:
    """Rows that are not there yet, in their order."""
    for place, fields in enumerate(rows, start=1):
        model.objects.get_or_create(**{key: fields[key]}, defaults=fields | more | {"order": place})


def _page(fields: dict[str, Any], pages: dict[Any, int]) -> dict[str, Any]:
    """A link to a regulation by its code, or to any page of the book by its address."""
    code = fields.pop("regulation", None)
    return fields | {"regulation_id": pages[code] if code else None}
