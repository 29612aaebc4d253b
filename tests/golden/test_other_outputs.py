"""The other captures: clock, inventory, PKI, version, transcripts, typed on a console and compared.

What a capture alone knows is cut from both sides by a rule that names it; the rest is equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from agent.core.clock import HOUR
from agent.core.identity import Udi
from agent.device.fleet import Fleet
from agent.device.network import Network
from agent.engine.records import Member, Role
from counterparts import smart_licensing
from counterparts.cssm import Cssm, CssmSettings
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.golden.captures import at
from tests.golden.console import Console

pytestmark = pytest.mark.golden

NOON = at("Oct 17 12:00:00 2026")
Both = tuple[str, str]  # ours, theirs


def squeezed(text: str) -> str:
    """The publisher trimmed columns: one blank for many, none at the ends of lines."""
    return "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))


def clock_unset(theirs: str) -> Both:
    console = Console("C9300-24T", "17.12.4", at("Aug 07 04:45:00 2025") + 857)
    console.configure("hostname wilson_19")
    return f"wilson_19#{console.transcript('show clock')}", f"{theirs.rstrip()}\nwilson_19#"


def clock_set(theirs: str) -> Both:
    """Here the clock is set by hand, not by NTP, and to whole seconds."""
    console = Console("C8000V", "17.15.1", NOON)
    console.configure("clock timezone EST -5", "line console 0", "exec prompt timestamp")
    console.transcript("clock set 18:56:04 17 October 2016")
    console.now += 554
    ours = f"Router#{console.transcript('show clock')}"
    return ours.replace("user configuration", "NTP"), f"{theirs.rstrip()}\nRouter#"


def call_home(theirs: str) -> Both:
    console = Console("C9300-24T", "17.12.4", NOON)
    return console.type("show call-home smart-licensing").rstrip(), theirs.rstrip()


def boot_level(theirs: str) -> Both:
    console = Console("C9350-24U", "17.18.2", NOON)
    console.configure("hostname 9350-stack-1")
    typed = console.transcript(
        "configure terminal", "license boot level essentials", "license boot level advantage"
    )
    return typed.split("CNTL/Z.\n")[1], theirs.rstrip()


def wrong_word(theirs: str) -> Both:
    """The message of the configuration that is left comes behind its prompt, with its own time."""
    console = Console("C9200L-24T-4X", "17.12.4", NOON)
    console.configure("hostname CM-S6-H001")
    typed = re.findall(r"^CM-S6-H001(?:\([\w-]+\))?#(.+)$", theirs, re.MULTILINE)
    typed.remove("show running-config")
    ours = "CM-S6-H001#" + console.transcript(*typed)
    return ours, theirs[: theirs.index("\n*Oct  6 13:50:40")].rstrip()


def count_and_reset(theirs: str) -> Both:
    """How many reports there are is the capture's; the reload's questions are not in it."""
    console = Console("C9300-24T", "17.12.4", NOON)
    console.configure("hostname system")
    typed = re.findall(r"^system#(license.*|more.*)$", theirs, re.MULTILINE)
    ours = "system#" + console.transcript(*typed)
    return ours.replace("regexp = 2", "regexp = 214"), theirs.replace("#reload", "#").rstrip()


def throughput(theirs: str) -> Both:
    """The router of the capture is one whose level no licence limits."""
    console = Console("C8000V", "17.15.1", NOON)
    shown = console.type("show platform hardware throughput level")
    return shown.replace("10000 kb/s", "unthrottled"), theirs.replace("\r", "").split("\n")[1]


def stack_of_three(theirs: str) -> Both:
    """Addresses, hardware versions and the second unit's priority are the capture's own."""
    rows = re.findall(r"^ (\d) +\d+ +(\S+) +(\S+) ", theirs, re.MULTILINE)
    first, *rest = (Udi(model, serial) for _, model, serial in rows)
    roles = (Role.STANDBY, Role.MEMBER)
    others = tuple(Member(udi, role) for udi, role in zip(rest, roles, strict=True))
    console = Console(first.pid, "17.15.1", NOON, first.sn, others)

    def plain(text: str) -> str:
        text = re.sub(r"\w{4}\.\w{4}\.\w{4}", "mac", text)
        return re.sub(r"(mac +)\w+ ", r"\1hw ", text).replace(
            "10         Ready", "1          Ready"
        )

    return plain(console.type("show platform")), plain(theirs.rstrip())


def parts_of_a_router(theirs: str) -> Both:
    """Serial numbers are the capture's own, as are the cards its owner plugged in."""
    console = Console("ISR4451-X/K9", "17.12.4", NOON)
    entries = squeezed(theirs).split("\n\n")
    plugged = ("NIM subslot 0/1", "NIM subslot 0/2", "NIM subslot 0/3", "subslot 0/3", "PVDM")
    kept = [e for e in entries if not any(f'NAME: "{name}' in e for name in plugged)]
    ours = squeezed(console.type("show inventory")).split("\n\n")
    return _without_serials(sorted(ours)), _without_serials(sorted(kept))


