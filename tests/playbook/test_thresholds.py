"""No rule decides by a number that is not in the book (DOMAIN.md 3): read in the source itself."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from playbook.parameters import BY_CODE

ROOT = Path(settings.BASE_DIR)
APPS = ("playbook", "clients", "deals", "kpi")
NIGHTS = tuple(f"{app}/nightly" for app in APPS[1:])
# Where rules are: the nights, the services, and the modules that decide what a page says.
RULES = (
    *NIGHTS,
    *(f"{app}/services" for app in APPS),
    "kpi/reports",
    "kpi/arithmetic.py",
    "clients/reasons.py",
    "clients/querysets.py",
    "deals/gap.py",
    "deals/reasons.py",
    "deals/day_list.py",
    "deals/querysets.py",
)
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|JOIN|WHEN|FROM)\b|%\(\w+\)s")
NUMBER = re.compile(r"(?<![\w.$'])\d+(?:[.]\d+)?(?![\w.])")
PLACES = re.compile(r"\b(?:GROUP|ORDER) BY [\d, ]+")  # columns by their place are no values
NAMED = re.compile(r"%\((\w+)\)s")
PLAIN = {"0", "1"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every rule module, parsed."""
    for place in RULES:
        path = ROOT / place
        for file in [path] if path.suffix else sorted(path.rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def texts(tree: ast.Module) -> Iterator[str]:
    """Every string that is no docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def literals(tree: ast.Module) -> Iterator[str]:
    """Numbers of the code, of `Decimal("…")`, and of SQL."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield str(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Decimal":
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))
    for text in texts(tree):
        if SQL.search(text):
            yield from NUMBER.findall(PLACES.sub("", text))


# Numbers that are no rule of the department: what each of them is.
ALLOWED: dict[str, dict[str, str]] = {
    "clients/nightly/classes.py": {"4": "decimals of the stored variation"},
    "clients/nightly/measures.py": {"0.5": "the middle: a median"},
    "clients/nightly/stages.py": {"2": "the second purchase ends «exactly one»"},
    "deals/nightly/call_list.py": dict.fromkeys("234567", "names of tiers (DOMAIN.md 5.2)"),
    "deals/nightly/invoices.py": {"12": "the last day there is", "31": "the last day there is"},
    "clients/services/client.py": {"5": "rows shown"},
    "deals/services/interaction.py": {"10": "seconds a button lives", "300": "length of a column"},
    "deals/services/next_task.py": {"50": "bound of a search back", "300": "length of a column"},
    "deals/services/task.py": {"300": "length of a column"},
    "kpi/services/plan.py": {
        "12": "months of a year",
        "1000": "thousands of roubles",
        "100": "kopecks of a rouble",
        "2": "kopecks of a rouble",
        "10": "minutes an undo lives",
        "99999999999.99": "what a column holds",
    },
    "playbook/services/assessment.py": {
        "2": "the best of three marks",
        "0.0000": "decimals of a share",
        "0.0001": "decimals of a share",
    },
    "playbook/services/picture.py": {
        **dict.fromkeys(("20000000", "2400", "1024", "5"), "memory that a picture may take"),
        "88": "quality of a compressed picture",
        "150": "length of a column",
    },
    "playbook/services/rehearsal.py": {**dict.fromkeys(("3", "100", "500"), "rows kept and written at once")},
    "kpi/reports/book.py": {"8": "rows shown"},
    "kpi/reports/dashboard.py": {"1000000": "millions of roubles", "3": "decimals of a chart"},
    "kpi/reports/meeting.py": {"2": "rows shown, and a plural", "1000": "thousands of roubles"},
    "kpi/reports/people.py": {"50": "rows on a page", "4": "a column by its place"},
    "kpi/reports/period.py": {
        **dict.fromkeys(("4", "2", "1990", "2200"), "how an address writes a month"),
        "12": "months of a year",
    },
    "kpi/reports/sales.py": {"12": "months of a year"},
    "kpi/arithmetic.py": {
        **dict.fromkeys(("0.01", "0.00", "2"), "kopecks of a rouble"),
        "256": "months kept in memory",
    },
    "clients/reasons.py": {"4": "sentences shown"},
    "deals/gap.py": {
        "100": "bound of the work: peers looked at",
        "2": "categories shown",
        "0.5": "the middle: a median",
        **dict.fromkeys(("24", "3600"), "seconds an answer is kept"),
    },
    "deals/reasons.py": {"60": "minutes of an hour"},
    "deals/day_list.py": {"8": "tasks shown", "0.0": "nothing"},
}
# Names in the SQL of the night that are no thresholds.
NOT_THRESHOLDS = {
    **dict.fromkeys(("as_of", "day", "month", "since", "last", "months"), "business dates"),
    **dict.fromkeys(
        ("start", "old_start", "window_start", "window_end"), "dates that follow from parameters"
    ),
    "window_months": "analysis.window_months under the word of its formula",
    "limit": "room left of development.daily_intake",
    "day_hours": "work.day_start_hour and work.day_end_hour, kept with the reason",
    "contact_by": "a date that follows from a parameter",
    **dict.fromkeys(("role", "development_role", "operator_role"), "who does what"),
    **dict.fromkeys(("client", "clients", "people", "office", "branches", "leads"), "rows"),
    **dict.fromkeys(("field", "reason"), "kinds of a move"),
    **dict.fromkeys(("welcome", "invoice", "zero", "title", "decided"), "words of a task"),
}


def test_no_rule_decides_by_a_number_outside_the_book() -> None:
    unknown: dict[str, set[str]] = defaultdict(set)
    for path, tree in sources():
        unknown[path] |= set(literals(tree)) - PLAIN - set(ALLOWED.get(path, {}))
    found = {path: sorted(numbers) for path, numbers in unknown.items() if numbers}
    assert found == {}, "make it a parameter of a regulation, or say in ALLOWED what the number is"


def test_numbers_that_are_explained_are_still_there() -> None:
    there = {path: set(literals(tree)) for path, tree in sources()}
    stale = {path: sorted(set(numbers) - there.get(path, set())) for path, numbers in ALLOWED.items()}
    assert {path: numbers for path, numbers in stale.items() if numbers} == {}


def names_of_night() -> dict[str, set[str]]:
    """Every `%(name)s` of the night's SQL and where it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, tree in sources():
        if path.rpartition("/")[0] in NIGHTS:
            for text in texts(tree):
                for name in NAMED.findall(text):
                    found[name].add(path)
    return found


def test_every_name_in_the_sql_of_the_night_is_a_parameter_or_no_threshold() -> None:
    codes = {code.replace(".", "_") for code in BY_CODE}
    found = names_of_night()
    unknown = {
        name: sorted(paths) for name, paths in found.items() if name not in codes | set(NOT_THRESHOLDS)
    }
    assert unknown == {}, (
        "a threshold comes from the book under its code; else say in NOT_THRESHOLDS what it is"
    )
    assert set(NOT_THRESHOLDS) - set(found) == set()


def test_every_parameter_is_read_by_the_program_itself() -> None:
    """Not by the demonstration, a bench or a text alone: by its code, or in SQL under its code."""
    read: set[str] = set()
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            place = file.relative_to(ROOT).as_posix()
            if (
                not place.startswith(("kpi/demo", "kpi/bench", "playbook/parameters.py"))
                and "/migrations/" not in place
            ):
                for text in texts(ast.parse(file.read_text(encoding="utf-8"))):
                    read |= {text, *NAMED.findall(text)}
    assert [code for code in BY_CODE if not {code, code.replace(".", "_")} & read] == []
