"""Time stamps of RFC 3161: asks for one, and verifies one against the root certificates of its authority.

Needs the extra `witness`, which `make setup` installs. Roots are pinned by whoever verifies: what a publisher
passes on proves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from common.errors import InputError
from common.input_files import read_input_file
from common.missing_packages import describe_missing_package

try:
    from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
    from cryptography.x509.oid import NameOID
    from rfc3161_client import (
        HashAlgorithm,
        PKIStatus,
        TimestampRequestBuilder,
        TimeStampResponse,
        VerificationError,
        VerifierBuilder,
        decode_timestamp_response,
    )
except ModuleNotFoundError as missing:
    raise InputError(describe_missing_package(missing)) from None

_SHA256 = "2.16.840.1.101.3.4.2.1"
_MAX_ROOT_BYTES = 1 << 20
_MAX_REASON = 200  # characters of an authority's own words
_MAX_NAME = 100

Roots: TypeAlias = Sequence[Certificate]


class TimeStampError(Exception):
    """What is wrong with a time stamp, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What a time stamp says: bytes with this SHA-256 existed at a time, according to an authority."""

    imprint: str
    time: datetime
    authority: str

    @property
    def statement(self) -> str:
        """What it says of its entry, as the end of a sentence."""
        day = self.time.isoformat().replace("+00:00", "Z")
        return f"existed on {day} (time stamp of {self.authority})"


@dataclass(frozen=True, slots=True)
class TimeStampRequest:
    """A request to send to an authority, and the number that its answer must repeat."""

    content: bytes
    nonce: int


def read_roots(path: Path) -> Roots:
    """Return the certificates of a PEM file; raise InputError if there are none."""
    hint = "pass the root certificates of the authority, in PEM"
    try:
        roots = load_pem_x509_certificates(read_input_file(path, _MAX_ROOT_BYTES, hint))
    except ValueError:
        raise InputError(f"{path}: has no certificates that can be read; {hint}") from None
    return tuple(dict.fromkeys(roots))


def create_request(content: bytes) -> TimeStampRequest:
    """Return a request for a time stamp of the SHA-256 of bytes, with the certificates of the authority."""
    builder = TimestampRequestBuilder(data=content, hash_algorithm=HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    assert request.nonce is not None
    assert request.message_imprint.message == hashlib.sha256(content).digest()
    return TimeStampRequest(request.as_bytes(), request.nonce)


def verify_time_stamp(answer: bytes, roots: Roots, nonce: int | None = None) -> TimeStamp:
    """Return what the answer of an authority says; raise TimeStampError if these roots do not vouch for it.

    Its certificates must have been valid when it was made, not today.
    """
    try:
        response = decode_timestamp_response(answer)
        status, words = response.status, " ".join(" ".join(response.status_string).split())
    except ValueError as error:
        if "InvalidSetOrdering" in str(error):  # openssl does not sort a chain
            raise TimeStampError(
                "has several certificates in an order that DER does not allow; "
                "choose an authority that sends its own certificate alone"
            ) from None
        raise TimeStampError("is not a time stamp that can be read") from None
    if status != PKIStatus.GRANTED:
        reason = f": {words:.{_MAX_REASON}}" if words else ""
        raise TimeStampError(f"is a refusal of the authority (status {status}{reason})")
    try:
        info = response.tst_info
        imprint = info.message_imprint
        VerifierBuilder(roots=list(roots)).build().verify(response, imprint.message)
        if imprint.hash_algorithm.dotted_string != _SHA256:
            raise TimeStampError("is not of a SHA-256")
        if nonce is not None and info.nonce != nonce:
            raise TimeStampError("answers another request")
        return TimeStamp(imprint.message.hex(), info.gen_time, _find_authority(response))
    except (ValueError, VerificationError):
        raise TimeStampError(
            "is not signed under the given root certificates, or was altered, "
            "or its certificates were not valid at its time"
        ) from None


def _find_authority(response: TimeStampResponse) -> str:
    """Return the common name of the certificate that signed a verified answer, or else its whole name."""
    (signer,) = response.signed_data.signer_infos
    for certificate in map(load_der_x509_certificate, response.signed_data.certificates):
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            name = str(names[0].value) if names else certificate.subject.rfc4514_string()
            return f"{name:.{_MAX_NAME}}"
    raise ValueError("no certificate of the signer")
