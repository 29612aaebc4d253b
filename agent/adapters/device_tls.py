"""The certificates a device's HTTPS server shows: of its self-signed trustpoint, or of another one.

A key is made when the first client says hello, and kept in the lab's state folder. The trustpoint
`ip http secure-trustpoint` names is used where it is configured; else the one the device makes
itself. Sources: docs/sources.md, entries self-signed, restconf-tls.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.config import self_signed_number
from agent.device.device import Device
from yang.tree import get

END = datetime(2030, 1, 1, tzinfo=UTC)  # source: self-signed
LONGEST = timedelta(days=3650)  # assumed: of certificates made after that
KEY_BITS = 2048


class Certificates:
    """The certificates of a lab's devices; a TLS context for each that was asked for."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}

    def listening(self, device: Device) -> ssl.SSLContext:
        """The context of a listener: it takes the device's own one when a client says hello."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

        def hello(socket: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: object) -> None:
            socket.context = self.context(device)

        context.sni_callback = hello
        return context

    def context(self, device: Device) -> ssl.SSLContext:
        """TLS with the certificate of the trustpoint that is in force."""
        trustpoint = trustpoint_of(device)
        key = (device.name, trustpoint)
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = self._made(device, trustpoint)
        return found

    def _made(self, device: Device, trustpoint: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._folder is not None:
            file = self._folder / f"{device.name}.{trustpoint.replace('/', '_')}.pem"
            if not file.exists():
                _write(file, _self_signed(device, trustpoint, device.latest))
            try:
                context.load_cert_chain(file)
            except (ssl.SSLError, OSError) as error:
                what = f"is no certificate with its key ({error}); delete it for a new one"
                raise InputError(what, str(file)) from None
            return context
        with tempfile.NamedTemporaryFile(prefix="slp-") as temporary:  # of mode 0600
            temporary.write(_self_signed(device, trustpoint, device.latest))
            temporary.flush()
            context.load_cert_chain(temporary.name)
        return context


def trustpoint_of(device: Device) -> str:
    """The trustpoint the HTTPS server uses."""
    root = device.datastore.running
    named = get(root, ("native", "ip", "http", "secure-trustpoint"))
    if named is not None and str(named) in get(root, ("native", "crypto", "pki", "trustpoint"), {}):
        return str(named)
    return f"TP-self-signed-{self_signed_number(device.udi.sn)}"


def _self_signed(device: Device, trustpoint: str, now: Instant) -> bytes:
    """Key and certificate in PEM. A trustpoint that is not the device's own signs itself too.

    # assumed: nobody enrols in a lab, so that certificate carries the name of the trustpoint
    """
    key = _key()
    number = trustpoint.removeprefix("TP-self-signed-")
    own = number != trustpoint
    hostname = device.agent.state.config.hostname
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.UNSTRUCTURED_NAME, hostname),
            x509.NameAttribute(
                NameOID.COMMON_NAME, f"IOS-Self-Signed-Certificate-{number}" if own else trustpoint
            ),
        ]
    )
    # a lab's clock may be ahead of its clients'
    start = min(datetime.fromtimestamp(now / 1000, UTC), datetime.now(UTC)) - timedelta(days=1)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(END if start < END - timedelta(days=1) else start + LONGEST)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier),
            critical=False,
        )
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)


@cache
def _key() -> rsa.RSAPrivateKey:
    """One key for the devices of a process: making one takes long, and each certificate differs."""
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all, for its owner alone."""
    new = file.with_name(f".{file.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    new.replace(file)