def _without_serials(entries: list[str]) -> str:
    return re.sub(r"SN: \S+", "SN: own", "\n\n".join(entries))


def trustpoint(theirs: str) -> Both:
    """The first of them; the others are factory identities, which no unit here has."""
    key = rsa.generate_private_key(65537, 2048)
    root = _certificate(1, ("Cisco Licensing Root CA", "Cisco"), None, key, key, *_YEARS)
    console = Console("C9300-24T", "17.12.4", NOON)
    _paste(console, "SLA-TrustPoint", "ca 01", root)
    return console.type("show crypto pki trustpoints").rstrip(), theirs.split("\n\n\n")[0]


_YEARS = ("2013-05-30 19:48:47", "2038-05-30 19:48:47")


def pki_verbose(theirs: str) -> Both:
    """Certificates made as those were; fingerprints and install times are the capture's own."""
    ca_key, own_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    serial = int(re.findall(r"\(hex\): (\w{9,})", theirs)[0], 16)
    authority = ("RSA-CA", "cisco")
    ca = _certificate(
        serial, authority, None, ca_key, ca_key, "2021-11-17 17:38:44", "2031-11-15 17:38:44", 0x86
    )
    subject = ("ROUTER", "PKI", "cisco")
    own = _certificate(
        3, subject, authority, own_key, ca_key, "2021-11-17 17:39:23", "2026-11-16 17:39:23", 0xB0
    )
    console = Console("C8000V", "17.6.1", NOON)
    console.configure("clock timezone IST 5 30")
    console.configure("crypto pki trustpoint openssl_test", "rsakeypair openssl_test")
    _paste(console, "openssl_test", "03", own)
    _paste(console, "openssl_test", f"ca {serial:X}", ca)

    def plain(text: str) -> str:
        text = re.sub(r"(Fingerprint \w+: )[0-9A-F ]+ \n", r"\1own \n", text)
        return re.sub(r"(install time: ).* \n", r"\1own \n", text).rstrip()

    shown = console.type("show crypto pki certificates verbose openssl_test")
    return plain(f"{shown}\n"), plain(theirs)


def _certificate(
    serial: int,
    subject: tuple[str, ...],
    issuer: tuple[str, ...] | None,
    key: rsa.RSAPrivateKey,
    signer: rsa.RSAPrivateKey,
    start: str,
    end: str,
    usage: int = 0,
) -> bytes:
    """A certificate as DER; names are cn, [ou,] o; `usage` has the bits of key usage."""

    def name(parts: tuple[str, ...]) -> x509.Name:
        kinds = (x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME)
        if len(parts) == 3:
            kinds = (kinds[0], x509.NameOID.ORGANIZATIONAL_UNIT_NAME, kinds[1])
        pairs = zip(kinds, parts, strict=True)
        return x509.Name([x509.NameAttribute(kind, part) for kind, part in reversed(list(pairs))])

    made = (
        x509.CertificateBuilder()
        .serial_number(serial)
        .subject_name(name(subject))
        .issuer_name(name(issuer or subject))
        .public_key(key.public_key())
        .not_valid_before(datetime.fromisoformat(start))
        .not_valid_after(datetime.fromisoformat(end))
    )
    if usage:
        bits = [bool(usage & 0x80 >> bit) for bit in range(7)]
        made = made.add_extension(x509.KeyUsage(*bits, False, False), critical=True)
    signed = made.sign(signer, hashes.SHA256())
    return signed.public_bytes(Encoding.DER)


def _paste(console: Console, chain: str, kind: str, der: bytes) -> None:
    digits = der.hex().upper()
    rows = [digits[n : n + 64] for n in range(0, len(digits), 64)]
    console.configure(f"crypto pki certificate chain {chain}", f"certificate {kind}", *rows, "quit")


def http_server(theirs: str) -> Both:
    """Modules of the capture's applications, its connections and what was counted are its own."""
    console = Console("C9800-CL-K9", "17.15.1", NOON)
    console.configure("no ip http server", "ip http secure-server", "ip http authentication enable")

    def plain(text: str) -> str:
        text = re.sub(r"self-signed-\d+", "self-signed-own", squeezed(text))
        text = re.sub(r"GSI.*wsma infra\n", "", text)
        text = re.sub(r"(?m)^(NG_WEBUI) \d", r"\1 n", text)
        head, _, tail = text.partition("HTTP server statistics:")
        tail = re.sub(r"\d+", "n", re.sub(r"(?m)^127\..*\n", "", tail))
        return f"{head}HTTP server statistics:{tail}"

    return plain(console.type("show ip http server all")), plain(theirs)


