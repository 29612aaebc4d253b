"""TLS of a server of the lab: a good certificate of the emulated root, or one with a fault.

Source: docs/sources.md, entry tls-check.
"""

from __future__ import annotations

import base64
import ssl
import tempfile
from collections.abc import Sequence

from cryptography.hazmat.primitives import serialization

from agent.protocol import signing
from counterparts.pki import Authority, make_authority, server_certificate
from counterparts.scripts import TlsFault


def server_tls(
    authority: Authority, names: Sequence[str], *, expired: bool = False
) -> ssl.SSLContext:
    """TLS of a server with a certificate of the emulated root for these names and addresses."""
    scalar, certificate = server_certificate(authority, names, expired=expired)
    key = signing.private_key(scalar).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(prefix="slp-") as file:  # of mode 0600
        file.write(key + ssl.DER_cert_to_PEM_cert(base64.b64decode(certificate)).encode())
        file.flush()
        context.load_cert_chain(file.name)
    return context


def faulty_tls(authority: Authority, names: Sequence[str], fault: TlsFault) -> ssl.SSLContext:
    """TLS of a server whose certificate a device has to refuse."""
    match fault:
        case TlsFault.EXPIRED:
            return server_tls(authority, names, expired=True)
        case TlsFault.WRONG_NAME:
            return server_tls(authority, ("elsewhere.example",))
        case _:
            return server_tls(make_authority("unknown"), names)
