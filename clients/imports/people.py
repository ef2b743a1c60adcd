"""Contacts of clients from a file: found again by name (a nameless one by phone or e-mail), made or completed.

Works on the temp table import_people(row_no, client_id, name, position, phone, email): texts already read, one
row a contact. An empty cell never erases what is known.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from salesdept.sql import execute

FOLDED = "translate(lower(btrim({0})), 'ё', 'е')"  # as names are compared
_SAME_NAME = f"{FOLDED.format('k.name')} = {FOLDED.format('p.name')}"
_MATCH = f"""
    CREATE TEMP TABLE import_met ON COMMIT DROP AS
    SELECT DISTINCT ON (p.row_no) p.row_no, k.id AS contact_id
    FROM import_people p JOIN clients_contact k ON k.client_id = p.client_id AND (
        CASE WHEN p.name <> '' THEN {_SAME_NAME}
             ELSE (p.phone <> '' AND k.phone = p.phone) OR (p.email <> '' AND lower(k.email) = p.email) END)
    ORDER BY p.row_no, (p.phone <> '' AND k.phone = p.phone) DESC, (p.email <> '' AND lower(k.email) = p.email) DESC, k.id
    """
_FRESH = """
    SELECT k.id, k.position AS old_position, k.phone AS old_phone, k.email AS old_email, k.number_is_wrong AS was_wrong,
           coalesce(nullif(p.position, ''), k.position) AS position, coalesce(nullif(p.phone, ''), k.phone) AS phone,
           coalesce(nullif(p.email, ''), k.email) AS email,
           k.number_is_wrong AND (p.phone = '' OR p.phone = k.phone) AS is_wrong, p.row_no
    FROM import_people p JOIN import_met USING (row_no) JOIN clients_contact k ON k.id = contact_id
    """
_UPDATE = f"""
    WITH fresh AS ({_FRESH}), changed AS (
        SELECT * FROM fresh WHERE (position, phone, lower(email)) <> (old_position, old_phone, lower(old_email))
    ), kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'contact', id, jsonb_build_object('position', old_position, 'phone', old_phone,
               'email', old_email, 'number_is_wrong', was_wrong) FROM changed
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM changed
    )
    UPDATE clients_contact k SET position = c.position, phone = c.phone, email = c.email, number_is_wrong = c.is_wrong
    FROM changed c WHERE k.id = c.id
    """
_INSERT = """
    WITH fresh AS (
        SELECT p.*, row_number() OVER (PARTITION BY p.client_id ORDER BY p.row_no) = 1 AND NOT EXISTS (
            SELECT FROM clients_contact k WHERE k.client_id = p.client_id AND k.is_main) AS is_main
        FROM import_people p WHERE NOT EXISTS (SELECT FROM import_met m WHERE m.row_no = p.row_no)
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM fresh
    ), made AS (
        INSERT INTO clients_contact (client_id, name, position, decision_role, is_main, phone, phone_extension, email,
                                     messenger, mailing_consent, confirmed_on, number_is_wrong)
        SELECT client_id, coalesce(nullif(name, ''), %(nameless)s), position, 'other', is_main, phone, '', email,
               '', false, NULL, false
        FROM fresh ORDER BY row_no RETURNING id
    )
    INSERT INTO clients_importchange (batch_id, model, object_id, before)
    SELECT %(batch)s, 'contact', id, NULL FROM made
    """


def match() -> None:
    """The temp table import_met(row_no, contact_id): contacts that are known already."""
    execute("DROP TABLE IF EXISTS import_met")
    execute("ANALYZE import_people")
    execute(_MATCH)


def apply(batch: int) -> None:
    """Complete known contacts and make new ones; rows that did anything go into import_changed."""
    execute(_UPDATE, {"batch": batch})
    execute(_INSERT, {"batch": batch, "nameless": _("Contact without a name")})
