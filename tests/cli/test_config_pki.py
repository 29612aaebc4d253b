"""Trustpoints, pasted certificates and keys: at the console, in a configuration, and as shown."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from agent.cli.running_config import running_config
from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.certificates import chains, describe, read_text
from agent.device.config_text import read_config
from agent.device.device import new_device

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000


@cache
def der(name="Emulated Root", serial=0x4BE62C7C, ca=True):
    key = ec.derive_private_key(4711, ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Emu"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    flags = {"crl_sign": ca, "key_cert_sign": ca, "digital_signature": True}
    rest = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(datetime(2021, 11, 17, 23, 8, 44, tzinfo=UTC))
        .not_valid_after(datetime(2031, 11, 15, 23, 8, 44, tzinfo=UTC))
        .add_extension(
            x509.KeyUsage(
                **flags,
                **dict.fromkeys(rest, False),
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.DER)
    )


def pasted(data):
    digits = data.hex().upper()
    return [f"  {digits[at : at + 64]}" for at in range(0, len(digits), 64)]


def device():
    made = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    made.boot(BOOT)
    return made


def session(made):
    opened = CliSession(made, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    return opened


def type_in(opened, *lines):
    return "".join(opened.feed(line + "\r", NOW) for line in lines)


def enrolled():
    made = device()
    opened = session(made)
    type_in(
        opened,
        "configure terminal",
        "crypto pki trustpoint sdn-network-infra-iwan",
        "enrollment terminal",
        "revocation-check crl none",
        "crypto pki certificate chain sdn-network-infra-iwan",
        "certificate ca 4be62c7c",
        *pasted(der()),
        "quit",
    )
    return made, opened


def test_a_pasted_certificate_is_kept_and_printed():
    made, opened = enrolled()
    assert opened.mode == "certificate-chain"
    [kept] = chains(made.datastore.running, "")
    assert (kept.trustpoint, kept.kind, kept.serial) == ("sdn-network-infra-iwan", "ca", "4BE62C7C")
    assert kept.der == der()
    text = running_config(made)
    assert "crypto pki certificate chain sdn-network-infra-iwan\n certificate ca 4BE62C7C\n" in text
    assert " revocation-check crl none\n" in text


def test_the_prompt_says_that_digits_are_wanted():
    opened = session(device())
    type_in(opened, "configure terminal", "crypto pki certificate chain X")
    assert opened.feed("certificate ca 01\r", NOW).endswith("Switch(config-pki-hexmode)#")
    assert opened.feed("quit\r", NOW).endswith(
        "\r\n% Error in saving certificate: status = FAIL\r\nSwitch(config-cert-chain)#"
    )


def test_a_bad_certificate_changes_nothing():
    made = device()
    opened = session(made)
    type_in(opened, "configure terminal", "crypto pki certificate chain X")
    before = made.datastore.running
    for lines in (["3082 zz"], ["30820321"], pasted(der()[:-9]), ["no", "exit"]):
        assert "status = FAIL" in type_in(opened, "certificate ca 01", *lines, "quit")
    assert made.datastore.running == before


def test_a_configuration_with_certificates_comes_back_whole():
    made, _ = enrolled()
    text = running_config(made)
    fresh = device()
    read = read_config(text, fresh_grammar(fresh), fresh.factory_root(), lambda: "")
    assert not read.refused
    assert read.root == made.datastore.running


def fresh_grammar(made):
    return session(made).grammar


def test_a_truncated_chain_in_a_file_is_refused_by_its_line():
    made = device()
    text = "crypto pki certificate chain X\n certificate ca 01\n  30820321\n  quit\nhostname A\n"
    read = read_config(text, fresh_grammar(made), made.factory_root(), lambda: "")
    assert [line.line for line in read.refused] == [" certificate ca 01"]
    assert read.root["native"]["hostname"] == "A"


def test_removing_an_enrolled_trustpoint_asks():
    made, opened = enrolled()
    type_in(opened, "exit")
    asked = opened.feed("no crypto pki trustpoint sdn-network-infra-iwan\r", NOW)
    assert "% Removing an enrolled trustpoint will destroy all certificates\r\n" in asked
    assert asked.endswith("Are you sure you want to do this? [yes/no]: ")
    assert "% Please answer 'yes' or 'no'." in opened.feed("what\r", NOW)
    opened.feed("no\r", NOW)
    assert list(chains(made.datastore.running, ""))
    opened.feed("no crypto pki trustpoint sdn-network-infra-iwan\ryes\r", NOW)
    assert not list(chains(made.datastore.running, ""))
    assert "sdn-network-infra-iwan" not in running_config(made)


def test_removing_one_certificate():
    made, opened = enrolled()
    type_in(opened, "no certificate ca 4BE62C7C")
    assert not list(chains(made.datastore.running, ""))


def test_keys_need_a_name():
    opened = session(device())
    type_in(opened, "configure terminal")
    assert "% Please define a domain-name first." in type_in(opened, "crypto key generate rsa")
    type_in(opened, "ip domain name emu.example")
    shown = type_in(opened, "crypto key generate rsa modulus 2048")
    assert "The name for the keys will be: Switch.emu.example\r\n" in shown
    assert "% The key modulus size is 2048 bits\r\n" in shown
    assert "% Generating 2048 bit RSA keys, keys will be non-exportable...\r\n" in shown
    assert "% A decimal number between 512 and 4096." in type_in(
        opened, "crypto key generate rsa", "7"
    )


def test_what_a_certificate_says():
    found = describe(der())
    assert found.serial == "4BE62C7C"
    assert found.subject == ("cn=Emulated Root", "o=Emu")
    assert (found.usage_bits, found.usages) == (
        0x86,
        ("Digital Signature", "Key Cert Sign", "CRL Signature"),
    )
    assert found.key_bits == 256
    assert len(found.sha1.split()) == 5


def test_text_that_is_no_certificate():
    assert read_text(["30 03 02 01", "05"]) is None
    assert read_text([]) is None
    assert read_text(pasted(der())) == der()


def test_a_configuration_pasted_at_the_console_gives_the_same():
    """Line by line, as a terminal sends it: certificates, banners and call-home included."""
    made, opened = enrolled()
    type_in(
        opened,
        "exit",
        "banner motd ^C",
        "Keep out",
        "  of here ^C",
        "call-home",
        "http-proxy proxy.example port 3128",
        "profile Sat",
        "active",
        "destination address http http://sat.example/a",
        "reporting smart-licensing-data",
        "vrf definition Lab",
        "rd 65000:1",
        "address-family ipv4",
        "interface Loopback7",
        "vrf forwarding Lab",
        "ip address 192.0.2.1 255.255.255.0",
        "ip address 192.0.3.1 255.255.255.0 secondary",
        "username ann privilege 15 secret pw",
        "clock timezone EST -5",
        "clock summer-time EDT recurring",
        "end",
    )
    wanted = running_config(made)
    fresh = device()
    console = session(fresh)
    shown = type_in(console, "configure terminal", *wanted.splitlines()[3:])
    assert "% Invalid" not in shown
    assert "status = FAIL" not in shown
    type_in(console, "end")

    def settings(text):
        return [line for line in text.splitlines()[3:] if not line.startswith("! Last")]

    assert settings(running_config(fresh)) == settings(wanted)


def test_timers_stand_in_sections_with_their_instants():
    opened = enrolled()[1]
    opened.feed("end\r", NOW)
    shown = opened.feed("show crypto pki timers detail\r", BOOT + 41_220).splitlines()
    assert shown[1:] == [
        "PKI Timers",
        "|       14:18.780  (2023-11-14T22:28:20Z)",
        "  |       14:18.780  (2023-11-14T22:28:20Z) SESSION CLEANUP",
        "Expiry Alert Timers",
        "|2863d 0:54:42.780  (2031-09-16T23:08:44Z)",
        "  |2863d 0:54:42.780  (2031-09-16T23:08:44Z) CA(sdn-network-infra-iwan)",
        "Trustpool Timers",
        "|2903d 6:24:42.780  (2031-10-27T04:38:44Z)",
        "  |2903d 6:24:42.780  (2031-10-27T04:38:44Z) TRUSTPOOL",
        "Switch#",
    ]
