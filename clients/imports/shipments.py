"""Shipments from a file: rows with one number are one document with lines; key = number + calendar year.

A document of the file replaces the stored one whole. Line amount = quantity × price rounded half up to 0.01,
or the amount given. Clients and products unknown so far are created; a product's (and such a client's) name is
the latest by date, number and line, so the order of files does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clients.imports import undoing
from clients.imports.staging import reject
from clients.imports.values import stage_dates
from clients.models import ImportBatch
from salesdept.dates import today
from salesdept.sql import execute, fetch

if TYPE_CHECKING:
    from clients.imports.service import Run

LARGEST_QUANTITY, LARGEST_AMOUNT = 10**11, 10**11  # what the columns hold, a document of 1,000 lines included
# 17850.0 of a spreadsheet is the code 17850.
CODE = (
    "CASE WHEN right({text}, 2) = '.0' THEN regexp_replace({text}, '^([0-9]+)[.]0$', '\\1') ELSE {text} END"
)


def check(run: Run) -> None:
    """Fill import_rejects, then import_lines with the typed rows that are left."""
    stage_dates()
    reject(run, "client_code", "no_client", "r.client_code = ''")
    reject(run, "number", "no_number", "r.number = ''")
    reject(run, "date", "no_date", "left(r.date, 10) IN (SELECT raw FROM import_dates WHERE day IS NULL)")
    later = f"SELECT raw FROM import_dates WHERE day > DATE '{today():%Y-%m-%d}'"
    reject(run, "date", "future_date", f"left(r.date, 10) IN ({later})")
    if run.batch.unknown_clients == "reject":
        code = CODE.format(text="r.client_code")
        unknown = f"NOT EXISTS (SELECT FROM clients_client c WHERE c.code = {code})"
        reject(run, "client_code", "unknown_client", unknown)
    _type_lines(run)
    gone = _reject_bad_numbers(run) + _reject_too_large(run) + _one_client_per_document()
    if gone:
        execute(_RENUMBER)


def _type_lines(run: Run) -> None:
    """import_lines: one typed row per row of the file that is not rejected yet; each number is read once."""
    priced = run.has("quantity") and run.has("price")
    quantity = "import_number(r.quantity)" if run.has("quantity") else "1::numeric"
    price = "import_number(r.price)" if run.has("price") else "0::numeric"
    given = "NULL::numeric" if priced else "import_number(r.amount)"
    amount = "round(r.typed_quantity * r.typed_price, 2)" if priced else "round(r.typed_amount, 2)"
    execute("DROP TABLE IF EXISTS import_lines")
    execute(
        f"""
        CREATE TEMP TABLE import_lines ON COMMIT DROP AS
        WITH typed AS MATERIALIZED (
            SELECT r.*, {quantity} AS typed_quantity, {price} AS typed_price, {given} AS typed_amount
            FROM import_rows r
            WHERE NOT EXISTS (SELECT FROM import_rejects x WHERE x.row_no = r.row_no)
        )
        SELECT r.row_no, {CODE.format(text="r.client_code")} AS client_code,
               row_number() OVER (PARTITION BY r.number, extract(year FROM d.day) ORDER BY r.row_no) AS line,
               {run.text("client_name")} AS client_name,
               d.day, extract(year FROM d.day)::smallint AS year, r.number,
               r.typed_quantity AS quantity, r.typed_price AS price, {amount} AS amount,
               {run.text("product_code")} AS product_code,
               {run.text("product_name")} AS product_name,
               {run.text("category")} AS category, {run.text("direction")} AS direction,
               {run.text("branch")} AS branch, {run.text("manager")} AS manager
        FROM typed r JOIN import_dates d ON d.raw = left(r.date, 10)
        """
    )
    execute("ANALYZE import_lines")


# Lines of a document are counted without gaps, whichever of its rows were rejected.
_RENUMBER = """
    UPDATE import_lines l SET line = n.line
    FROM (SELECT row_no, row_number() OVER (PARTITION BY number, year ORDER BY row_no) AS line FROM import_lines) n
    WHERE n.row_no = l.row_no AND n.line <> l.line
