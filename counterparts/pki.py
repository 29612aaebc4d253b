"""The emulated authority: a root, a signer below it, and the certificates of devices.

All names carry EMULATED and all keys are made from a seed that is drawn once, at a CSSM's first
start, and kept in its records: nothing here is or resembles a real licensing key.
The root may sign the signer (serial 3, path length 0); the signer signs licence files and the
id certificate of each device. Sources: docs/sources.md, entry key-holders.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol import signing

ROOT_SERIAL = 1
SIGNER_SERIAL = 3
TLS_SERIAL = 4
# assumed: wide enough for every clock of a lab; the real spans are not known
_FROM = datetime(2015, 1, 1, tzinfo=UTC)
_TO = datetime(2049, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(2014, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Authority:
    """The keys (hex scalars) and certificates (base64 DER) of root and signer."""

    root_key: str
    root_cert: str
    signer_key: str
    signer_cert: str

    @property
    def anchors(self) -> tuple[str, ...]:
        """What a device is born with to check signatures: the root, then the signer."""
        return (self.root_cert, self.signer_cert)

    def sign(self, data: bytes) -> str:
        """The signer's signature."""
        return signing.sign(self.signer_key, data)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Authority:
        return cls(**json.loads(text))


# source: pki-views (the root of a real device: Key Cert Sign, CRL Signature)
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def make_authority(seed: str) -> Authority:
    """A new authority; the same seed gives the same one."""
    chance = Chance(f"{seed}|authority")
    root_key, signer_key = (signing.scalar(chance.digest(name)) for name in ("root", "signer"))
    root = _name("EMULATED Licensing Root CA")
    signer = _name("EMULATED License Central Signer")
    return Authority(
        root_key=root_key,
        root_cert=_certificate(root, root, root_key, root_key, ROOT_SERIAL, path_length=1),
        signer_key=signer_key,
        signer_cert=_certificate(signer, root, signer_key, root_key, SIGNER_SERIAL, path_length=0),
    )


def device_certificate(
    authority: Authority,
    udi: Udi,
    key: ec.EllipticCurvePublicKey,
    trust_id: int,
    identifier: str,
    valid_from: Instant,
) -> str:
    """The id certificate of a device, base64 DER: serial is the trust id, signed by the signer."""
    return _issue(
        subject=signing.device_name(udi, identifier),
        issuer=_name("EMULATED License Central Signer"),
        key=key,
        issuer_key=authority.signer_key,
        serial=trust_id,
        valid_from=datetime.fromtimestamp(valid_from // 1000, UTC),
        basic=x509.BasicConstraints(ca=False, path_length=None),
    )


def server_certificate(
    authority: Authority, names: Sequence[str], *, expired: bool = False
) -> tuple[str, str]:
    """(private key, certificate) of a TLS server under these names and addresses, by the root.

    An expired one was valid before every lab began.
    """
    digest = hashlib.sha256(f"tls|{authority.root_key}".encode()).digest()
    scalar = signing.scalar(digest)
    certificate = _issue(
        subject=_name(f"EMULATED {names[0]}"[:64]),
        issuer=_name("EMULATED Licensing Root CA"),
        key=signing.private_key(scalar).public_key(),
        issuer_key=authority.root_key,
        serial=TLS_SERIAL,
        valid_from=_LONG_AGO if expired else _FROM,
        valid_to=_FROM if expired else _TO,
        basic=x509.BasicConstraints(ca=False, path_length=None),
        names=names,
    )
    return scalar, certificate


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, signing.ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: str, issuer_key: str, serial: int, path_length: int
) -> str:
    return _issue(
        subject,
        issuer,
        signing.private_key(key).public_key(),
        issuer_key,
        serial,
        _FROM,
        x509.BasicConstraints(ca=True, path_length=path_length),
    )


def _issue(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: str,
    serial: int,
    valid_from: datetime,
    basic: x509.BasicConstraints,
    names: Sequence[str] = (),
    valid_to: datetime = _TO,
) -> str:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(valid_from)
        .not_valid_after(valid_to)
        .add_extension(basic, critical=True)
    )
    if basic.ca:
        builder = builder.add_extension(_SIGNS, critical=True)
    if names:
        alternatives = x509.SubjectAlternativeName([_alternative(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    key_of_issuer = signing.private_key(issuer_key)
    certificate = builder.sign(key_of_issuer, hashes.SHA256(), ecdsa_deterministic=True)
    return signing.to_text(certificate.public_bytes(serialization.Encoding.DER))


def _alternative(name: str) -> x509.GeneralName:
    """A name or address as a certificate states it."""
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
