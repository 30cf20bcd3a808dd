"""Records how the reference reads and writes URLs, in record.json.

Run it with a Python that has the reference installed: python record.py
"""

import json
import pathlib

import sqlalchemy as sa

TEXTS = [
    "sqlite://",
    "sqlite:///",
    "sqlite:///relative.db",
    "sqlite:////abs/olute.db",
    "sqlite:///:memory:",
    "sqlite:///file:path/to/database?mode=ro&uri=true",
    "sqlite:///C:\\path\\to\\foo.db",
    "sqlite+pysqlite:///a b%20c.db",
    "sqlite+aiosqlite:///x.db?timeout=20",
    "sqlite+pysqlcipher://:testing@/foo.db?cipher=aes-256-cfb&kdf_iter=64000",
    "postgresql://scott:tiger@localhost/mydatabase",
    "postgresql+psycopg2://scott:tiger@localhost:5432/mydatabase",
    "postgresql+asyncpg://user@/db?host=/var/run/postgresql",
    "postgresql://user:p%40ss%3Aw%2Ford%25@host:1234/db%20name",
    "postgresql://user:p@ss@host/db",
    "postgresql://us%20er:pa+ss@host/db",
    "postgresql://user@[::1]:5432/db",
    "postgresql://[2001:da8:2004:1000:202:116:160:90]/db",
    "postgresql://[fe80::1%25eth0]:1/",
    "postgresql://user:pass@host/db?alt_host=host1&alt_host=host2&ssl_cipher=%2Fpath%2Fto%2Fcrt",
    "postgresql://host/db?a=1&b=&c&d=x+y&%C3%A9=%C3%A8",
    "postgresql://host?sslmode=require",
    "postgresql://host:5432?sslmode=require&a=b=c",
    "postgresql://host",
    "postgresql://@host/db",
    "postgresql://user:@host/db",
    "postgresql://:pass@host/db",
    "postgresql:///db",
    "postgresql://user:***@host/db",
    "mysql+pymysql://root:@127.0.0.1/db?charset=utf8mb4",
    "mysql://user:pa%%ss@host/db",
    "mariadb+mariadbconnector://user:pass@host:3307/db",
    "mssql+pyodbc://user:pass@dsn?driver=ODBC+Driver+17+for+SQL+Server",
    "mssql+pyodbc:///?odbc_connect=DRIVER%3D%7BSQL%7D%3BPWD%3Da",
    "oracle+oracledb://scott:tiger@127.0.0.1:1521/?service_name=free",
    "dbtype+apitype+more://user:pass@host/x",
    "Dialect_2://h/x#fragment",
    "postgresql://host/db/with/slashes",
    "postgresql://host/db@home",
    "postgresql://us@er@host/db",
    "postgresql://user:pa:ss@host/db",
    "postgresql://user:pa/ss@host/db",
    "postgresql://user:pa?ss@host/db",
    "postgresql://hést/dätäbase",
    "postgresql://user:%E2%82%AC@host/%E2%82%AC",
    "postgresql://user:%FF@host/db",
    "postgresql://host:abc/db",
    "postgresql://host:/db",
    "postgresql://host: 12 /db",
    "postgresql://host:12x/db",
    "",
    "foo",
    "sqlite:/x",
    "sqlite:x",
    "post-gres://host/db",
    " sqlite://",
    "driver://user:pass@localhost/dbname",
    "sqlite://\n",
    "postgresql://host/db\nname?a=1",
]

FOREIGN = ["sqlite", "sqlite+foo", "foo", "foo+bar", "postgresql", "mysql", "mariadb", "mssql", "oracle", "oracle+cx_oracle", ""]


def attempt(function):
    try:
        return function()
    except (sa.exc.SQLAlchemyError, ValueError) as error:
        return {"error": type(error).__name__, "message": str(error)}


def url_record(text):
    url = sa.make_url(text)
    return {
        "drivername": url.drivername,
        "username": url.username,
        "password": url.password,
        "host": url.host,
        "port": url.port,
        "database": url.database,
        "query": {key: list(values) for key, values in url.normalized_query.items()},
        "shown": str(url),
        "full": url.render_as_string(hide_password=False),
        "backend": url.get_backend_name(),
    }


def driver_record(name):
    return sa.URL.create(name).get_dialect().driver


def main():
    records = {
        "urls": [[text, attempt(lambda: url_record(text))] for text in TEXTS],
        "drivers": [[name, attempt(lambda: driver_record(name))] for name in FOREIGN],
    }
    path = pathlib.Path(__file__).parent / "record.json"
    path.write_text(json.dumps(records, indent=1) + "\n")


if __name__ == "__main__":
    main()
