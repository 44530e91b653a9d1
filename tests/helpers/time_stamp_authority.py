"""A time stamp authority on loopback: openssl signs, below a root certificate made for the test."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

REPLY_TYPE = "application/timestamp-reply"
# The section [tsa] is what RFC 3161 asks of the certificate that signs. Certificates are not sent as a chain:
# an answer has that of the authority alone.
CONFIGURATION = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[reply]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


@dataclass
class TimeStampAuthority:
    """The files of an authority, and what its server answers: `replace`, or else a signed answer."""

    folder: Path
    address: str = ""
    replace: tuple[int, dict[str, str], bytes] | None = None
    requests: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def run(self, *words: object) -> str:
        command = ["openssl", *map(str, words)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def create_certificates(self) -> None:
        """Create the root, and below it the certificate that signs."""
        (self.folder / "ca.cnf").write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "ca.cnf")
        self.run(
            "req", "-x509", *key, "-subj", "/CN=Test root", "-days", 3650, "-extensions", "root",
            "-keyout", "root.key", "-out", "root.pem",
        )  # fmt: skip
        self.run("req", *key, "-subj", "/CN=Test authority", "-keyout", "tsa.key", "-out", "tsa.csr")
        self.run(
            "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-extfile", "ca.cnf", "-extensions", "tsa", "-days", 3650, "-out", "tsa.pem",
        )  # fmt: skip

    def let_certificate_expire(self) -> None:
        """Replace the certificate that signs by one for the same key that was valid in 2020 only."""
        valid = x509.load_pem_x509_certificate((self.folder / "tsa.pem").read_bytes())
        builder = x509.CertificateBuilder(
            valid.issuer, valid.subject, valid.public_key(), valid.serial_number,
            datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC), list(valid.extensions),
        )  # fmt: skip
        key = serialization.load_pem_private_key((self.folder / "root.key").read_bytes(), None)
        expired = builder.sign(key, hashes.SHA256())
        (self.folder / "tsa.pem").write_bytes(expired.public_bytes(serialization.Encoding.PEM))

    def sign(self, query: bytes, *options: str) -> bytes:
        """Return the answer to a request."""
        (self.folder / "query.tsq").write_bytes(query)
        self.run(
            "ts", "-reply", "-config", "ca.cnf", "-section", "reply", "-queryfile", "query.tsq",
            "-out", "answer.tsr", *options,
        )  # fmt: skip
        return (self.folder / "answer.tsr").read_bytes()

    def sign_digest(self, digest: str) -> bytes:
        """Return a time stamp of a SHA-256."""
        self.run("ts", "-query", "-digest", digest, "-sha256", "-cert", "-out", "own.tsq")
        return self.sign((self.folder / "own.tsq").read_bytes())


@contextmanager
def serve_time_stamps(folder: Path) -> Iterator[TimeStampAuthority]:
    """Serve an authority on a free loopback port until the block ends."""
    folder.mkdir()
    authority = TimeStampAuthority(folder)
    authority.create_certificates()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.requests.append((self.headers["Content-Type"], query))
            if authority.replace:
                status, headers, body = authority.replace
            else:
                status, headers, body = 200, {"Content-Type": REPLY_TYPE}, authority.sign(query)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    authority.address = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
