"""A process that has imported the modules of build.py and forks for each command that a test runs.

Importing them and compiling the templates takes longer than most commands do. Each command still runs in a
process of its own, with the arguments, folder, environment, umask and standard streams that it is given, and
ends as any other. What Python reads only when it starts needs a new one: see `can_be_forked`.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from generator.rendering import Renderer
from generator.template_files import TemplateFiles
from languages.loader import list_language_codes
from policy.localization import load_catalogue
from tests.helpers.compiled_templates import keep_compiled_templates
from tests.helpers.environment import REPOSITORY, neutral_environment

PROGRAM = REPOSITORY / "build.py"
_ENVIRONMENT = neutral_environment()  # of the server, as it was before any test changed it
_PACKAGES = ("common", "languages", "policy", "changelog", "generator", "editing", "adoption", "verifier")


def can_be_forked(environment: dict[str, str]) -> bool:
    """Return whether Python would start in this environment as it did for the server."""
    return _select_settings(environment) == _select_settings(_ENVIRONMENT)


def _select_settings(environment: dict[str, str]) -> dict[str, str]:
    """Return what Python reads when it starts."""
    return {name: value for name, value in environment.items() if name.startswith(("PYTHON", "LANG", "LC_"))}


def run_forked(
    words: list[str], folder: Path | None, environment: dict[str, str], stdin: str = ""
) -> tuple[int, str, str]:
    """Run `build.py` in a new process; return its exit code and what it wrote on both streams."""
    umask = os.umask(0)
    os.umask(umask)
    request = json.dumps([words, str(folder or Path.cwd()), umask, environment])  # escapes what is not UTF-8
    with ExitStack() as stack:
        read, out, err = streams = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3)]
        read.write(stdin)
        read.seek(0)
        ended, ending = os.pipe()
        socket.send_fds(_start_server()[1], [request.encode()], [*(one.fileno() for one in streams), ending])
        os.close(ending)
        with os.fdopen(ended) as status:
            code = os.waitstatus_to_exitcode(int(status.read()))
        out.seek(0)
        err.seek(0)
        return code, out.read(), err.read()


@cache
def _start_server() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the server of this process, which ends when the socket is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        command = [sys.executable, "-m", "tests.helpers.fork_server", str(theirs.fileno())]
        started = subprocess.Popen(command, cwd=REPOSITORY, env=_ENVIRONMENT, pass_fds=[theirs.fileno()])
    return started, ours


def _serve(requests: socket.socket) -> None:
    """Fork for each request; return in the process that is to run the command."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    while True:
        request, streams, _, _ = socket.recv_fds(requests, 200_000, 4)
        if not request:
            os._exit(0)
        if not os.fork():
            break
        for stream in streams:
            os.close(stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    requests.close()
    ending = streams.pop()
    if pid := os.fork():
        os.write(ending, str(os.waitpid(pid, 0)[1]).encode())
        os._exit(0)
    os.close(ending)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    words, folder, umask, environment = json.loads(request)
    os.chdir(folder)
    os.umask(umask)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    random.seed()
    sys.argv = [str(PROGRAM), *words]


def _load_what_never_changes() -> None:
    """Import all modules, and load the languages and templates, which no command changes."""
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            importlib.import_module(module.name)
    for code in list_language_codes():
        for catalogue in ("interface", "tool"):
            load_catalogue(catalogue, code)
    keep_compiled_templates()
    environment = Renderer(TemplateFiles(REPOSITORY / "templates"))._jinja
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".j2")):
        environment.get_template(name)
        environment.overlay(autoescape=False).get_template(name)


if __name__ == "__main__":
    _load_what_never_changes()
    gc.collect()
    gc.freeze()  # a process does not copy what it only looks at
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_path(sys.argv[0], run_name="__main__")
