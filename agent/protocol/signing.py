"""Signatures and certificates of the emulated licensing world: P-256, SHA-256, DER, base64.

Every private key is a scalar in hex, so it can be kept in a state that is text. Signatures are
deterministic (RFC 6979): the same inputs give the same bytes on every replay. The built-in
signature is an HMAC whose key anybody can derive: it detects damage, not fraud.
Parsed keys and certificates are kept in bounded caches; nothing here reads a clock or chance.
Sources: docs/sources.md, entries signatures and key-holders. All certificates say EMULATED.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from typing import TypeGuard

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.x509.oid import NameOID

from agent.core.clock import Instant
from agent.core.identity import Udi

ORGANIZATION = "SLP Emulator"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_CURVE = ec.SECP256R1()
_OF_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))
# hashlib first: it takes a digest in less time than OpenSSL's signing operation sets itself up
SIGNING = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
_BUILTIN_LABEL = b"slp-emu/1 builtin|"


class ChainFault(Enum):
    """Why a certificate chain is not believed; `code` is the YANG return code."""

    UNREADABLE = (49, "a certificate cannot be read")
    EXPIRED = (47, "a certificate is not valid at this time")
    BROKEN = (47, "a certificate was not issued by the next one")
    NOT_AN_AUTHORITY = (47, "an issuer may not issue certificates")
    UNTRUSTED = (99, "the chain does not end in a trusted root")

    @property
    def code(self) -> int:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]


def scalar(digest: bytes) -> str:
    """A private key, 64 hex digits, from 32 bytes of chance or a hash of a label."""
    return f"{int.from_bytes(digest, 'big') % (_ORDER - 1) + 1:064x}"


def sign(scalar: str, data: bytes) -> str:
    """Base64 of the DER ECDSA signature over `data`."""
    return to_text(private_key(scalar).sign(hashlib.sha256(data).digest(), SIGNING))


def verify(certificate: str, data: bytes, signature: str) -> bool:
    """Did the holder of `certificate` (base64 DER) sign `data`? False for anything unreadable."""
    return _judged(certificate, hashlib.sha256(data).hexdigest(), signature)


def verify_digest(certificate: str, digest: str, signature: str) -> bool:
    """As `verify`, from the SHA-256 of the data in hex instead of the data."""
    return len(digest) == 64 and _judged(certificate, digest, signature)


@lru_cache(maxsize=512)
def _judged(certificate: str, digest: str, signature: str) -> bool:
    """The same policy comes with each ACK, to every device: its signature is checked once."""
    key = _certificate_key(certificate)
    return key is not None and _verified_digest(key, digest, signature)


def forget_judgements() -> None:
    """Judge every signature anew, as a process does that has just begun."""
    _judged.cache_clear()


def judgements() -> int:
    """How many signatures were verified since the last `forget_judgements`."""
    return _judged.cache_info().misses


def builtin(software_tag: str, data: bytes) -> str:
    """Base64 of the 32-byte signature used before a trust code is installed."""
    mac = _builtin_mac(software_tag).copy()
    mac.update(data)
    return to_text(mac.finalize())


def verify_builtin(software_tag: str, data: bytes, signature: str) -> bool:
    """Is `signature` the built-in one over `data`?"""
    return hmac.compare_digest(builtin(software_tag, data).encode(), signature.encode())


def csr(scalar: str, udi: Udi) -> str:
    """Base64 DER PKCS#10 for a device key; its subject is `CN=PID:<pid> SN:<sn>`."""
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(device_name(udi))
        .sign(private_key(scalar), hashes.SHA256(), ecdsa_deterministic=True)
    )
    return to_text(request.public_bytes(serialization.Encoding.DER))


def csr_key(text: str) -> ec.EllipticCurvePublicKey | None:
    """The public key of a CSR that proves possession of it; None for any other text."""
    der = _from_text(text)
    if der is None:
        return None
    try:
        request = x509.load_der_x509_csr(der)
        key = request.public_key()
        sound = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if sound and _is_p256(key) else None


def verify_csr(text: str, data: bytes, signature: str) -> bool:
    """Was `data` signed with the key of this CSR?"""
    key = csr_key(text)
    return key is not None and _verified(key, data, signature)


def certificate_fits(certificate: str, scalar: str) -> bool:
    """Does the certificate carry the public half of this private key?"""
    key = _certificate_key(certificate)
    return key is not None and key.public_numbers() == public_numbers(scalar)


