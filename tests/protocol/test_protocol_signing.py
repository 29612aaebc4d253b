"""Keys, signatures and chains: what fits fits, and everything else is refused quietly."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from agent.core.identity import Udi
from agent.protocol import signing
from agent.protocol.signing import ChainFault
from counterparts.pki import device_certificate, make_authority

UDI = Udi("C9300-24T", "FOC0000EMU1")
KEY = signing.scalar(hashlib.sha256(b"a device").digest())
OTHER = signing.scalar(hashlib.sha256(b"another").digest())
AUTHORITY = make_authority("test")
NOW = 1_790_000_000_000


def id_cert(key: str = KEY) -> str:
    public = signing.private_key(key).public_key()
    return device_certificate(AUTHORITY, UDI, public, 1001, "some-piid", NOW)


def test_signatures_are_deterministic_and_verify():
    data = b"some text"
    assert signing.sign(KEY, data) == signing.sign(KEY, data)
    assert signing.verify(id_cert(), data, signing.sign(KEY, data))


def test_another_key_or_text_does_not_verify():
    assert not signing.verify(id_cert(), b"some text", signing.sign(OTHER, b"some text"))
    assert not signing.verify(id_cert(), b"some texts", signing.sign(KEY, b"some text"))


@given(st.text(max_size=200))
def test_any_text_as_certificate_signature_or_csr_is_just_refused(text):
    assert not signing.verify(text, b"data", "AA==")
    assert not signing.verify(id_cert(), b"data", text)
    assert signing.csr_key(text) is None
    assert not signing.certificate_fits(text, KEY)
    assert signing.check_chain([text], [AUTHORITY.root_cert], NOW) is ChainFault.UNREADABLE


@given(st.integers(min_value=0))
def test_any_digest_gives_a_key(number):
    digest = hashlib.sha256(str(number).encode()).digest()
    assert signing.public_numbers(signing.scalar(digest))


def test_extreme_digests_give_keys():
    for digest in (bytes(32), b"\xff" * 32):
        assert signing.public_numbers(signing.scalar(digest))


def test_builtin_signature_depends_on_tag_and_text():
    value = signing.builtin("tag", b"text")
    assert len(value) == 44
    assert signing.verify_builtin("tag", b"text", value)
    assert not signing.verify_builtin("tag", b"texts", value)
    assert not signing.verify_builtin("tags", b"text", value)


def test_csr_proves_possession_and_a_changed_one_does_not():
    csr = signing.csr(KEY, UDI)
    key = signing.csr_key(csr)
    assert key is not None and key.public_numbers() == signing.public_numbers(KEY)
    assert signing.verify_csr(csr, b"x", signing.sign(KEY, b"x"))
    changed = csr[:40] + ("A" if csr[40] != "A" else "B") + csr[41:]
    assert signing.csr_key(changed) is None


def test_certificate_fits_its_key_only():
    assert signing.certificate_fits(id_cert(), KEY)
    assert not signing.certificate_fits(id_cert(), OTHER)


def test_chain_of_device_signer_root_is_good():
    chain = [id_cert(), AUTHORITY.signer_cert]
    assert signing.check_chain(chain, [AUTHORITY.root_cert], NOW) is None
    assert signing.check_chain([AUTHORITY.signer_cert], AUTHORITY.anchors, NOW) is None


def test_chain_to_another_root_is_untrusted():
    stranger = make_authority("stranger")
    chain = [id_cert(), AUTHORITY.signer_cert]
    assert signing.check_chain(chain, [stranger.root_cert], NOW) is ChainFault.UNTRUSTED
    assert signing.check_chain(chain, [], NOW) is ChainFault.UNTRUSTED
    assert ChainFault.UNTRUSTED.code == 99


def test_chain_before_and_after_its_validity_is_expired():
    chain = [id_cert(), AUTHORITY.signer_cert]
    early, late = NOW - 1000, 4_000_000_000_000
    assert signing.check_chain(chain, [AUTHORITY.root_cert], early) is ChainFault.EXPIRED
    assert signing.check_chain(chain, [AUTHORITY.root_cert], late) is ChainFault.EXPIRED
    assert ChainFault.EXPIRED.code == 47


def test_a_device_certificate_cannot_issue():
    public = signing.private_key(OTHER).public_key()
    device = AUTHORITY
    forged_by = type(device)(device.root_key, device.root_cert, KEY, id_cert())
    forged = device_certificate(forged_by, UDI, public, 1002, "piid", NOW)
    chain = [forged, id_cert(), AUTHORITY.signer_cert]
    assert signing.check_chain(chain, [AUTHORITY.root_cert], NOW) is ChainFault.NOT_AN_AUTHORITY


def test_a_chain_with_a_link_missing_is_refused():
    assert signing.check_chain([id_cert()], [AUTHORITY.root_cert], NOW) is ChainFault.UNTRUSTED
    other = make_authority("other").signer_cert
    both = [AUTHORITY.root_cert, make_authority("other").root_cert]
    assert signing.check_chain([id_cert(), other], both, NOW) is ChainFault.BROKEN


def test_authority_is_marked_emulated_and_repeats():
    assert make_authority("test") == AUTHORITY
    for text in AUTHORITY.anchors:
        certificate = signing.load_certificate(text)
        assert certificate is not None
        assert "EMULATED" in certificate.subject.rfc4514_string()
    signer = signing.load_certificate(AUTHORITY.signer_cert)
    assert signer is not None and signer.serial_number == 3
