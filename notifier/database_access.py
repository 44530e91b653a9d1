"""Connect to a database of the operator, and repeat neither its URL nor the texts of its driver."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from common.errors import InputError
from notifier.connection_urls import ConnectionUrl, check_parameters, parse_connection_url
from notifier.database_errors import build_database_error

_SQLITE_PREFIX = "sqlite:///"
# The parameters that each driver may get; others could hold a password, or run a command when connecting.
_PARAMETERS = {
    "mysql+pymysql": ("ssl_ca", "ssl_capath", "ssl_cert", "ssl_check_hostname", "ssl_key", "unix_socket"),
    "postgresql+psycopg": (
        "channel_binding",
        "gssencmode",
        "host",
        "options",
        "passfile",
        "service",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
    ),
}

# Without a handler of theirs Python prints their warnings, which quote the texts of drivers.
for _logger in ("sqlalchemy", "psycopg"):
    logging.getLogger(_logger).addHandler(logging.NullHandler())


def parse_database_url(option: str, text: str, form: str, drivers: Collection[str]) -> URL:
    """Parse the value of an option that names a database of one of these drivers; `form` shows how.

    Raises InputError, whose line quotes nothing of the value.
    """
    if text.startswith(_SQLITE_PREFIX) and "sqlite" in drivers:
        return _parse_sqlite_url(option, text)
    url = parse_connection_url(option, text, form)
    if url.scheme not in drivers or url.scheme == "sqlite":
        begins = " or ".join(f"{driver}://{'/' if driver == 'sqlite' else ''}" for driver in drivers)
        raise InputError(f"{option}: must begin with {begins}")
    check_parameters(option, url, _PARAMETERS[url.scheme])
    return _build_url(url)


def _parse_sqlite_url(option: str, text: str) -> URL:
    """Return the URL of a file, whose path is taken as it is."""
    path = text.removeprefix(_SQLITE_PREFIX)
    if "?" in path or not path.isprintable():
        raise InputError(f"{option}: write {_SQLITE_PREFIX}FILE, without ? and control characters")
    return URL.create("sqlite", database=path)


def _build_url(url: ConnectionUrl) -> URL:
    return URL.create(
        url.scheme,
        username=url.user,
        password=url.password,
        host=url.host or None,
        port=url.port,
        database=url.name or None,
        query={key: values[0] if len(values) == 1 else values for key, values in url.query.items()},
    )


@contextmanager
def open_connection(subject: str, engine: Engine) -> Iterator[Connection]:
    """Open a connection for a block; errors there and in the block become those of `build_database_error`."""
    try:
        connection = engine.connect()
    # Drivers let through whatever files, names, packages and the greeting of a strange server raise.
    except Exception as error:  # noqa: BLE001
        raise build_database_error(subject, error) from None
    try:
        with connection:
            yield connection
    except DBAPIError as error:
        raise build_database_error(subject, error) from None
