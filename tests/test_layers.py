"""The shape of the program: imports and foreign keys point left (DESIGN.md, «Layers»)."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from salesdept import context, schedule

ORDER = ["salesdept", "playbook", "clients", "deals", "kpi"]
ROOT = Path(settings.BASE_DIR)


def test_imports_point_left() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("label", ORDER)
def test_foreign_keys_point_left(label: str) -> None:
    for model in apps.get_app_config(label).get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model:
                target = field.related_model._meta.app_label
                if target in ORDER:
                    assert ORDER.index(target) <= ORDER.index(label), f"{model} → {field.related_model}"


@pytest.mark.parametrize("path", [*schedule.COMPUTE, *schedule.PUBLISH, *context.RAIL_COUNTS])
def test_dotted_paths_of_the_floor_lead_somewhere(path: str) -> None:
    assert callable(import_string(path))


def test_nobody_uses_signals_between_apps() -> None:
    users = [
        path.relative_to(ROOT)
        for app in ORDER
        for path in (ROOT / app).rglob("*.py")
        if "django.db.models.signals" in path.read_text(encoding="utf-8")
    ]
    assert users == []


def _sources() -> list[Path]:
    return [path for app in ORDER for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]


def test_files_and_functions_stay_readable() -> None:
    """Bounds of DESIGN.md, «Style»: a file is one room, a function is one thought."""
    long = [f"{p.relative_to(ROOT)}: {n}" for p in _sources() if (n := len(p.read_text().splitlines())) > 400]
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (size := (node.end_lineno or 0) - node.lineno + 1) > 40:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size}")
    assert long == []
