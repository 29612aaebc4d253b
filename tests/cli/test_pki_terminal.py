"""Certificates pasted as base64: `crypto pki authenticate` and `crypto pki import`."""

import pytest

from agent.device.certificates import chains, pem, read_base64
from tests.cli.test_config_pki import NOW, der, device, session, type_in

OWN = "crypto pki authenticate LAB"


@pytest.fixture
def opened():
    found = session(device())
    type_in(found, "configure terminal", "crypto ca trustpoint LAB", "enrollment terminal", "exit")
    return found


def kept(opened):
    return [
        (one.trustpoint, one.kind, one.der) for one in chains(opened.device.datastore.running, "")
    ]


def test_a_ca_certificate_is_pasted_shown_and_accepted(opened):
    asked = opened.feed(f"{OWN}\r", NOW)
    assert "Enter the base 64 encoded CA certificate.\r\n" in asked
    shown = type_in(opened, *pem(der()).splitlines(), "quit")
    assert "       Fingerprint MD5: " in shown and "      Fingerprint SHA1: " in shown
    assert shown.endswith("% Do you accept this certificate? [yes/no]: ")
    assert "% Certificate successfully imported\r\n\r\n" in opened.feed("yes\r", NOW)
    assert kept(opened) == [("LAB", "ca", der())]
    assert "% Please delete your existing CA certificate first." in type_in(opened, OWN)
    status = type_in(opened, "do show crypto pki trustpoints LAB status")
    assert "Issuing CA authenticated ....... Yes" in status


def test_a_certificate_that_is_not_accepted_or_none_is_not_kept(opened):
    type_in(opened, OWN, *pem(der()).splitlines(), "", "no")
    assert "status = FAIL" in type_in(opened, OWN, "no base64 at all", "quit")
    assert "status = FAIL" in type_in(opened, OWN, "quit")
    type_in(opened, OWN, *pem(der("leaf", ca=False)).splitlines(), "", "yes")
    assert kept(opened) == []


def test_only_a_trustpoint_with_enrollment_from_the_terminal_asks(opened):
    assert "% CA trustpoint X is not defined." in type_in(opened, "crypto pki authenticate X")
    type_in(opened, "crypto pki trustpoint X", "enrollment url http://192.0.2.1", "exit")
    assert "status = FAIL, cert length = 0" in type_in(opened, "crypto pki authenticate X")


def test_the_own_certificate_comes_after_that_of_the_ca(opened):
    leaf = der("edge-1", 77, ca=False)
    assert "% You must authenticate" in type_in(opened, "crypto pki import LAB certificate")
    type_in(opened, OWN, *pem(der()).splitlines(), "", "yes")
    said = type_in(opened, "crypto pki import LAB certificate", *pem(leaf).splitlines(), "quit")
    assert "% Router Certificate successfully imported" in said
    assert ("LAB", "general", leaf) in kept(opened)


def test_bare_base64_is_read_like_pem():
    lines = pem(der()).splitlines()
    assert read_base64(lines[1:-1]) == read_base64(lines) == der()
    assert read_base64(["AAAA"]) is None
