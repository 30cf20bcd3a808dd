"""sqlalchemy_searchable: the triggers that keep a search vector, as scripts make and drop them."""

from sqlalchemy import text

from limbeck_types import NotProvided


def make_searchable(metadata, mapper=None, manager=None, options=None):
    """Listens to models and to `create_all()`; a migration does neither."""


def _execute(connection, statement):
    connection.execute(text(statement.replace(":", "\\:")))


def _names(connection, table_name, tsvector_column, options, schema):
    if options:
        raise NotProvided("options of sqlalchemy_searchable's triggers are not provided; write the trigger as SQL text")
    name = f"{table_name}_{tsvector_column}"
    quote = connection.dialect.identifier_preparer.quote
    table = f'"{table_name}"' if schema is None else f'{quote(schema)}."{table_name}"'
    return f"{name}_trigger", f"{name}_update", table


def sync_trigger(
    conn, table_name, tsvector_column, indexed_columns, metadata=None, options=None, schema=None, update_rows=True
):
    trigger, function, table = _names(conn, table_name, tsvector_column, options, schema)
    drop_trigger(conn, table_name, tsvector_column, metadata, options, schema)
    config = "'pg_catalog.english'"
    vectors = [f"to_tsvector({config}, coalesce(NEW.{column}, ''))" for column in indexed_columns]
    _execute(
        conn,
        f"""CREATE FUNCTION
            {function}() RETURNS TRIGGER AS $$
        BEGIN
            NEW.{tsvector_column} = {" || ".join(vectors)};
            RETURN NEW;
        END
        $$ LANGUAGE 'plpgsql';
        """,
    )
    arguments = ", ".join([tsvector_column, config, *indexed_columns])
    _execute(
        conn,
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR INSERT ON {table} FOR EACH ROW EXECUTE PROCEDURE "
        f"tsvector_update_trigger({arguments})",
    )
    if update_rows:
        quote = conn.dialect.identifier_preparer.quote
        name = quote(table_name) if schema is None else f"{quote(schema)}.{quote(table_name)}"
        column = quote(indexed_columns[0])
        _execute(conn, f"UPDATE {name} SET {column}={column}")


def drop_trigger(conn, table_name, tsvector_column, metadata=None, options=None, schema=None):
    trigger, function, table = _names(conn, table_name, tsvector_column, options, schema)
    _execute(conn, f"DROP TRIGGER IF EXISTS {trigger} ON {table}")
    _execute(conn, f"DROP FUNCTION IF EXISTS {function}()")
