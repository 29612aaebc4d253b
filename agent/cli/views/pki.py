"""`show crypto pki certificates [verbose]`, `trustpoints [status]`, `trustpool`.

Facts: docs/sources.md, entry pki-views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.core.clock import Instant
from agent.core.dates import MONTHS, Zone, local
from agent.device.certificates import Described, Kept, describe
from yang.tree import Tree

_TITLES = {"ca": "CA Certificate", "self-signed": "Router Self-Signed Certificate"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate of a chain with what its text says, and whose key its trustpoint uses."""

    kept: Kept
    says: Described
    label: str = ""


def read(kept: Iterable[Kept], labels: Mapping[str, str]) -> tuple[Shown, ...]:
    """The certificates of all chains; `labels` are the key labels by trustpoint."""
    found = []
    for one in kept:
        try:
            found.append(Shown(one, describe(one.der), labels.get(one.trustpoint, "")))
        except ValueError:
            continue
    # a device lists its own certificates before those of authorities
    return tuple(sorted(found, key=lambda shown: shown.kept.kind == "ca"))


def date(instant: Instant, zone: Zone) -> str:
    """`23:09:23 IST Nov 17 2021`."""
    zone = zone.at(instant)
    t = local(instant, zone)
    return (
        f"{t.hour:02d}:{t.minute:02d}:{t.second:02d} {zone.name} "
        f"{MONTHS[t.month - 1]} {t.day} {t.year}"
    )


def certificates(
    shown: Iterable[Shown], zone: Zone, verbose: bool, installed: Instant | None = None
) -> str:
    """The blocks, with an empty line behind each; `installed` is when the device read them."""
    return "\n".join(_block(one, zone, verbose, installed) for one in shown)


def _block(shown: Shown, zone: Zone, verbose: bool, installed: Instant | None = None) -> str:
    says, kept = shown.says, shown.kept
    authority = says.authority or kept.kind == "ca"
    usage = "Signature" if authority else "General Purpose"
    name = next((part for part in says.subject if part.startswith("cn=")), "")
    lines = [_TITLES.get(kept.kind, "Certificate"), "  Status: Available"]
    if verbose:
        lines.append(f"  Version: {says.version}")
    lines += [
        f"  Certificate Serial Number (hex): {says.serial}",
        f"  Certificate Usage: {usage}",
        "  Issuer: ",
        *(f"    {part}" for part in says.issuer),
        "  Subject: " if kept.kind == "ca" else "  Subject:",
        *([f"    Name: {name[3:]}"] if kept.kind != "ca" and name else []),
        *(f"    {part}" for part in says.subject),
    ]
    if says.crls:
        lines += ["  CRL Distribution Points: ", *(f"    {url}" for url in says.crls)]
    lines += [
        "  Validity Date: ",
        f"    start date: {date(says.start, zone)}",
        f"    end   date: {date(says.end, zone)}",
    ]
    if verbose:
        lines += _details(says)
        if installed is not None:
            lines.append(f"  Cert install time: {date(installed, zone)} ")
    lines.append(f"  Associated Trustpoints: {kept.trustpoint} ")
    if verbose and shown.label and not authority:
        lines.append(f"  Key Label: {shown.label}")
    if not verbose:
        lines.append(f"  Storage: nvram:{_storage(says)}")
    return "\n".join([*lines, ""])


def _details(says: Described) -> list[str]:
    kind = "RSA" if says.key == "rsaEncryption" else "EC"
    lines = [
        "  Subject Key Info:",
        f"    Public Key Algorithm: {says.key}",
        f"    {kind} Public Key: ({says.key_bits} bit)",
        f"  Signature Algorithm: {says.signature}",
        f"  Fingerprint MD5: {says.md5} ",
        f"  Fingerprint SHA1: {says.sha1} ",
        "  X509v3 extensions:",
    ]
    if says.usages:
        lines.append(f"    X509v3 Key Usage: {says.usage_bits << 24:X}")
        lines += [f"      {usage}" for usage in says.usages]
    if says.authority:
        lines += ["    X509v3 Basic Constraints:", "        CA: TRUE"]
    return [*lines, "    Authority Info Access:"]


def _storage(says: Described) -> str:
    """The file of a certificate. # assumed: twelve letters of the issuer, the serial's end"""
    issuer = next((part[3:] for part in says.issuer if part.startswith("cn=")), "cert")
    letters = "".join(c for c in issuer if c.isalnum())[:12]
    kind = "CA" if says.authority else ""
    return f"{letters}#{says.serial[-4:].lstrip('0') or '0'}{kind}.cer"


def trustpoints(names: Iterable[str], shown: tuple[Shown, ...]) -> str:
    """`show crypto pki trustpoints`."""
    blocks = []
    for name in names:
        lines = [f"Trustpoint {name}:"]
        authority = _of(name, shown, "ca") or _of(name, shown, "self-signed")
        if authority:
            lines.append("    Subject Name:")
            lines += [f"    {part}" for part in authority.says.subject]
            lines.append(f"          Serial Number (hex): {authority.says.serial}")
            if authority.kept.kind == "self-signed":
                lines.append("    Persistent self-signed certificate trust point")
                lines.append(f"    Using key label {authority.label or name}")
            else:
                lines.append("    Certificate configured.")
        blocks.append("\n".join(lines))
    return "\n\n\n".join(blocks) + ("\n" if blocks else "")


def trustpoints_status(rows: Mapping[str, Tree], shown: tuple[Shown, ...]) -> str:
    """`show crypto pki trustpoints status`."""
    blocks = []
    for name in rows:
        authority, own = _of(name, shown, "ca"), _of(name, shown, "general")
        signed = _of(name, shown, "self-signed")
        lines = [f"Trustpoint {name}:"]
        for found, title in (
            (authority, "Issuing CA"),
            (own, "Router General Purpose"),
            (signed, "Router Self-Signed"),
        ):
            if found:
                lines += [
                    f"  {title} certificate configured:",
                    "    Subject Name:",
                    f"     {','.join(found.says.subject)}",
                    f"    Fingerprint MD5: {found.says.md5} ",
                    f"    Fingerprint SHA1: {found.says.sha1} ",
                ]
        keys = "Yes (General Purpose, non-exportable)" if own or signed else "No"
        lines += [
            "  State:",
            f"    Keys generated ............. {keys}",
            f"    Issuing CA authenticated ....... {'Yes' if authority or signed else 'No'}",
            f"    Certificate request(s) ..... {'Yes' if own or signed else 'None'}",
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + ("\n" if blocks else "")


def trustpool(shown: tuple[Shown, ...], zone: Zone) -> str:
    """`show crypto pki trustpool`: the authorities this device believes.

    # different: a device has Cisco's bundle here; ours believes the lab's root alone
    """
    blocks = [
        _block(one, zone, False)
        .replace(f"  Storage: nvram:{_storage(one.says)}", "  Trustpool: Built-In")
        .replace(
            f"  Associated Trustpoints: {one.kept.trustpoint} ",
            "  Associated Trustpoints: Trustpool ",
        )
        for one in shown
        if one.kept.kind == "ca"
    ]
    return "\n".join(blocks)


def key(name: str) -> str:
    """One key of `show crypto key mypubkey rsa`. # different: without its time and its data"""
    return (
        f"Key name: {name}\nKey type: RSA KEYS\n Storage Device: not specified\n"
        " Usage: General Purpose Key\n Key is not exportable. Redundancy enabled."
    )


def _of(name: str, shown: tuple[Shown, ...], kind: str) -> Shown | None:
    return next((s for s in shown if s.kept.trustpoint == name and s.kept.kind == kind), None)