def check_chain(chain: Sequence[str], anchors: Sequence[str], now: Instant) -> ChainFault | None:
    """Check a chain, leaf first, each certificate base64 DER; None when it is good.

    Every certificate must be valid at `now` and issued by the next; the last one is issued by
    an anchor or is one itself. Issuers must be authorities whose path length allows the place.
    """
    path = _path(tuple(chain), tuple(anchors))
    if isinstance(path, ChainFault):
        return path
    second = now // 1000
    for begins, ends, fault in path:
        if not begins <= second <= ends:
            return ChainFault.EXPIRED
        if fault is not None:
            return fault
    return None


@lru_cache(maxsize=2048)
def _path(
    chain: tuple[str, ...], anchors: tuple[str, ...]
) -> ChainFault | tuple[tuple[int, int, ChainFault | None], ...]:
    """What of a chain time does not change: for each certificate up to the anchor the seconds
    between which it is valid, and what is wrong with its place. It comes again with each ACK."""
    links = [load_certificate(text) for text in chain]
    roots = [root for root in map(load_certificate, anchors) if root is not None]
    path = [link for link in links if link is not None]
    if not path or len(path) != len(links):
        return ChainFault.UNREADABLE
    if path[-1] not in roots:
        issuer = next((root for root in roots if _issued(path[-1], root)), None)
        if issuer is None:
            return ChainFault.UNTRUSTED
        path.append(issuer)
    return tuple(
        (
            int(certificate.not_valid_before_utc.timestamp()),
            int(certificate.not_valid_after_utc.timestamp()),
            _fault_of(path, place),
        )
        for place, certificate in enumerate(path)
    )


def _fault_of(path: list[x509.Certificate], place: int) -> ChainFault | None:
    """May the certificate at this place have issued the one before it?"""
    if place and not _may_issue(path[place], below=place - 1):
        return ChainFault.NOT_AN_AUTHORITY
    if place and not _issued(path[place - 1], path[place]):
        return ChainFault.BROKEN
    return None


def device_name(udi: Udi, identifier: str = "") -> x509.Name:
    """The subject of a device's CSR and, with its product instance identifier, certificate."""
    parts = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANIZATION),
        x509.NameAttribute(NameOID.COMMON_NAME, f"PID:{udi.pid} SN:{udi.sn}"),
    ]
    if identifier:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, identifier))
    return x509.Name(parts)


@lru_cache(maxsize=2048)
def private_key(scalar: str) -> ec.EllipticCurvePrivateKey:
    """The key of a scalar. Raises ValueError when it is none."""
    return ec.derive_private_key(int(scalar, 16), _CURVE)


def public_numbers(scalar: str) -> ec.EllipticCurvePublicNumbers:
    """The public point of a private key."""
    return private_key(scalar).public_key().public_numbers()


@lru_cache(maxsize=2048)
def load_certificate(text: str) -> x509.Certificate | None:
    """The certificate in base64 DER text, or None."""
    der = _from_text(text)
    if der is None:
        return None
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return None


def to_text(der: bytes) -> str:
    """Base64 without line breaks, the form of everything binary in these messages."""
    return base64.b64encode(der).decode("ascii")


@lru_cache(maxsize=256)
def _builtin_mac(software_tag: str) -> HMAC:
    """The HMAC with a tag's key and no data yet."""
    return HMAC(hashlib.sha256(_BUILTIN_LABEL + software_tag.encode()).digest(), hashes.SHA256())


@lru_cache(maxsize=2048)
def _certificate_key(text: str) -> ec.EllipticCurvePublicKey | None:
    certificate = load_certificate(text)
    if certificate is None:
        return None
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if _is_p256(key) else None


def _is_p256(key: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == _CURVE.name


def _verified(key: ec.EllipticCurvePublicKey, data: bytes, signature: str) -> bool:
    der = _from_text(signature)
    if der is None:
        return False
    try:
        key.verify(der, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _verified_digest(key: ec.EllipticCurvePublicKey, digest: str, signature: str) -> bool:
    der = _from_text(signature)
    if der is None:
        return False
    try:
        key.verify(der, bytes.fromhex(digest), _OF_DIGEST)
    except (InvalidSignature, ValueError):
        return False
    return True


def _from_text(text: str) -> bytes | None:
    """The bytes of canonical base64 text, or None: every byte of a signature's text counts."""
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return der if to_text(der) == text else None


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: x509.Certificate, below: int) -> bool:
    """May this certificate issue, with `below` more issuers under it?"""
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return basic.ca and (basic.path_length is None or below <= basic.path_length)
