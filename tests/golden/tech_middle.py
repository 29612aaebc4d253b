"""Captures of `show license tech support` of 17.12 and 17.13, and the state each shows.

Where a capture does not state its release, the one given is the layout it belongs to; a
development image counts as rebuild 0 of its train.
"""

from __future__ import annotations

from agent.core.identity import Account
from agent.engine.config import LicenseConfig, Transport
from agent.engine.queries import UsageSummary
from agent.engine.records import Exchange
from tests.golden.captures import SLE_DAYS, Exempt, at, custom, reporting
from tests.golden.tech_captures import (
    EDITED,
    SSM_TELEMETRY,
    TechCase,
    Used,
    joined,
    owed,
    talk,
    tech,
)

_PAGER = "a blank where the publisher's pages met"

MIDDLE = (
    TechCase(
        "show-license-tech-support__c9300-17.12i__stack4-cslu-no-trust.txt",
        "17.12.1",
        tech(
            "C9300-48S FOC2517L8KW",
            "C9300-24S FOC2517L9RJ",
            release="17.12.1",
            agent="5.9.4_rel/9",
            now="Jul 13 13:18:05 2023",
            usage=owed(
                2, 90, reporting("", "Sep 25 11:23:47 2022", 30, "", "Jul 12 11:07:27 2023", "")
            ),
            used=(
                Used(
                    1,
                    "C9300-48 Network Advantage",
                    1,
                    "Jul 12 11:05:12 2023",
                    "Jul 12 11:05:12 2023",
                    1659935545,
                    1659935541,
                ),
                Used(
                    2,
                    "C9300-48 DNA Advantage",
                    1,
                    "Jul 12 11:05:12 2023",
                    "Jul 12 11:05:12 2023",
                    1659935546,
                    1659935542,
                ),
                Used(
                    5,
                    "C9300-24 Network Advantage",
                    1,
                    "Jul 12 11:05:27 2023",
                    "Jul 12 11:05:27 2023",
                    1659935547,
                    1659935543,
                ),
                Used(
                    8,
                    "C9300-24 DNA Advantage",
                    1,
                    "Jul 12 11:05:27 2023",
                    "Jul 12 11:05:27 2023",
                    1659935548,
                    1659935544,
                ),
            ),
            jobs={
                "Daily": "Jul 14 11:05:15 2023",
                "Start Utility Measurements": "Jul 13 13:24:13 2023",
                "Send Utility RUM reports": "Jul 14 11:07:56 2023",
                "Save unreported RUM Reports": "Jul 13 14:09:25 2023",
                "Process Utility RUM reports": "Jul 14 11:06:02 2023",
                "Data Synchronization": "Jul 13 14:17:54 2023",
            },
            talks={
                Exchange.HELLO_MESSAGE: talk(
                    30, 0, 30, 30, "NO REPLY", "Jul 13 13:17:55 2023", "", "Jul 13 13:17:55 2023"
                ),
            },
            counts=UsageSummary(1188, 1204, 0, 0, 322, 322, 4, 322, 0, 96),
            event_log="6282 KB",
        ),
        trimmed=True,
        exempt=(
            Exempt(EDITED, "  Proxy:\n    Address:", "  Proxy: \nAddress:"),
            joined("change (days): 0 (CISCO default)"),
            joined("Soft Enforced: True", 1),
        ),
    ),
    TechCase(
        "show-license-tech-support__c9300-17.13i__stack-cslu-no-trust.txt",
        "17.13.0",
        tech(
            "C9300-48UXM FOC2617YTXX",
            "C9300-48U FOC2618YCVZ",
            "C9300-24U FOC2617YMQU",
            release="17.13.0",
            agent="5.10.1_rel/5",
            now="Dec 02 10:15:21 2023",
            zone="PDT",
            usage=owed(
                2, 0, reporting("", "Feb 22 22:52:03 2024", 30, "", "Nov 24 02:04:02 2023", "")
            ),
            used=(
                Used(
                    1,
                    "C9300-48 Network Advantage",
                    2,
                    "Nov 24 02:01:48 2023",
                    "Nov 24 02:02:02 2023",
                    1676661933,
                    1676661931,
                ),
                Used(
                    4,
                    "C9300-24 Network Advantage",
                    1,
                    "Nov 24 02:02:02 2023",
                    "Nov 24 02:02:02 2023",
                    1676661934,
                    1676661932,
                ),
            ),
            jobs={
                "Daily": "Dec 03 02:01:57 2023",
                "Start Utility Measurements": "Dec 02 10:20:24 2023",
                "Send Utility RUM reports": "Dec 03 02:06:52 2023",
                "Save unreported RUM Reports": "Dec 02 11:05:35 2023",
                "Process Utility RUM reports": "Dec 03 02:02:36 2023",
                "Data Synchronization": "Dec 02 11:12:30 2023",
                "External Event": "Dec 24 22:52:02 2023",
            },
            talks={
                Exchange.HELLO_MESSAGE: talk(
                    210, 0, 210, 210, "NO REPLY", "Dec 02 10:12:31 2023", "", "Dec 02 10:12:31 2023"
                ),
            },
            counts=UsageSummary(810, 902, 0, 0, 349, 349, 2, 349, 0, 105),
            event_log="6393 KB",
            persisted=True,
        ),
        trimmed=True,
        exempt=(
            Exempt(
                "an empty line of the publisher",
                "S:FOC2617YMQU:\n    hseck9",
                "S:FOC2617YMQU:\n\n    hseck9",
            ),
        ),
    ),
    TechCase(
        "show-license-tech-support__c9407r-17.13i__ha-smart-proxy-trust.txt",
        "17.13.0",
        tech(
            "C9407R FXS2119Q2U7",
            "C9407R FXS2119Q2U7",
            release="17.13.0",
            agent="5.10.1_rel/5",
            now="Dec 02 10:33:51 2023",
            zone="PDT",
            config=LicenseConfig(
                transport=Transport.SMART, proxy_address="173.36.224.109", proxy_port=80
            ),
            policy=custom("SLE Policy", "Oct 24 15:07:43 2023", *SLE_DAYS),
            account=Account("BU Production Test", "Cat9K-FranklinDT", at("Nov 28 02:38:59 2023")),
            usage=owed(
                4,
                60,
                reporting(
                    "Nov 28 02:43:37 2023",
                    "Jan 27 02:43:37 2024",
                    30,
                    "",
                    "Dec 28 02:38:38 2023",
                    "Nov 28 02:38:38 2023",
                ),
            ),
            trusted=(
                ("Nov 22 11:34:47 2023", 693),
                ("Nov 22 11:34:47 2023", 693),
            ),
            used=(
                Used(
                    1,
                    "C9400 Network Advantage",
                    2,
                    "Nov 27 02:36:31 2023",
                    "Nov 27 02:44:43 2023",
                    1698184601,
                    1698184599,
                ),
                Used(
                    2,
                    "C9400 DNA Advantage",
                    1,
                    "Nov 27 02:36:31 2023",
                    "Nov 27 02:36:31 2023",
                    1698184602,
                    1698184600,
                ),
            ),
            jobs={
                "Daily": "Dec 03 02:36:34 2023",
                "Start Utility Measurements": "Dec 02 10:38:36 2023",
                "Send Utility RUM reports": "Dec 28 02:38:37 2023",
                "Save unreported RUM Reports": "Dec 02 11:23:47 2023",
                "Process Utility RUM reports": "Dec 03 02:48:37 2023",
                "External Event": "Dec 23 14:57:24 2023",
            },
            talks={
                Exchange.USAGE_REPORTING: talk(
                    2, 2, 0, 0, "OK_POLL", "Nov 28 02:38:36 2023", "Nov 28 02:38:36 2023", ""
                ),
                Exchange.RESULT_POLLING: talk(
                    5,
                    4,
                    1,
                    0,
                    "OK",
                    "Nov 28 02:43:37 2023",
                    "Nov 28 02:43:37 2023",
                    "Nov 27 02:39:02 2023",
                ),
                Exchange.AUTHORIZATION_REQUEST: talk(3, 3, 0, 0, "NO DATA TO PROCESS", "", "", ""),
                Exchange.TRUST_SYNC: talk(
                    3, 3, 0, 0, "OK", "Nov 27 02:47:42 2023", "Nov 27 02:47:42 2023", ""
                ),
            },
            counts=UsageSummary(56, 0, 52, 0, 4, 4, 2, 56, 28, 0),
            peer=SSM_TELEMETRY,
            event_log="47 KB",
            synced=True,
        ),
        trimmed=True,
    ),
    TechCase(
        "show-license-tech-support__c9300l-17.13i__standalone-cslu-no-trust.txt",
        "17.13.1",
        tech(
            "C9300L-48PF-4X FOC2732Y0JF",
            release="17.13.1",
            agent="5.10.3_rel/9",
            now="Dec 19 01:41:45 2023",
            zone="PST",
            usage=owed(
                2, 90, reporting("", "Mar 07 00:33:56 2024", 30, "", "Dec 10 20:55:17 2023", "")
            ),
            used=(
                Used(
                    1,
                    "C9300L 48P Network Advantage",
                    1,
                    "Dec 10 20:53:17 2023",
                    "Dec 10 20:53:17 2023",
                    1696346452,
                    0,
                ),
                Used(
                    2,
                    "C9300L 48P DNA Advantage",
                    1,
                    "Dec 10 20:53:17 2023",
                    "Dec 10 20:53:17 2023",
                    1696346453,
                    0,
                ),
            ),
            jobs={
                "Daily": "Dec 19 20:53:21 2023",
                "Start Utility Measurements": "Dec 19 01:54:26 2023",
                "Send Utility RUM reports": "Dec 19 20:58:21 2023",
                "Save unreported RUM Reports": "Dec 19 02:39:36 2023",
                "Process Utility RUM reports": "Dec 19 20:54:14 2023",
                "Data Synchronization": "Dec 19 02:00:13 2023",
                "External Event": "Jan 07 00:33:56 2024",
            },
            talks={
                Exchange.HELLO_MESSAGE: talk(
                    205, 0, 205, 205, "NO REPLY", "Dec 19 01:00:13 2023", "", "Dec 19 01:00:13 2023"
                ),
            },
            counts=UsageSummary(0, 0, 0, 0, 205, 205, 2, 205, 0, 0),
            event_log="4282 KB",
        ),
        trimmed=True,
        exempt=(
            Exempt(
                "the publisher left out the first line", "Smart Licensing Tech Support info\n\n", ""
            ),
            joined("Virtual Account: <none>"),
            Exempt(EDITED, "Custom Id: <empty>\n\n", "Custom Id: <empty>\n"),
            joined("change (days): 0 (CISCO default)"),
            Exempt(EDITED, "Installed: <none>\n\n", "Installed: <none>\n"),
            joined("Soft Enforced: True"),
            joined("Operational Model: Expired Not Rescheduled"),
            Exempt(
                _PAGER,
                "Failure Time: <none>\nAuthorization Request",
                "Failure Time: <none> \nAuthorization Request",
            ),
            Exempt(_PAGER, "Failure Time: <none>\nHello", "Failure Time: <none> \nHello"),
            joined("No certificates installed"),
            joined("No Purchase Information Available"),
            joined("Reports on disk: 0"),
            Exempt(_PAGER, "License Map Interface: True", "License Map Interface: True "),
            Exempt(_PAGER, "CacheSWID: False", "CacheSWID: False "),
            Exempt(_PAGER, "size: 4282 KB", "size: 4282 KB "),
        ),
    ),
)
