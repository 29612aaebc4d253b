"""Passwords as stored: types 9, 8 and 5 (hashes), type 7 (reversible), type 0 (plain).

Pure: a hash is a function of password and salt; the salt comes from the device's chance.
Sources: docs/sources.md, entries secret-type-9, secret-types-5-8 and password-type-7.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping

from passlib.hash import md5_crypt

from agent.core.chance import Chance

CISCO_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SALT_LENGTH = 14

_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_CISCO = str.maketrans(_STANDARD, CISCO_ALPHABET)
_TYPE_7_KEY = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"


def new_salt(chance: Chance) -> str:
    """Fourteen characters of Cisco's alphabet."""
    return "".join(CISCO_ALPHABET[byte % 64] for byte in chance.digest("salt")[:SALT_LENGTH])


def type_9(password: str, salt: str) -> str:
    """`$9$<salt>$<hash>`: scrypt with N 16384, r 1, p 1, 32 bytes, in Cisco's base64."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=16384, r=1, p=1, dklen=32)
    return f"$9${salt}${_cisco(digest)}"


def type_8(password: str, salt: str) -> str:
    """`$8$<salt>$<hash>`: PBKDF2 with SHA-256, 20,000 rounds, 32 bytes, in Cisco's base64."""
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 20_000, 32)
    return f"$8${salt}${_cisco(digest)}"


def _cisco(digest: bytes) -> str:
    return base64.b64encode(digest).decode().rstrip("=").translate(_TO_CISCO)


def hashed(kind: int, password: str, salt: str) -> str:
    """The hash of a password as `kind` 5, 8 or 9; type 5 takes a part of the salt."""
    return _MAKERS[kind](password, salt[:4] if kind == 5 else salt)


def is_hash(kind: int, stored: str) -> bool:
    """Does it look like a hash of this kind: 5, 8 or 9?"""
    return _HASHES[kind].fullmatch(stored) is not None


def decode_type_7(stored: str) -> str | None:
    """The plain text of a type 7 string; None where it is none."""
    try:
        offset, cipher = int(stored[:2]), bytes.fromhex(stored[2:])
        return bytes(
            byte ^ _TYPE_7_KEY[(offset + at) % len(_TYPE_7_KEY)] for at, byte in enumerate(cipher)
        ).decode()
    except ValueError:
        return None


def verify(password: str, kind: int, stored: str) -> bool:
    """Is this the password that is stored as `kind` 0, 5, 7, 8 or 9? False for other kinds."""
    if kind in _HASHES:
        if not is_hash(kind, stored):
            return False
        salt = stored.split("$")[2]
        return hmac.compare_digest(_MAKERS[kind](password, salt).encode(), stored.encode())
    plain = stored if kind == 0 else decode_type_7(stored) if kind == 7 else None
    return plain is not None and hmac.compare_digest(password.encode(), plain.encode())


def _type_5(password: str, salt: str) -> str:
    return str(md5_crypt.using(salt=salt).hash(password))


_MAKERS: Mapping[int, Callable[[str, str], str]] = {5: _type_5, 8: type_8, 9: type_9}
_HASHES = {
    5: re.compile(r"\$1\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}"),
    8: re.compile(r"\$8\$[./0-9A-Za-z]{14}\$[./0-9A-Za-z]{43}"),
    9: re.compile(r"\$9\$[./0-9A-Za-z]+\$[./0-9A-Za-z]{43}"),
}
