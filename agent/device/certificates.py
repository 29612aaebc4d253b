"""Certificates of a device: pasted ones read and kept, all of them as values for the views.

The published model has the place of a certificate and not its text; the text stands beside it under
`emulator/...` as hexadecimal digits. The chain of SLA-TrustPoint is the lab's root until another is
pasted. Sources: docs/sources.md, entries pki-config, pki-views.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from yang.tree import EMPTY, Edit, Entry, Path, Rows, Tree, get

SLA = "SLA-TrustPoint"
KINDS = ("ca", "general", "self-signed", "rollover")
LIMIT = 65_536  # assumed: characters of one pasted certificate
_CHAINS: Path = ("native", "crypto", "pki", "certificate")
_KEPT: Path = ("emulator", "crypto", "pki", "certificate")
_NAMES = {
    "commonName": "cn",
    "organizationName": "o",
    "organizationalUnitName": "ou",
    "countryName": "c",
    "stateOrProvinceName": "st",
    "localityName": "l",
    "serialNumber": "serialNumber",
    "emailAddress": "e",
}
_USAGES = (
    ("digital_signature", 0x80, "Digital Signature"),
    ("content_commitment", 0x40, "Non Repudiation"),
    ("key_encipherment", 0x20, "Key Encipherment"),
    ("data_encipherment", 0x10, "Data Encipherment"),
    ("key_agreement", 0x08, "Key Agreement"),
    ("key_cert_sign", 0x04, "Key Cert Sign"),
    ("crl_sign", 0x02, "CRL Signature"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A certificate in a chain: `kind` is one of KINDS, `serial` as typed, `digits` its DER."""

    trustpoint: str
    kind: str
    serial: str
    digits: str

    @property
    def der(self) -> bytes:
        return bytes.fromhex(self.digits)

    @property
    def head(self) -> str:
        """The line above its text: `certificate ca 01`."""
        kind = "" if self.kind == "general" else f"{self.kind} "
        return f"certificate {kind}{self.serial}"


@dataclass(frozen=True, slots=True)
class Described:
    """What a device prints of a certificate; instants in ms, names from the narrowest."""

    serial: str
    version: int
    issuer: tuple[str, ...]
    subject: tuple[str, ...]
    start: int
    end: int
    key: str
    key_bits: int
    signature: str
    md5: str
    sha1: str
    usage_bits: int
    usages: tuple[str, ...]
    authority: bool
    crls: tuple[str, ...] = ()


def read_text(lines: Iterable[str]) -> bytes | None:
    """The DER of pasted hexadecimal lines; None where that is no certificate."""
    try:
        der = bytes.fromhex("".join("".join(lines).split()))
        x509.load_der_x509_certificate(der)
    except (ValueError, binascii.Error):
        return None
    return der


def read_base64(lines: Iterable[str]) -> bytes | None:
    """The DER of pasted PEM or bare base64 lines; None where that is no certificate."""
    body = "".join(line for line in lines if not line.startswith("-----"))
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
        x509.load_der_x509_certificate(der)
    except (ValueError, binascii.Error):
        return None
    return der


def keep(trustpoint: str, kind: str, serial: str, der: bytes) -> tuple[Edit, ...]:
    """The edits that put a certificate into a chain."""
    serial = serial.upper()
    place: Path = (*_CHAINS, Entry("chain", trustpoint), Entry("certificate", serial))
    text: Path = (*_KEPT, Entry("chain", trustpoint), Entry("certificate", serial), "hex")
    return (
        Edit("set", (*place, "certtype"), kind),
        Edit("set", text, der.hex().upper()),
    )


def drop(trustpoint: str, serial: str = "") -> tuple[Edit, ...]:
    """The edits that take a certificate, or a whole chain, away."""
    row = (Entry("certificate", serial.upper()),) if serial else ()
    return tuple(
        Edit("delete", (*place, Entry("chain", trustpoint), *row)) for place in (_CHAINS, _KEPT)
    )


def chains(root: Tree, anchor: str) -> Iterator[Kept]:
    """All certificates: SLA-TrustPoint's first, then chain by chain in the order of entry.

    `anchor` is the lab's root as base64 DER, empty where there is none.
    """
    rows: Rows = get(root, (*_CHAINS, "chain"), Rows())
    if anchor and not rows.get(SLA, EMPTY).get("certificate"):
        yield Kept(SLA, "ca", "01", base64.b64decode(anchor).hex().upper())
    for name in sorted(rows, key=lambda name: name != SLA):
        certificates: Rows = rows[name].get("certificate", Rows())
        for serial, row in certificates.items():
            place: Path = (*_KEPT, Entry("chain", name), Entry("certificate", serial))
            kept: Tree = get(root, place, EMPTY)
            if "hex" in kept:
                yield Kept(name, str(row.get("certtype", "general")), serial, str(kept["hex"]))


def describe(der: bytes) -> Described:
    """What there is to print of a certificate. Raises ValueError on what is none."""
    found = x509.load_der_x509_certificate(der)
    key = found.public_key()
    usage = _usage(found)
    named = found.signature_hash_algorithm
    family = "RSA" if isinstance(key, rsa.RSAPublicKey) else "ECDSA"
    return Described(
        serial=f"{found.serial_number:X}".rjust(2, "0"),
        version=found.version.value + 1,
        issuer=_name(found.issuer),
        subject=_name(found.subject),
        start=int(found.not_valid_before_utc.timestamp()) * 1000,
        end=int(found.not_valid_after_utc.timestamp()) * 1000,
        key="rsaEncryption" if family == "RSA" else "ecEncryption",
        key_bits=key.key_size
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
        else 0,
        signature=f"{named.name.upper() if named else 'unknown'} with {family} Encryption",
        md5=_groups(hashlib.md5(der, usedforsecurity=False).hexdigest()),
        sha1=_groups(hashlib.sha1(der, usedforsecurity=False).hexdigest()),
        usage_bits=sum(bit for name, bit, _ in _USAGES if usage and getattr(usage, name)),
        usages=tuple(text for name, _, text in _USAGES if usage and getattr(usage, name)),
        authority=_authority(found),
        crls=_crls(found),
    )


def pem(der: bytes) -> str:
    """The certificate as PEM text."""
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def _usage(found: x509.Certificate) -> x509.KeyUsage | None:
    try:
        return found.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _authority(found: x509.Certificate) -> bool:
    try:
        return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _crls(found: x509.Certificate) -> tuple[str, ...]:
    try:
        points = found.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    return tuple(str(name.value) for point in points for name in point.full_name or ())


def _name(name: x509.Name) -> tuple[str, ...]:
    """The attributes from the narrowest on, as a device lists them."""
    found = []
    for part in reversed(list(name)):
        label = _NAMES.get(str(part.oid._name), part.oid.dotted_string)
        found.append(f"{label}={part.value!s}")
    return tuple(sorted(found, key=lambda text: not text.startswith("cn=")))


def _groups(digits: str) -> str:
    upper = digits.upper()
    return " ".join(upper[at : at + 8] for at in range(0, len(upper), 8))
