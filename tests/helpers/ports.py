"""Free ports for servers that cannot take over a listening socket and need a port number."""

import random
import socket
from contextlib import suppress

# Below the range from which Linux picks client ports: no outgoing connection can take the port first.
_PORTS = range(12_000, 32_000)
_random = random.SystemRandom()  # parallel test processes must not share a seed


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that no process listens on."""
    while True:
        port = _random.choice(_PORTS)
        with suppress(OSError), socket.create_server((host, port)):
            return port
