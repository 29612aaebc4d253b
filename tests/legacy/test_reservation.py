"""Specific licence reservation before SLP: the console of a C9300 16.x. source: legacy-slr"""

from __future__ import annotations

import re

import pytest

from agent.core.clock import DAY
from agent.core.identity import Udi
from agent.engine.events import UnitsChanged
from agent.engine.legacy.events import (
    RegistrationAsked,
    ReservationAsked,
    ReservationCancelled,
    ReservationInstalled,
    ReservationReturned,
)
from agent.protocol.codec_reservation import read_reservation, write_reservation
from counterparts import smart_licensing
from tests.legacy.product import NOON, Product

UDI = "for udi PID:C9300-24T,SN:FOC0000EMU1"


def asked() -> Product:
    return Product().boot().use().handle(ReservationAsked())


def code_of(product: Product) -> str:
    return product.said[-1].split("\n")[1]


def file_for(product: Product, *licences: tuple[str, int], code: str = "") -> str:
    udi = product.agent.state.udi
    return smart_licensing.reserve(
        product.cssm, udi, code or code_of(product), licences, product.now
    )


def test_a_request_code_stays_until_it_is_cancelled():
    product = asked()
    head, code = product.said[-1].split("\n")
    assert head == "Enter this request code in the Cisco Smart Software Manager portal:"
    assert re.fullmatch(r"CB-ZC9300-24T:FOC0000EMU1-[1-9A-HJ-NP-Za-km-z]{9}-[0-9a-f]{2}", code)
    assert code_of(product.handle(ReservationAsked())) == code
    assert code_of(product.handle(ReservationCancelled()).handle(ReservationAsked())) != code


def test_a_file_is_installed_with_the_messages_of_the_console():
    product = asked()
    tag = product.licence().entitlement_tag
    product.handle(ReservationInstalled(file_for(product, (tag, 1))))
    first, second = product.said[-1].split("\n")
    assert first == "Reservation install file successful"
    assert re.fullmatch(r"Last Confirmation code [0-9a-f]{8}", second)
    assert [name for _, name, _ in product.logs][-4:] == [
        "EXPORT_CONTROLLED",
        "AGENT_REG_SUCCESS",
        "AUTH_RENEW_SUCCESS",
        "RESERVED_INSTALLED",
    ]
    legacy = product.legacy
    assert legacy.registration == "REGISTERED - SPECIFIC LICENSE RESERVATION"
    assert legacy.authorization == "AUTHORIZED - RESERVED"
    assert product.agent.next_deadline() is None
    product.handle(ReservationAsked()).handle(RegistrationAsked("x"))
    assert product.said[-2:] == ["Already registered"] * 2


def test_a_licence_that_is_not_reserved_is_not_authorized():
    product = asked()
    product.handle(ReservationInstalled(file_for(product)))
    tag = product.licence().entitlement_tag
    fields = product.logs[-1][2]
    assert product.logs[-1][1] == "NOT_AUTHORIZED"
    assert fields == {"tag": tag, "reason": "License not present in SLR auth code"}
    assert product.legacy.authorization == "NOT AUTHORIZED"


MISMATCH = "The Reservation Authorization Code does not match the Reservation Request Code"
UNREADABLE = "Failed to parse reservation authorization code"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda text: "", UNREADABLE),
        (lambda text: text[:200], UNREADABLE),
        (lambda text: text[:-1], UNREADABLE),
        (lambda text: "<smartLicense></smartLicense>", UNREADABLE),
        (lambda text: '<!DOCTYPE a [<!ENTITY b "c">]><specificPLR>&b;</specificPLR>', UNREADABLE),
        (lambda text: text.replace("<count>1<", "<count>-1<"), UNREADABLE),
        (lambda text: text.replace("<count>1<", "<count>9<"), "Signature Verification failed"),
        (lambda text: text.replace("FOC0000EMU1</udi>", "FOC0000EMU2</udi>"), MISMATCH),
        (lambda text: text.replace("-Z", "-Y"), MISMATCH),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(spoil, reason):
    product = asked()
    text = file_for(product, (product.licence().entitlement_tag, 1))
    product.handle(ReservationInstalled(spoil(text)))
    assert product.said[-1] == f"Reservation install file failed: {reason}"
    assert product.logs[-1][1] == "RESERVE_INSTALL_FAILED"
    assert product.logs[-1][2]["reason"] == reason
    assert product.legacy.registration == "UNREGISTERED"
    product.handle(ReservationInstalled(text))
    assert product.legacy.registration == "REGISTERED - SPECIFIC LICENSE RESERVATION"
    product.handle(ReservationInstalled(text))
    assert product.said[-1] == f"Reservation install file failed: {MISMATCH}", "twice"


def test_a_return_ends_it_and_the_evaluation_goes_on():
    product = asked().advance(DAY)
    product.handle(ReservationInstalled(file_for(product))).advance(100 * DAY)
    product.handle(ReservationReturned())
    head, code = product.said[-1].split("\n")
    assert head == "Enter this return code in Cisco Smart Software Manager portal:"
    assert re.fullmatch(r"(\w{6}-){8}\w{3}", code)
    assert product.legacy.registration == "UNREGISTERED"
    assert product.legacy.authorization == "EVAL MODE"
    assert product.legacy.evaluation.used == DAY


def test_a_file_says_what_it_was_given():
    product = asked()
    text = file_for(product, ("regid.a", 2), ("regid.b", 3), code="CB-Zx")
    section = read_reservation(text)
    assert section.data.licences == (("regid.a", 2), ("regid.b", 3))
    assert section.data.request_code == "CB-Zx"
    assert write_reservation(section.data, NOON, lambda data: section.signature) == text


def test_a_unit_that_the_code_does_not_cover_is_named():
    product = asked()
    first, other = product.agent.state.udi, Udi("C9300-24T", "FOC0000EMU9")
    product.handle(UnitsChanged((first, other), (product.licence(),)))
    assert not product.logged("RESERVE_HA_MISMATCH"), "nothing is reserved"
    product.handle(UnitsChanged((first,), (product.licence(),)))
    product.handle(ReservationInstalled(file_for(product, (product.licence().entitlement_tag, 1))))
    product.handle(UnitsChanged((first, other), (product.licence(),)))
    (fields,) = [fields for _, name, fields in product.logs if name == "RESERVE_HA_MISMATCH"]
    assert fields == {"udi": str(other)}
