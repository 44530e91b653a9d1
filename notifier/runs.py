"""Runs in the ledger: one process that sends, its lease, and how others recognize that it is dead.

Recognizing a dead process on the same machine only shortens the wait for its lease. Declaring a live one dead
sends nothing twice: every step that matters is conditional on the row still being the run's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Update, and_, bindparam, func, insert, select, update

from notifier.database import prepare_statement
from notifier.deliveries import erase_refused_addresses
from notifier.ledger_tables import DatabaseClock, DeliveryState, delivery_table, run_table

_PROC = Path("/proc")
_START_TIME_FIELD = 19  # field 22 of /proc/PID/stat (proc(5)), counted after the name in parentheses


def get_own_process_id() -> str:
    """Return the id of this process, which is unique among all processes of all machines and times."""
    return "/".join([*_read_machine_id(), str(os.getpid()), _read_start_time(os.getpid()) or "?"])


def is_process_dead(process: str) -> bool:
    """Whether the process with that id is known to be gone; False for one on another machine."""
    machine, _, rest = process.partition("/")
    namespace, _, rest = rest.partition("/")
    pid, _, start_time = rest.partition("/")
    if [machine, namespace] != _read_machine_id() or "?" in process:
        return False
    return _read_start_time(int(pid)) != start_time  # another start time: the PID was reused


def _read_machine_id() -> list[str]:
    """Return the ids of the boot and the PID namespace: within both, a PID and its start time are unique."""
    try:
        boot_id = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        return [boot_id, str((_PROC / "self/ns/pid").readlink())]
    except OSError:
        return ["?", "?"]


def _read_start_time(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    return stat.rpartition(")")[2].split()[_START_TIME_FIELD]


def start_run(connection: Connection, process: str, lease: float) -> int:
    """Insert a run of a process and return its id; `lease` is in seconds."""
    values = {"process": process, "lease": lease, "renewed": DatabaseClock(), "commits": 0}
    return int(connection.execute(insert(run_table).values(values).returning(run_table.c.id)).scalar_one())


def renew_lease(connection: Connection, run_id: int) -> bool:
    """Renew the lease of a run and count a commit; return False if the run was ended, by itself or others."""
    return (
        connection.execute(prepare_statement(connection, _build_renew_lease), {"run_id": run_id}).rowcount
        == 1
    )


def _build_renew_lease() -> Update:
    is_live = and_(run_table.c.id == bindparam("run_id"), run_table.c.ended.is_(None))
    return update(run_table).where(is_live).values(renewed=DatabaseClock(), commits=run_table.c.commits + 1)


def end_run(connection: Connection, run_id: int) -> None:
    """End a run: release its claims, and put in doubt the deliveries that await the reply to their dot."""
    connection.execute(update(run_table).where(run_table.c.id == run_id).values(ended=DatabaseClock()))
    is_own = delivery_table.c.run == run_id
    connection.execute(
        update(delivery_table)
        .where(is_own, delivery_table.c.state == DeliveryState.CLAIMED)
        .values(state=DeliveryState.PENDING, run=None)
    )
    # Nobody can know whether the dot of these was sent.
    connection.execute(
        update(delivery_table)
        .where(is_own, delivery_table.c.state == DeliveryState.SENDING)
        .values(state=DeliveryState.IN_DOUBT)
    )
    erase_refused_addresses(connection, run_id)


def expire_dead_runs(connection: Connection, is_dead: Callable[[str], bool] = is_process_dead) -> None:
    """End the runs whose lease has passed and those whose process is dead."""
    # A renewal time in the future was written before the clock was set back and says nothing: hence abs().
    has_expired = func.abs(DatabaseClock() - run_table.c.renewed) > run_table.c.lease
    live_runs = select(run_table.c.id, run_table.c.process, run_table.c.renewed, has_expired).where(
        run_table.c.ended.is_(None)
    )
    for run_id, process, renewed, expired in connection.execute(live_runs).all():
        if not (expired or is_dead(process)):
            continue
        # In PostgreSQL the run may have renewed its lease since it was read: then it lives.
        unchanged = and_(
            run_table.c.id == run_id, run_table.c.renewed == renewed, run_table.c.ended.is_(None)
        )
        ended = connection.execute(update(run_table).where(unchanged).values(ended=DatabaseClock()))
        if ended.rowcount == 1:
            end_run(connection, run_id)