def usage_report(theirs: str) -> Both:
    """Its times and numbers, its signature and the three access points are the capture's own."""
    console = Console("C9800-CL-K9", "17.9.5", at("Apr 06 08:00:00 2023"), "9NTUEA8FIIH")
    console.configure("service internal")
    console.transcript("emulator ap join 3")
    listed = console.type("show license rum id all")
    (number,) = re.findall(r"(?m)^(\d+) .*air-dna-advantage", listed)

    def plain(text: str) -> str:
        text = re.sub(r'"(udi_serial_number|value)":"[^"]*[^"\d][^"]*"', r'"\1":"own"', text)
        text = re.sub(r'"AIR-AP[^"]*"', '"access point"', text)
        text = re.sub(r'"software_version":"[^"]*"', '"software_version":"own"', text)
        return re.sub(r":\d+", ":n", text)

    shown = console.type(f"test license smart rum show {number}")
    return plain(shown), plain(theirs[theirs.index("{") :].rstrip())


def reservation(theirs: str) -> Both:
    """Codes and log lines are the capture's own; it puts commands of several days together."""
    cssm = Cssm(SqlCssmRecords(IN_MEMORY), CssmSettings(), "captured")
    now = at("May 09 21:30:00 2018")
    console = Console("C9300-24UX", "16.12.4", now, "FCW2134L0RN", anchors=cssm.anchors)
    console.configure("license smart reservation")
    asked = console.transcript("license smart reservation request local")
    code = asked.split("\n")[2]
    tag = next(iter(console.device.profile.entitlements["c9300-24"])).tag
    file = smart_licensing.reserve(cssm, console.device.udi, code, ((tag, 1),), now)
    console.device.write_file("flash:AC_FCW2134L0RN.xml", file, now)
    install = "license smart reservation install file flash:AC_FCW2134L0RN.xml"
    lines = (install, asked.split("\n")[0], install, "license smart reservation return local", "y")
    ours = f"Switch#{asked}{console.transcript(*lines)}"

    def plain(text: str) -> str:
        text = re.sub(r"(?m)^\*.*\n|^\n|^Switch#\n", "", f"{text}\n").removesuffix("Switch#\n")
        text = re.sub(r"(?m)^(CB-Z\S+:\w+)-\S+$|(code) \w{8}$|^\w{6}-\S+$", r"\1\2 own", text)
        return "\n".join(sorted(text.strip().split("\nSwitch#"))).removeprefix("Switch#")

    return plain(ours), plain(theirs)


def hourly_failures(theirs: str) -> Both:
    """The lines of a switch without a CSLU: their words, and an hour and nine seconds between."""
    console = Console("C9300-24T", "17.12.1", at("Nov 17 00:00:00 2026"))
    fleet = Fleet()
    fleet.add(console.device)
    network = Network(fleet, "no server on it")
    network.plug_in(console.device)
    fleet.run_until(console.now + 14 * HOUR)
    ours = _failures(console.device.log.text())[-9:]
    return _spaced(ours), _spaced(_failures(theirs)[-9:])


def _failures(text: str) -> list[tuple[datetime, str]]:
    rows = re.findall(r"\*(\w{3} +\d+ [\d:]+)\.\d+: (%SMART_LIC-3-COMM_FAILED: .*)", text)
    return [(datetime.strptime(f"2026 {when}", "%Y %b %d %H:%M:%S"), said) for when, said in rows]


def _spaced(rows: list[tuple[datetime, str]]) -> str:
    """The lines with the seconds to the one before, to the second."""
    gaps = [rows[n + 1][0] - rows[n][0] for n in range(len(rows) - 1)]
    close = all(abs(gap - timedelta(seconds=3609)) <= timedelta(seconds=1) for gap in gaps)
    return "\n".join(said for _, said in rows) + f"\n{len(rows)} {close}"


OUTPUTS: Mapping[str, Callable[[str], Both]] = {
    "show-clock__iosxe__not-authoritative.txt": clock_unset,
    "show-clock__iosxe__ntp-with-load-header.txt": clock_set,
    "show-call-home-smart-licensing__iosxe__active.txt": call_home,
    "cli-session__c9350-17.18i__license-boot-level-unified.txt": boot_level,
    "cli-session__c9200l-17.12__invalid-input-config-mode.txt": wrong_word,
    "cli-session__iosxe-17__rum-count-and-factory-reset.txt": count_and_reset,
    "show-platform-hardware-throughput-level__cedge__unthrottled.txt": throughput,
    "show-platform__c9350__stack.txt": stack_of_three,
    "show-inventory__isr4451x__sample.txt": parts_of_a_router,
    "show-crypto-pki-trustpoints__iosxe__sla-trustpoint.txt": trustpoint,
    "show-crypto-pki-certificates-verbose__csr8kv__custom-ca.txt": pki_verbose,
    "show-ip-http-server-all__iosxe-17i__sl-http-module.txt": http_server,
    "show-logging__cat9k-17i__hourly-cslu-comm-failed.txt": hourly_failures,
    "test-license-smart-rum-show__c9800cl-17.9.2__air-dna-open.txt": usage_report,
    "cli-session__c9300-16.x__legacy-slr-install-return.txt": reservation,
}


@pytest.mark.parametrize("file", OUTPUTS)
def test_output_equals_capture(golden: Path, file: str) -> None:
    ours, theirs = OUTPUTS[file]((golden / file).read_bytes().decode())
    assert ours.rstrip("\n").split("\n") == theirs.rstrip("\n").split("\n")
