"""SQL of an import of clients. Values come as parameters; the names in it are ours."""

_KNOWN = "translate(lower(btrim({0})), 'ё', 'е')"

# known → id: how files write directions, offices, segments and people. An ambiguous name is no name.
DIRECTIONS = """
    SELECT * FROM (VALUES ('promo', 'promo'), ('home', 'home'), ('unidentified', 'unidentified'),
        ('промо', 'promo'), ('промо-текстиль', 'promo'), ('промотекстиль', 'promo'), ('промо текстиль', 'promo'),
        ('дом', 'home'), ('домашний текстиль', 'home'), ('текстиль для дома', 'home'),
        ('не определено', 'unidentified'), ('неопределенные', 'unidentified'), ('', NULL)) AS v (known, id)
    """
OFFICES = f"""
    SELECT known, min(id) AS id FROM (
        SELECT {_KNOWN.format("o.code")} AS known, id FROM salesdept_office o
        UNION SELECT {_KNOWN.format("o.name")}, id FROM salesdept_office o
        UNION SELECT {_KNOWN.format("o.short_name")}, id FROM salesdept_office o) n
    WHERE known <> '' GROUP BY known HAVING count(*) = 1
    """
SEGMENTS = f"""
    SELECT DISTINCT ON (known) known, id, old_type FROM (
        SELECT {_KNOWN.format("s.code")} AS known, id, NULL::bigint AS old_type, 1 AS rank FROM playbook_segment s
        UNION ALL SELECT {_KNOWN.format("s.name")}, id, NULL, 2 FROM playbook_segment s
        UNION ALL SELECT {_KNOWN.format("s.short_name")}, id, NULL, 3 FROM playbook_segment s
        UNION ALL SELECT {_KNOWN.format("o.name")}, segment_id, id, 4 FROM playbook_oldtype o) n
    WHERE known <> '' ORDER BY known, rank, id
    """
MANAGERS = f"""
    SELECT known, min(id) AS id FROM (
        SELECT unnest(ARRAY[{_KNOWN.format("u.email")}, {_KNOWN.format("split_part(u.email, '@', 1)")},
            {_KNOWN.format("u.last_name")}, {_KNOWN.format("u.first_name || ' ' || u.last_name")},
            {_KNOWN.format("u.last_name || ' ' || u.first_name")},
            {_KNOWN.format("u.last_name || ' ' || left(u.first_name, 1) || '.'")}]) AS known, id
        FROM salesdept_user u WHERE u.is_active AND u.role IN ({{sellers}})) n
    WHERE known <> '' GROUP BY known HAVING count(DISTINCT id) = 1
    """

# Which typed rows (alias t) cannot come in: field, reason, condition; in this order, so that the outcome does not
# depend on what came in before.
REJECTS = (
    ("code", "double", "EXISTS (SELECT FROM import_cards o WHERE o.code = t.code AND o.row_no < t.row_no)"),
    ("name", "no_name", "t.client_id IS NULL AND t.name = ''"),
    ("kpp", "kpp_alone", "t.kpp <> '' AND t.inn = ''"),
    (
        "inn",
        "taken_inn",
        "t.inn <> '' AND EXISTS (SELECT FROM clients_legalentity e WHERE e.inn = t.inn"
        " AND e.client_id IS DISTINCT FROM t.client_id AND (e.kpp = t.kpp OR e.kpp = '' OR t.kpp = ''))",
    ),
    (
        "inn",
        "taken_inn",
        "t.inn <> '' AND t.kpp = '' AND EXISTS (SELECT FROM import_cards o WHERE o.inn = t.inn AND o.kpp <> '')",
    ),
    (
        "inn",
        "taken_inn",
        "t.inn <> '' AND EXISTS (SELECT FROM import_cards o WHERE o.inn = t.inn AND o.kpp = t.kpp"
        " AND o.row_no < t.row_no)",
    ),
)

_MOVES = """
    moved AS (
        INSERT INTO clients_move (client_id, field, from_user_id, to_user_id, "on", at, reason, comment, made_by_id)
        SELECT m.client_id, m.field, m.from_user, m.to_user, %(day)s, now(), 'import', '', %(user)s
        FROM {moves} m RETURNING id
    ), moves_kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'move', id, NULL FROM moved
    )
    """

