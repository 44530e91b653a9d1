"""Whether the process that holds a claim still lives, where that can be seen: on the same machine.

Only ever a shortcut past the lease of contract §7: taking a claim back too early costs nobody a second
mail, for every step that matters is conditional on still holding it.
"""

import os
from pathlib import Path

_PROC = Path("/proc")
_START_TIME = 19  # proc(5): field 22 of stat, counted behind the name in parentheses


def own() -> str:
    """Return a name for this process that no other has, on no machine and at no time."""
    return "/".join([*_here(), str(os.getpid()), _born(os.getpid()) or "?"])


def is_dead(process: str) -> bool:
    """Whether a process by that name is known to be gone; of one on another machine nothing is known."""
    machine, _, rest = process.partition("/")
    namespace, _, life = rest.partition("/")
    pid, _, born = life.partition("/")
    if [machine, namespace] != _here() or "?" in process:
        return False
    return _born(int(pid)) != born


def _here() -> list[str]:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
        return [boot, str((_PROC / "self/ns/pid").readlink())]
    except OSError:
        return ["?", "?"]


def _born(pid: int) -> str | None:
    try:
        return (
            (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[_START_TIME]
        )
    except OSError:
        return None