"""


def _reject_bad_numbers(run: Run) -> int:
    """Rows whose number could not be read leave import_lines; how many."""
    priced = run.has("quantity") and run.has("price")
    names = [
        one for one in ("amount", "quantity", "price") if run.has(one) and (one != "amount" or not priced)
    ]
    missing = ", ".join(f"bool_or({name} IS NULL)" for name in names)
    found = fetch(f"SELECT {missing} FROM import_lines")[0]
    gone = 0
    for name in (name for name, is_missing in zip(names, found, strict=True) if is_missing):
        reject(run, name, "bad_number", f"r.row_no IN (SELECT row_no FROM import_lines WHERE {name} IS NULL)")
        gone += execute(f"DELETE FROM import_lines WHERE {name} IS NULL")
    return gone


_GONE = """
    WITH gone AS (DELETE FROM import_lines l {where} RETURNING l.row_no, l.client_code)
    INSERT INTO import_rejects (row_no, field, reason, value) SELECT row_no, {reject} FROM gone
"""


def _reject_too_large(run: Run) -> int:
    """Numbers beyond what a document of any company holds would break the columns they go to; how many rows."""
    named = "quantity" if run.has("quantity") and run.has("price") else "amount"
    large = f"WHERE abs(l.quantity) >= {LARGEST_QUANTITY} OR abs(l.amount) >= {LARGEST_AMOUNT}"
    if not fetch(f"SELECT EXISTS (SELECT FROM import_lines l {large})")[0][0]:
        return 0
    return execute(_GONE.format(where=large, reject=f"'{named}', 'too_large', ''"))


def _one_client_per_document() -> int:
    """Rows whose document began with another client are rejected, how many; import_docs has a row a document."""
    execute("DROP TABLE IF EXISTS import_docs")
    execute(
        """
        CREATE TEMP TABLE import_docs ON COMMIT DROP AS
        SELECT DISTINCT ON (number COLLATE "C", year) number, year, client_code, day, direction, branch, manager
        FROM import_lines ORDER BY number COLLATE "C", year, row_no
        """
    )
    execute("ANALYZE import_docs")
    others = (
        "USING import_docs d WHERE d.number = l.number AND d.year = l.year AND d.client_code <> l.client_code"
    )
    return execute(_GONE.format(where=others, reject="'client_code', 'other_client', client_code"))


def apply(run: Run) -> None:
    """Clients, products, documents and lines: a few statements, whatever the size of the file."""
    batch = {"batch": run.batch.pk}
    _create_clients(batch)
    _create_products(batch)
    _compare(run)
    _keep_before(batch)
    _write_documents(batch)
    _write_lines()
    counts = dict(fetch("SELECT change, sum(rows)::bigint FROM import_changes GROUP BY change"))
    for name in ("created", "updated", "unchanged"):
        run.counts[name] = int(counts.get(name, 0))


# The latest row of each client and of each product, in one pass: the greatest of arrays that begin with the order.
_KNOWN_CLIENTS = """
        CREATE TEMP TABLE import_clients ON COMMIT DROP AS
        SELECT client_code, coalesce(nullif(latest[5], ''), client_code) AS name, latest[5] <> '' AS is_named,
               concat_ws('|', latest[2], latest[3], latest[6]) AS name_key,
               CASE lower(latest[7]) WHEN 'home' THEN 'home' WHEN 'promo' THEN 'promo' ELSE 'unidentified' END AS direction,
               latest[8] AS branch
        FROM (
            SELECT client_code, max(ARRAY[
                CASE WHEN client_name <> '' THEN '1' ELSE '0' END, day::text, number, lpad(row_no::text, 9, '0'),
                client_name, lpad(line::text, 6, '0'), direction, branch] COLLATE "C") AS latest
            FROM import_lines GROUP BY client_code
        ) AS found
        """
_NEW_CLIENTS = """
        WITH made AS (
            INSERT INTO clients_client (code, name, name_key, direction, office_id, city, time_zone, source, potential,
                                        discount, note, created_at, search_text)
            SELECT i.client_code, i.name, CASE WHEN i.is_named THEN i.name_key ELSE '0' END, i.direction,
                   (SELECT min(o.id) FROM salesdept_office o WHERE lower(i.branch) IN (o.code, lower(o.name), lower(o.short_name))),
                   '', 'Europe/Moscow', '', '', 0, '', now(), ''
            FROM import_clients i WHERE NOT EXISTS (SELECT FROM clients_client c WHERE c.code = i.client_code)
            ORDER BY i.client_code
            RETURNING id
        )
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'client', id, NULL FROM made
        """
_RENAMED_CLIENTS = """
        WITH renamed AS (
            SELECT c.id, c.name, c.name_key, i.name AS fresh, i.name_key AS fresh_key
            FROM clients_client c JOIN import_clients i ON i.client_code = c.code
            WHERE i.is_named AND c.name_key <> '' AND i.name_key COLLATE "C" > c.name_key
        ), kept AS (
            INSERT INTO clients_importchange (batch_id, model, object_id, before)
            SELECT %(batch)s, 'client', id, jsonb_build_object('name', name, 'name_key', name_key) FROM renamed
            ON CONFLICT DO NOTHING
        )
        UPDATE clients_client c SET name = r.fresh, name_key = r.fresh_key FROM renamed r WHERE c.id = r.id
        """
_KNOWN_PRODUCTS = """
        CREATE TEMP TABLE import_products ON COMMIT DROP AS
        SELECT product_code, latest[5] AS product_name, latest[7] AS category,
               concat_ws('|', latest[2], latest[3], latest[6]) AS name_key
        FROM (
            SELECT product_code, max(ARRAY[
                CASE WHEN product_name <> '' THEN '1' ELSE '0' END, day::text, number, lpad(row_no::text, 9, '0'),
                product_name, lpad(line::text, 6, '0'), category] COLLATE "C") AS latest
            FROM import_lines WHERE product_code <> '' GROUP BY product_code
        ) AS found
        """
_NEW_CATEGORIES = """
        WITH made AS (
            INSERT INTO clients_category (name)
            SELECT DISTINCT category FROM import_lines WHERE category <> '' ORDER BY category
            ON CONFLICT (name) DO NOTHING RETURNING id
        )
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'category', id, NULL FROM made
        """
_NEW_PRODUCTS = """
        WITH fresh AS (
            SELECT p.product_code, p.product_name, p.name_key, g.id AS category_id
            FROM import_products p LEFT JOIN clients_category g ON g.name = p.category
        ), older AS (
            SELECT o.id, o.name, o.name_key, o.category_id, f.product_name, f.name_key AS fresh_key,
                   coalesce(f.category_id, o.category_id) AS fresh_category
            FROM clients_product o JOIN fresh f ON f.product_code = o.code
            WHERE f.name_key COLLATE "C" > o.name_key
              AND (f.product_name <> '' OR o.name = '')
        ), changed AS (
            UPDATE clients_product o SET name = r.product_name, name_key = r.fresh_key, category_id = r.fresh_category
            FROM older r WHERE o.id = r.id
        ), made AS (
            INSERT INTO clients_product (code, name, name_key, category_id)
            SELECT product_code, product_name, name_key, category_id FROM fresh f
            WHERE NOT EXISTS (SELECT FROM clients_product o WHERE o.code = f.product_code)
            ORDER BY product_code RETURNING id
        )
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'product', id, NULL FROM made
        UNION ALL
        SELECT %(batch)s, 'product', id,
               jsonb_build_object('name', name, 'name_key', name_key, 'category_id', category_id) FROM older
        """


def _create_clients(batch: dict[str, int]) -> None:
    """Unknown clients, named by their latest row; names that came from shipments follow later rows."""
    execute("DROP TABLE IF EXISTS import_clients")
    execute(_KNOWN_CLIENTS)
    execute(_NEW_CLIENTS, batch)
    execute(_RENAMED_CLIENTS, batch)


def _create_products(batch: dict[str, int]) -> None:
    """Categories and products of the file; the latest name and category win."""
    execute("DROP TABLE IF EXISTS import_products")
    execute(_KNOWN_PRODUCTS)
    execute(_NEW_CATEGORIES, batch)
    execute(_NEW_PRODUCTS, batch)


_LINES_DIGEST = "md5(string_agg(concat_ws('|', {product}, trim_scale({quantity}), trim_scale({price}), {amount}), ';' ORDER BY {order}))"


_COMPARE = """
        CREATE TEMP TABLE import_changes ON COMMIT DROP AS
        WITH sums AS (
            SELECT number, year, count(*) AS rows, sum(amount) AS amount FROM import_lines GROUP BY number, year
        ), documents AS (
            SELECT d.number, d.year, d.day, c.id AS client_id, s.rows, s.amount,
                   CASE lower(d.direction) WHEN 'home' THEN 'home' WHEN 'promo' THEN 'promo'
                        WHEN 'unidentified' THEN 'unidentified'
                        WHEN 'текстиль для дома' THEN 'home' WHEN 'промо-текстиль' THEN 'promo' END AS direction,
                   (SELECT min(o.id) FROM salesdept_office o
                    WHERE d.branch <> '' AND lower(d.branch) IN (o.code, lower(o.name), lower(o.short_name))) AS office_id,
                   (SELECT min(u.id) FROM salesdept_user u WHERE d.manager <> '' AND lower(d.manager) IN (
                        lower(u.email), lower(split_part(u.email, '@', 1)), lower(u.first_name || ' ' || u.last_name),
                        lower(u.last_name || ' ' || u.first_name))) AS manager_id,
                   c.direction AS usual_direction, c.office_id AS usual_office, c.home_manager_id AS usual_manager
            FROM import_docs d JOIN sums s USING (number, year) JOIN clients_client c ON c.code = d.client_code
        ), stored AS MATERIALIZED (
            SELECT h.* FROM clients_shipment h JOIN import_docs d ON d.number = h.number AND d.year = h.year
        ), digests AS (  -- of documents that are there already: a new one has nothing to be compared with
            SELECT number, year, {fresh} AS digest
            FROM import_lines l WHERE (number, year) IN (SELECT number, year FROM stored) GROUP BY number, year
        ), existing AS (
            SELECT h.id, h.number, h.year, h.date, h.client_id, h.amount, h.direction, h.office_id, h.manager_id,
                   (SELECT {stored} FROM clients_shipmentline l LEFT JOIN clients_product p ON p.id = l.product_id
                    WHERE l.shipment_id = h.id) AS digest
            FROM stored h
        )
        SELECT d.number, d.year, d.day, d.client_id, d.rows, d.amount,
               coalesce(e.id, nextval('{sequence}'::regclass)) AS shipment_id,
               coalesce(d.direction, e.direction, d.usual_direction) AS direction,
               coalesce(d.office_id, e.office_id, d.usual_office) AS office_id,
               coalesce(d.manager_id, e.manager_id, d.usual_manager) AS manager_id,
               CASE WHEN e.id IS NULL THEN 'created'
                    WHEN (e.date, e.client_id, e.amount, e.digest, e.direction, e.office_id, e.manager_id)
                       IS NOT DISTINCT FROM (d.day, d.client_id, d.amount, g.digest,
                            coalesce(d.direction, e.direction), coalesce(d.office_id, e.office_id),
                            coalesce(d.manager_id, e.manager_id)) THEN 'unchanged'
                    ELSE 'updated' END AS change
        FROM documents d
        LEFT JOIN existing e ON e.number = d.number AND e.year = d.year
        LEFT JOIN digests g ON g.number = d.number AND g.year = d.year
        ORDER BY d.client_id, d.day  -- as the night reads them
        """


def _compare(run: Run) -> None:
    """import_changes: every document of the file with its ids, and whether it is new, changed or the same."""
    fresh = _LINES_DIGEST.format(
        product="l.product_code",
        quantity="round(l.quantity, 3)",
        price="round(l.price, 4)",
        amount="l.amount",
        order="l.row_no",
    )
    stored = _LINES_DIGEST.format(
        product="coalesce(p.code, '')",
        quantity="l.quantity",
        price="l.price",
        amount="l.amount",
        order="l.position",
    )
    execute("DROP TABLE IF EXISTS import_changes")
    sequence = fetch("SELECT pg_get_serial_sequence('clients_shipment', 'id')")[0][0]
    execute(_COMPARE.format(fresh=fresh, stored=stored, sequence=sequence))
    execute("ANALYZE import_changes")


def _keep_before(batch: dict[str, int]) -> None:
    """What an undo must put back: the whole document with its lines."""
    execute(
        """
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'shipment', h.id, to_jsonb(h) || jsonb_build_object('lines', coalesce(
            (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.position) FROM clients_shipmentline l WHERE l.shipment_id = h.id), '[]'))
        FROM clients_shipment h JOIN import_changes i ON i.shipment_id = h.id WHERE i.change = 'updated'
        """,
        batch,
    )


def _write_documents(batch: dict[str, int]) -> None:
    execute(
        """
        UPDATE clients_shipment h
        SET date = i.day, client_id = i.client_id, amount = i.amount, direction = i.direction,
            office_id = i.office_id, manager_id = i.manager_id
        FROM import_changes i WHERE i.shipment_id = h.id AND i.change = 'updated'
        """
    )
    execute(
        """
        DELETE FROM clients_shipmentline l USING import_changes i
        WHERE l.shipment_id = i.shipment_id AND i.change = 'updated'
        """
    )
    execute(
        """
        INSERT INTO clients_shipment (id, number, year, date, client_id, amount, direction, office_id, manager_id)
        SELECT shipment_id, number, year, day, client_id, amount, direction, office_id, manager_id
        FROM import_changes WHERE change = 'created'
        """
    )
    execute(
        """
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'shipment', shipment_id, NULL FROM import_changes WHERE change = 'created'
        """,
        batch,
    )


def _write_lines() -> None:
    execute(
        """
        INSERT INTO clients_shipmentline (shipment_id, position, product_id, quantity, price, amount)
        SELECT i.shipment_id, l.line, p.id, round(l.quantity, 3), round(l.price, 4), l.amount
        FROM import_lines l
        JOIN import_changes i ON i.number = l.number AND i.year = l.year AND i.change <> 'unchanged'
        LEFT JOIN clients_product p ON p.code = l.product_code
        ORDER BY i.shipment_id, l.line  -- as the index has them: a page of it is written once
        """
    )


def undo(batch: ImportBatch) -> None:
    """Delete what the import created and put back what it replaced."""
    undoing.check_nothing_stands_on(batch)
    params = {"batch": batch.pk}
    of_batch = "FROM clients_importchange c WHERE c.batch_id = %(batch)s AND c.model = 'shipment'"
    for sql in (
        f"DELETE FROM clients_shipmentline l WHERE l.shipment_id IN (SELECT c.object_id {of_batch})",
        f"DELETE FROM clients_shipment h WHERE h.id IN (SELECT c.object_id {of_batch} AND c.before IS NULL)",
        f"""
        UPDATE clients_shipment h SET date = b.date, client_id = b.client_id, amount = b.amount,
               direction = b.direction, office_id = b.office_id, manager_id = b.manager_id
        FROM (SELECT (jsonb_populate_record(NULL::clients_shipment, c.before)).* {of_batch} AND c.before IS NOT NULL) b
        WHERE h.id = b.id
        """,
        f"""
        INSERT INTO clients_shipmentline OVERRIDING SYSTEM VALUE
        SELECT line.* FROM (SELECT c.before {of_batch} AND c.before IS NOT NULL) c,
             jsonb_populate_recordset(NULL::clients_shipmentline, c.before -> 'lines') AS line
        """,
    ):
        execute(sql, params)
    undoing.restore_names(batch)
    undoing.delete_created(batch)