UPDATE_CLIENTS = f"""
    WITH fresh AS (
        SELECT c.*, t.row_no, coalesce(nullif(t.name, ''), c.name) AS fresh_name,
               coalesce(nullif(t.city, ''), c.city) AS fresh_city, coalesce(t.direction, c.direction) AS fresh_direction,
               coalesce(t.office_id, c.office_id) AS fresh_office, coalesce(t.segment_id, c.segment_id) AS fresh_segment,
               coalesce(t.old_type_id, c.old_type_id) AS fresh_type,
               coalesce(t.manager_id, c.home_manager_id) AS fresh_home,
               CASE WHEN t.manager_id IS NULL THEN c.in_work_with_id
                    WHEN c.in_work_with_id IS NULL OR c.in_work_with_id = c.home_manager_id THEN t.manager_id
                    ELSE c.in_work_with_id END AS fresh_work
        FROM import_cards t JOIN clients_client c ON c.id = t.client_id
    ), changed AS (
        SELECT * FROM fresh
        WHERE (name, city, direction, office_id, segment_id, old_type_id, home_manager_id, in_work_with_id)
           IS DISTINCT FROM (fresh_name, fresh_city, fresh_direction, fresh_office, fresh_segment, fresh_type,
                             fresh_home, fresh_work)
    ), kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'client', id, jsonb_build_object('name', name, 'name_key', name_key, 'city', city,
               'direction', direction, 'office_id', office_id, 'segment_id', segment_id, 'old_type_id', old_type_id,
               'home_manager_id', home_manager_id, 'in_work_with_id', in_work_with_id)
        FROM changed
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM changed
    ), {
    _MOVES.format(
        moves='''(
            SELECT id AS client_id, 'home' AS field, home_manager_id AS from_user, fresh_home AS to_user FROM changed
            WHERE home_manager_id IS DISTINCT FROM fresh_home
            UNION ALL SELECT id, 'work', in_work_with_id, fresh_work FROM changed
            WHERE in_work_with_id IS DISTINCT FROM fresh_work ORDER BY client_id, field)'''
    )
}
    UPDATE clients_client c
    SET name = f.fresh_name, city = f.fresh_city, direction = f.fresh_direction, office_id = f.fresh_office,
        segment_id = f.fresh_segment, old_type_id = f.fresh_type, home_manager_id = f.fresh_home,
        in_work_with_id = f.fresh_work, name_key = CASE WHEN f.name = f.fresh_name THEN f.name_key ELSE '' END
    FROM changed f WHERE c.id = f.id
    """

NEW_CLIENTS = f"""
    WITH made AS (
        INSERT INTO clients_client (code, name, name_key, direction, office_id, segment_id, old_type_id, home_manager_id,
                                    in_work_with_id, city, time_zone, source, potential, discount, note, created_at,
                                    search_text)
        SELECT code, name, '', coalesce(direction, 'unidentified'), office_id, segment_id, old_type_id, manager_id,
               manager_id, city, 'Europe/Moscow', '', '', 0, '', now(), ''
        FROM import_cards WHERE client_id IS NULL ORDER BY code COLLATE "C"
        RETURNING id, code, home_manager_id
    ), kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'client', id, NULL FROM made
    ), {
    _MOVES.format(
        moves='''(
            SELECT id AS client_id, field, NULL::bigint AS from_user, home_manager_id AS to_user
            FROM made, (VALUES ('home'), ('work')) f (field)
            WHERE home_manager_id IS NOT NULL ORDER BY id, field)'''
    )
}
    UPDATE import_cards t SET client_id = made.id, is_new = true FROM made WHERE made.code = t.code
    """

# The entity of a row: of the client's entities with the INN the one with the KPP, else one without, else (the row
# has no KPP) any.
_ENTITY = """
    SELECT DISTINCT ON (t.row_no) t.row_no, e.id, e.name, e.kpp,
           coalesce(nullif(t.legal_name, ''), e.name) AS fresh_name, coalesce(nullif(t.kpp, ''), e.kpp) AS fresh_kpp
    FROM import_cards t JOIN clients_legalentity e
      ON e.client_id = t.client_id AND e.inn = t.inn AND (e.kpp = t.kpp OR e.kpp = '' OR t.kpp = '')
    WHERE t.inn <> '' ORDER BY t.row_no, e.kpp = t.kpp DESC, e.kpp = '' DESC, e.id
    """
UPDATE_ENTITIES = f"""
    WITH changed AS (
        SELECT * FROM ({_ENTITY}) e WHERE (name, kpp) <> (fresh_name, fresh_kpp)
    ), kept AS (
        INSERT INTO clients_importchange (batch_id, model, object_id, before)
        SELECT %(batch)s, 'legal_entity', id, jsonb_build_object('name', name, 'kpp', kpp) FROM changed
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM changed
    )
    UPDATE clients_legalentity e SET name = c.fresh_name, kpp = c.fresh_kpp FROM changed c WHERE e.id = c.id
    """
NEW_ENTITIES = f"""
    WITH fresh AS (
        SELECT t.*, c.name AS client_name FROM import_cards t JOIN clients_client c ON c.id = t.client_id
        WHERE t.inn <> '' AND t.row_no NOT IN (SELECT row_no FROM ({_ENTITY}) known)
    ), noted AS (
        INSERT INTO import_changed (row_no) SELECT row_no FROM fresh
    ), made AS (
        INSERT INTO clients_legalentity (client_id, name, inn, kpp, ogrn, external_id)
        SELECT client_id, coalesce(nullif(legal_name, ''), client_name), inn, kpp, '', ''
        FROM fresh ORDER BY row_no RETURNING id
    )
    INSERT INTO clients_importchange (batch_id, model, object_id, before)
    SELECT %(batch)s, 'legal_entity', id, NULL FROM made
    """
