"""The capture of a router with an authorization code: blocks of two eras, as published."""

from __future__ import annotations

from dataclasses import replace

from agent.core.identity import Udi
from agent.engine.application_ha import ApplicationHa
from agent.engine.config import LicenseConfig, Transport
from agent.engine.records import AuthorizationCode
from agent.engine.state import Counters
from agent.profiles.profile import load
from agent.protocol.messages import AuthorizationData
from tests.golden.captures import (
    SUBSCRIPTION,
    Exempt,
    Licence,
    at,
    custom,
    reporting,
    reports,
    view,
)
from tests.golden.cases import Case

_AX = load("c8000v").licences_of("C8000V", "ax", "250")[0].tag
_UDI = Udi("C8000V", "93POM8FF9IZ")
_CODE = AuthorizationCode(
    AuthorizationData(_UDI, "A", "", "", (), "code"), at("Sep 21 13:48:56 2021"), "1fc54c75"
)
_ROUTER = view(
    "C8000V 93POM8FF9IZ",
    agent="5.1.21_rel/96",
    kind="router",
    config=LicenseConfig(
        transport=Transport.SMART,
        url_smart="https://smartreceiver-stage.cisco.com/licservice/license",
    ),
    policy=custom(
        "SLE Policy",
        "Apr 20 13:26:18 2021",
        (30, 60, 60),
        (120, 150, 120),
        (0, 90, 60),
        (0, 30, 30),
        default="20 30",
    ),
    usage=reporting(
        "Oct 08 13:56:07 2021",
        "Dec 07 13:56:07 2021",
        1,
        "Oct 22 20:44:57 2021",
        "Oct 23 16:24:52 2021",
        "Oct 22 16:24:52 2021",
    ),
    trusted=("Apr 20 13:26:18 2021",),
    licences=(
        Licence("prem_250M", "ax_250M", 1, SUBSCRIPTION, "prem_250M"),
        Licence("CUBE_T_RED", "CUBE_T_RED", 4, description="CUBE_T_RED"),
    ),
    counters=Counters(total=80, purged=123),
    reported=reports(311, 2, 0),
)
_TWO_ERAS = "blocks of 17.14 stand in an output of 17.6"

AUTHORIZED = Case(
    "show-license-all__c8000v-17.6i__slac-installed-smart-custom-policy.txt",
    "17.15.1",
    replace(
        _ROUTER,
        nodes=(replace(_ROUTER.nodes[0], authorization=_CODE),),
        automatic_conversion=True,
        derived=(_AX,),
        licences=(
            _ROUTER.licences[0],
            replace(_ROUTER.licences[1], application=ApplicationHa("Active")),
        ),
    ),
    "router",
    exempt=(
        Exempt("indented as published", "\n  VRF: <empty>", "\n    VRF: <empty>"),
        Exempt(
            "the publisher lost the empty line",
            "=============\n\nprem_250M",
            "=============\nprem_250M",
        ),
        Exempt(_TWO_ERAS, "    Status: SMART", "      Status: SMART"),
        Exempt(_TWO_ERAS, "    Last Confirmation", "      Last Confirmation"),
        Exempt(
            "a blemish of the publisher",
            "  No Purchase Information Available\n",
            "  No Purchase Information Available#      \n",
        ),
    ),
)
