"""Say in our own words why a database failed.

The texts of the drivers name user and host, quote values, which may be addresses, and sometimes the whole
connection string. None is printed: only what kind of failure it was, and the driver's code for it.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy.exc import DBAPIError

from common.errors import InputError, KlartekstError, TryLaterError


class Failure(Enum):
    """A kind of failure: what the database does or is, and whether the same command may succeed later."""

    UNREACHABLE = ("cannot be reached; check host and port, or try again later", True)
    LOST = ("closed the connection; try again later", True)
    NOT_ENCRYPTED = ("offers no encryption that can be trusted; check its certificate", True)
    LOGIN = ("refused the login; check user and password", False)
    LOGIN_METHOD = ("asks for a login that is not supported; use an encrypted connection", False)
    UNKNOWN_DATABASE = ("does not exist on this server; check its name", False)
    FORBIDDEN = ("refuses a permission that the user needs", False)
    READ_ONLY = ("is read-only", False)
    MISSING_TABLE = ("has no table that is named in the query", False)
    MISSING_COLUMN = ("has no column that is named in the query", False)
    INVALID_QUERY = ("cannot run the query", False)
    LOCKED = ("is locked by another process; try again later", True)
    BUSY = ("has too many connections; try again later", True)
    FULL = ("has no room: the disk is full; make room and try again", True)
    UNREADABLE = ("cannot be read or written on its disk; try again later", True)
    NOT_OPENED = ("cannot be opened; check the permissions of its folder", False)
    DAMAGED = ("is damaged, or not a database", False)
    UNAVAILABLE = ("is temporarily unavailable; try again later", True)
    UNUSABLE = ("cannot be used; check its URL", False)

    @property
    def text(self) -> str:
        """The end of a sentence that begins with the database."""
        return self.value[0]

    @property
    def is_temporary(self) -> bool:
        """Whether to try again later."""
        return self.value[1]


# https://www.sqlite.org/rescode.html, without the extension of extended codes.
_SQLITE = {
    "SQLITE_BUSY": Failure.LOCKED,
    "SQLITE_LOCKED": Failure.LOCKED,
    "SQLITE_FULL": Failure.FULL,
    "SQLITE_IOERR": Failure.UNREADABLE,
    "SQLITE_READONLY": Failure.READ_ONLY,
    "SQLITE_PERM": Failure.FORBIDDEN,
    "SQLITE_AUTH": Failure.FORBIDDEN,
    "SQLITE_CANTOPEN": Failure.NOT_OPENED,
    "SQLITE_CORRUPT": Failure.DAMAGED,
    "SQLITE_NOTADB": Failure.DAMAGED,
    "SQLITE_ERROR": Failure.INVALID_QUERY,
}
_SQLITE_TEXTS = {"no such table": Failure.MISSING_TABLE, "no such column": Failure.MISSING_COLUMN}
# PostgreSQL's documentation, appendix A. A code without its own line has that of its class.
_SQLSTATES = {
    "08": Failure.LOST,
    "22": Failure.INVALID_QUERY,
    "25": Failure.LOST,  # the server has ended the transaction, or the session
    "25006": Failure.READ_ONLY,
    "28": Failure.LOGIN,
    "3D": Failure.UNKNOWN_DATABASE,
    "40": Failure.LOCKED,
    "42": Failure.INVALID_QUERY,
    "42501": Failure.FORBIDDEN,
    "42P01": Failure.MISSING_TABLE,
    "42703": Failure.MISSING_COLUMN,
    "53100": Failure.FULL,
    "53300": Failure.BUSY,
    "55P03": Failure.LOCKED,
    "57P": Failure.LOST,
}
# libpq passes on no code for what fails while it connects, only a text.
_LIBPQ_TEXTS = {
    "authentication failed": Failure.LOGIN,
    "no password supplied": Failure.LOGIN,
    "pg_hba.conf": Failure.LOGIN,
    'FATAL:  role "': Failure.LOGIN,
    'FATAL:  database "': Failure.UNKNOWN_DATABASE,
    "permission denied for database": Failure.FORBIDDEN,
    "too many": Failure.BUSY,
    "the database system is": Failure.UNAVAILABLE,
    "certificate": Failure.NOT_ENCRYPTED,
    "does not support SSL": Failure.NOT_ENCRYPTED,
}
# https://mariadb.com/docs/server/reference/error-codes; 2000 and above are those of the client.
_MYSQL_NUMBERS = {
    Failure.LOGIN: (1045, 1130, 1698, 1862),
    Failure.LOGIN_METHOD: (1251, 2049, 2054, 2059, 2061),
    Failure.UNKNOWN_DATABASE: (1049,),
    Failure.FORBIDDEN: (1044, 1142, 1143, 1227, 1370),
    Failure.READ_ONLY: (1290, 1792, 1836),
    Failure.MISSING_TABLE: (1146,),
    Failure.MISSING_COLUMN: (1054,),
    Failure.INVALID_QUERY: (1064,),
    Failure.LOCKED: (1205, 1213),
    Failure.BUSY: (1040, 1203, 1226),
    Failure.FULL: (1021, 1114),
    Failure.UNREACHABLE: (2002, 2003, 2005),
    Failure.LOST: (1053, 1927, 2006, 2013, 2055),
    Failure.NOT_ENCRYPTED: (2026, 3159),
}
_MYSQL = {number: failure for failure, numbers in _MYSQL_NUMBERS.items() for number in numbers}


def build_database_error(subject: str, error: BaseException) -> KlartekstError:
    """Return the error to raise for one of a driver; `subject` names the database in its line."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig else error
    failure, code = _classify_error(original)
    line = f"{subject} {failure.text}{f' ({code})' if code else ''}"
    return TryLaterError(line) if failure.is_temporary else InputError(line)


def _classify_error(error: BaseException) -> tuple[Failure, str]:
    """Return the kind of an error, and the code of the driver for it."""
    name = type(error).__name__
    by_type = Failure.UNAVAILABLE if name in _TEMPORARY_TYPES else Failure.UNUSABLE
    if result := getattr(error, "sqlite_errorname", None):
        code = "_".join(str(result).split("_")[:2])
        failure = _SQLITE.get(code, by_type)
        if failure is Failure.INVALID_QUERY:
            failure = _find_in_text(_SQLITE_TEXTS, error) or failure
        return failure, code
    number = error.args[0] if error.args else None
    if isinstance(number, int) and not isinstance(error, OSError):
        return _MYSQL.get(number, by_type), f"error {number}"
    if hasattr(error, "sqlstate"):
        if code := error.sqlstate:
            prefixes = (code[:length] for length in (5, 3, 2))
            known = next((_SQLSTATES[one] for one in prefixes if one in _SQLSTATES), by_type)
            return known, f"SQLSTATE {code}"
        default = Failure.UNREACHABLE if by_type is Failure.UNAVAILABLE else by_type
        return _find_in_text(_LIBPQ_TEXTS, error) or default, ""
    return (Failure.LOGIN_METHOD if isinstance(error, RuntimeError) else by_type), ""


# By name: the drivers have classes of the same names (PEP 249), and importing all three takes time.
_TEMPORARY_TYPES = {"OperationalError", "InternalError", "InterfaceError"}


def _find_in_text(texts: dict[str, Failure], error: BaseException) -> Failure | None:
    text = str(error)
    return next((failure for part, failure in texts.items() if part in text), None)
