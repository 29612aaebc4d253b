"""Captures of `show license tech support` of 17.14 to 17.18, and the state each shows.

Where a capture does not state its release, the one given is the layout it belongs to; a
development image counts as rebuild 0 of its train.
"""

from __future__ import annotations

from agent.core.identity import Account
from agent.engine.config import LicenseConfig, Transport
from agent.engine.queries import UsageSummary
from agent.engine.records import Exchange
from tests.golden.captures import SLE_DAYS, at, custom, reporting
from tests.golden.tech_captures import (
    SSM_TELEMETRY,
    TechCase,
    Used,
    owed,
    talk,
    tech,
)

_MISMATCH = "Reservation configuration mismatch between nodes in HA mode"

LATE = (
    TechCase(
        "show-license-tech-support__c9350-17.14i__stack4-smart-trust.txt",
        "17.14.1",
        tech(
            "C9350-24U FOC2705Y8X0",
            "C9350-24U FOC2705Y8XF",
            "C9350-24U FOC2718Y66X",
            "C9350-24U FOC2719YOHR",
            release="17.14.1",
            agent="5.11.4_rel/20",
            now="Mar 15 21:13:41 2024",
            config=LicenseConfig(
                transport=Transport.SMART, proxy_address="173.36.224.109", proxy_port=80
            ),
            policy=custom("SLE Policy", "Mar 13 21:32:51 2024", *SLE_DAYS),
            account=Account("BU Production Test", "Cat9K-FranklinDT", at("Mar 15 21:01:33 2024")),
            usage=owed(
                4,
                60,
                reporting(
                    "Mar 15 21:01:43 2024",
                    "May 14 21:01:43 2024",
                    30,
                    "Mar 15 22:32:55 2024",
                    "Apr 13 22:27:41 2024",
                    "Mar 14 22:27:41 2024",
                ),
            ),
            trusted=(
                ("Mar 13 21:32:51 2024", 318),
                ("Mar 13 21:32:52 2024", 929),
                ("Mar 13 21:32:52 2024", 996),
                ("Mar 13 21:32:52 2024", 19),
            ),
            used=(
                Used(
                    1,
                    "C9350-24 Catalyst Network Advantage",
                    4,
                    "Mar 13 22:26:20 2024",
                    "Mar 13 22:26:40 2024",
                    1710279003,
                    1710279001,
                ),
                Used(
                    2,
                    "C9350-24 Catalyst Software Subscription Advantage",
                    4,
                    "Mar 13 22:26:20 2024",
                    "Mar 13 22:26:40 2024",
                    1710279004,
                    1710279002,
                ),
            ),
            jobs={
                "Daily": "Mar 15 22:26:22 2024",
                _MISMATCH: "Mar 15 21:14:04 2024",
                "Retrieve data processing result": "Mar 15 22:32:55 2024",
                "Start Utility Measurements": "Mar 15 21:28:35 2024",
                "Send Utility RUM reports": "Apr 13 22:27:40 2024",
                "Save unreported RUM Reports": "Mar 15 21:13:46 2024",
                "Process Utility RUM reports": "Mar 15 22:37:13 2024",
                "External Event": "Mar 15 21:13:49 2024",
                "Operational Model": "Mar 15 21:13:41 2024",
            },
            talks={
                Exchange.USAGE_REPORTING: talk(
                    2, 2, 0, 0, "OK_POLL", "Mar 14 22:27:35 2024", "Mar 14 22:27:35 2024", ""
                ),
                Exchange.RESULT_POLLING: talk(
                    4,
                    3,
                    1,
                    1,
                    "NO REPLY",
                    "Mar 14 22:32:55 2024",
                    "Mar 13 22:32:13 2024",
                    "Mar 14 22:32:55 2024",
                ),
                Exchange.AUTHORIZATION_REQUEST: talk(
                    236, 236, 0, 0, "NO DATA TO PROCESS", "", "", ""
                ),
                Exchange.TRUST_SYNC: talk(
                    344,
                    154,
                    190,
                    0,
                    "OK",
                    "Mar 15 21:01:43 2024",
                    "Mar 15 21:01:43 2024",
                    "Mar 15 20:48:32 2024",
                ),
            },
            counts=UsageSummary(707, 390, 0, 0, 300, 300, 2, 300, 300, 0),
            peer=SSM_TELEMETRY,
            event_log="3489 KB",
        ),
    ),
    TechCase(
        "show-license-tech-support__c9300-17.16i__stack3-smart-offline-a.txt",
        "17.15.0",
        tech(
            "C9300-24P FOC2334W0K5",
            "C9300-48U FOC2133Z047",
            "C9300-24U FCW2224L0GH",
            release="17.15.0",
            agent="6.0.1_poc1/11a656bb3",
            now="Jul 29 17:05:54 2024",
            config=LicenseConfig(transport=Transport.SMART),
            usage=owed(
                2, 90, reporting("", "Oct 27 17:00:51 2024", 30, "", "Jul 29 17:02:51 2024", "")
            ),
            used=(
                Used(
                    1,
                    "C9300-24 Network Advantage",
                    2,
                    "Jul 29 17:00:01 2024",
                    "Jul 29 17:00:19 2024",
                    1722272402,
                    1722272398,
                ),
                Used(
                    2,
                    "C9300-24 DNA Advantage",
                    2,
                    "Jul 29 17:00:01 2024",
                    "Jul 29 17:00:19 2024",
                    1722272403,
                    1722272399,
                ),
                Used(
                    5,
                    "C9300-48 Network Advantage",
                    1,
                    "Jul 29 17:00:19 2024",
                    "Jul 29 17:00:19 2024",
                    1722272404,
                    1722272400,
                ),
                Used(
                    8,
                    "C9300-48 DNA Advantage",
                    1,
                    "Jul 29 17:00:19 2024",
                    "Jul 29 17:00:19 2024",
                    1722272405,
                    1722272401,
                ),
            ),
            jobs={
                "Daily": "Jul 30 17:00:03 2024",
                "Start Utility Measurements": "Jul 29 17:18:49 2024",
                "Send Utility RUM reports": "Jul 30 17:02:01 2024",
                "Save unreported RUM Reports": "Jul 29 18:04:20 2024",
                "Process Utility RUM reports": "Jul 30 17:00:51 2024",
                "External Event": "Jul 29 17:09:50 2024",
                "Operational Model": "Jul 29 17:05:54 2024",
            },
            talks={},
            counts=UsageSummary(8, 0, 0, 0, 8, 8, 4, 8, 8, 0),
            event_log="9 KB",
            persisted=True,
        ),
        trimmed=True,
    ),
    TechCase(
        "show-license-tech-support__c9500-17.18i__ha-smart-proxy-no-trust.txt",
        "17.18.1z",
        tech(
            "C9500-32QC CAT2209L0KS",
            "C9500-32QC CAT2210L3GH",
            release="17.18.1z",
            agent="6.3.7/b37215cd0",
            now="Mar 19 15:08:49 2025",
            zone="IST",
            config=LicenseConfig(
                transport=Transport.SMART, proxy_address="173.36.224.108", proxy_port=80
            ),
            usage=owed(
                2, 90, reporting("", "Jun 17 15:04:29 2025", 30, "", "Mar 19 15:06:29 2025", "")
            ),
            used=(
                Used(
                    2,
                    "C9500 Network Advantage",
                    2,
                    "Mar 19 15:03:39 2025",
                    "Mar 19 15:04:26 2025",
                    1742378619,
                    1742378617,
                ),
                Used(
                    3,
                    "C9500-32QC DNA Advantage",
                    2,
                    "Mar 19 15:03:39 2025",
                    "Mar 19 15:04:26 2025",
                    1742378620,
                    1742378618,
                ),
                Used(4, "cisco-wireless-advantage", 0, "Mar 19 15:03:45 2025", ""),
            ),
            jobs={
                "Daily": "Mar 20 15:03:41 2025",
                "Start Utility Measurements": "Mar 19 15:22:41 2025",
                "Send Utility RUM reports": "Mar 20 15:05:38 2025",
                "Save unreported RUM Reports": "Mar 19 16:08:11 2025",
                "Process Utility RUM reports": "Mar 20 15:04:29 2025",
                "External Event": "Mar 19 15:09:18 2025",
            },
            talks={},
            counts=UsageSummary(6, 0, 0, 0, 6, 6, 2, 6, 6, 0),
            event_log="1 KB",
            synced=True,
        ),
        trimmed=True,
    ),
)
