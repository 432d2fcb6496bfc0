"""A query is one span. SQLAlchemy's instrumentation makes one, and that of the driver below it makes another, beside it, of the
same query: where the driver is traced, the span is the driver's.
"""

from __future__ import annotations

from typing import Any

from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor as Original
from opentelemetry.instrumentation.sqlalchemy.engine import EngineTracer

from . import report

# SQLAlchemy's name of a driver, and ours of its library.
_DRIVERS = {
    "psycopg2": "psycopg2",
    "psycopg": "Psycopg 3",
    "psycopg_async": "Psycopg 3",
    "asyncpg": "asyncpg",
    "pysqlite": "sqlite3",
    "pymysql": "PyMySQL",
    "mysqldb": "mysqlclient",
    "mysqlconnector": "MySQL Connector",
    "pymssql": "pymssql",
}


class SQLAlchemyInstrumentor(Original):
    def _instrument(self, **kwargs: Any) -> Any:
        self._original = EngineTracer._before_cur_exec
        EngineTracer._before_cur_exec = _unless_the_driver_is_traced(self._original)
        return super()._instrument(**kwargs)

    def _uninstrument(self, **kwargs: Any) -> None:
        super()._uninstrument(**kwargs)
        EngineTracer._before_cur_exec = self._original


def _unless_the_driver_is_traced(original: Any) -> Any:
    def before(self: Any, conn: Any, cursor: Any, statement: Any, params: Any, context: Any, executemany: Any) -> Any:
        if _DRIVERS.get(conn.dialect.driver) in report.libraries:
            return statement, params
        return original(self, conn, cursor, statement, params, context, executemany)

    return before
