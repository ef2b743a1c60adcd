"""Export: a right of its own, logged, marked, harmless in a spreadsheet."""

import csv
import io
from typing import Any

import pytest

from clients.models import Client, ExportLog
from clients.views.export import neutral
from salesdept.models import User
from salesdept.roles import PERMISSIONS, Perm, Role
from tests.clients.conftest import client_of
from tests.factories import ContactFactory, UserFactory


def exported(browser: Any, query: str = "") -> list[list[str]]:
    response = browser.post(f"/clients/export/{query}")
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("role", Role.values)
def test_only_roles_with_the_right_export(as_user: Any, role: str, db: Any) -> None:
    status = as_user(UserFactory(role=role)).post("/clients/export/").status_code
    assert status == (200 if Perm.EXPORT_CLIENTS in PERMISSIONS[role] else 403)
    assert ExportLog.objects.exists() == (status == 200)


def test_a_link_does_not_export(as_user: Any, head: User) -> None:
    assert as_user(head).get("/clients/export/").status_code == 405


def test_the_file_holds_what_the_filters_found_and_names_who_took_it(
    as_user: Any, head: User, manager: User
) -> None:
    client_of(manager, "Нулевой", stage="zero", amount="1234567.80")
    client_of(manager, "Активный")
    watermark, heading, *rows = exported(as_user(head), "?stage=zero&page=3")
    entry = ExportLog.objects.get()
    assert f"Выгрузка {entry.pk}" in watermark[0]
    assert "Марк Орлов" in watermark[0]
    assert (entry.user, entry.rows, entry.query) == (head, 1, "stage=zero")
    assert [row[1] for row in rows] == ["Нулевой"]
    assert rows[0][heading.index("Сумма, ₽")] == "1234567,80"


def test_no_contact_is_ever_in_the_file(as_user: Any, head: User, manager: User) -> None:
    ContactFactory(client=client_of(manager), phone="+78123341806", email="irina@client.example")
    text = str(exported(as_user(head)))
    assert "3341806" not in text
    assert "irina" not in text


def test_a_formula_in_a_name_arrives_as_text(as_user: Any, head: User, manager: User) -> None:
    client_of(manager, '=HYPERLINK("http://x";"y")')
    assert exported(as_user(head))[2][1].startswith("'=")


@pytest.mark.parametrize("value", ["=1+1", "+7", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+SUM(1)"])
def test_what_a_spreadsheet_would_run_is_quoted(value: str) -> None:
    assert neutral(value) == f"'{value}"


@pytest.mark.parametrize("value", ["ООО «Вектор»", "-12,50", "12", "a=b", ""])
def test_ordinary_text_and_numbers_stay(value: str) -> None:
    assert neutral(value) == value


def test_rows_stream_with_the_same_queries_at_any_number(as_user: Any, head: User, manager: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = as_user(head)
    exported(browser)
    counts = []
    for _round in range(2):
        Client.objects.bulk_create(
            Client(code=f"E{_round}-{number}", name="Имя", home_manager=manager) for number in range(30)
        )
        with CaptureQueriesContext(connection) as captured:
            exported(browser)
        counts.append(len(captured))
    assert counts[0] == counts[1]
