"""Passwords as a configuration stores them: type 9 (scrypt), type 7 (reversible), type 0 (plain).

Pure: a hash is a function of password and salt; the salt comes from the device's chance.
Sources: docs/sources.md, entries secret-type-9 and password-type-7.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

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
    text = base64.b64encode(digest).decode().rstrip("=").translate(_TO_CISCO)
    return f"$9${salt}${text}"


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
    """Is this the password that is stored as `kind` 0, 7 or 9? False for kinds not known here."""
    if kind == 9:
        parts = stored.split("$")
        known = len(parts) == 4 and parts[1] == "9"
        return known and hmac.compare_digest(type_9(password, parts[2]).encode(), stored.encode())
    plain = stored if kind == 0 else decode_type_7(stored) if kind == 7 else None
    return plain is not None and hmac.compare_digest(password.encode(), plain.encode())
