"""Captures of `show license tech support` of 17.6 to 17.10, and the state each shows.

Where a capture does not state its release, the one given is the layout it belongs to; a
development image counts as rebuild 0 of its train.
"""

from __future__ import annotations

from agent.core.identity import Account
from agent.engine.config import LicenseConfig, Transport
from agent.engine.queries import UsageSummary
from agent.engine.records import Exchange
from agent.protocol.messages import ConnectInfo
from tests.golden.captures import CUSTOM_DAYS, SLE_DAYS, Exempt, at, custom, reporting
from tests.golden.tech_captures import (
    SSM,
    TechCase,
    Used,
    owed,
    talk,
    tech,
)

EARLY = (
    TechCase(
        "show-license-tech-support__c9300-17.6i__stack3-smart-trust-custom-policy.txt",
        "17.6.4",
        tech(
            "C9300-24UX FCW2134L00C",
            "C9300-24U FOC2129Z02H",
            "C9300-24T FCW2125L07Y",
            release="17.6.4",
            agent="5.1.26_rel/120",
            now="Mar 22 14:48:32 2022",
            config=LicenseConfig(transport=Transport.SMART),
            policy=custom(
                "SLE Policy",
                "Mar 22 11:19:35 2022",
                (30, 60, 60),
                (120, 111, 111),
                (0, 90, 60),
                (0, 30, 30),
                default="20 30",
            ),
            usage=owed(
                4,
                60,
                reporting(
                    "Mar 22 12:19:01 2022",
                    "May 21 12:19:01 2022",
                    30,
                    "",
                    "Apr 21 12:14:02 2022",
                    "Mar 22 12:14:02 2022",
                ),
            ),
            trusted=(
                ("", 1),
                ("", 1),
                ("", 1),
            ),
            used=(
                Used(
                    1,
                    "C9300-24 Network Advantage",
                    3,
                    "Mar 22 11:13:23 2022",
                    "Mar 22 11:13:34 2022",
                ),
                Used(
                    2, "C9300-24 DNA Advantage", 3, "Mar 22 11:13:23 2022", "Mar 22 11:13:34 2022"
                ),
                Used(9, "air-network-advantage", 0, "Mar 22 12:13:29 2022", ""),
                Used(10, "air-dna-advantage", 0, "Mar 22 12:13:29 2022", ""),
            ),
            jobs={
                "Daily": "Mar 23 11:13:25 2022",
                "Authorization Renewal": "Mar 23 11:15:05 2022",
                "Start Utility Measurements": "Mar 22 14:49:00 2022",
                "Send Utility RUM reports": "Apr 21 12:14:01 2022",
                "Save unreported RUM Reports": "Mar 22 15:48:10 2022",
                "Process Utility RUM reports": "Mar 23 11:14:05 2022",
                "External Event": "May 21 11:14:04 2022",
            },
            talks={
                Exchange.TRUST_ESTABLISHMENT: talk(
                    1, 1, 0, 0, "OK", "Mar 22 11:19:35 2022", "Mar 22 11:19:35 2022", ""
                ),
                Exchange.USAGE_REPORTING: talk(
                    4, 4, 0, 0, "OK_POLL", "Mar 22 12:14:01 2022", "Mar 22 12:14:01 2022", ""
                ),
                Exchange.RESULT_POLLING: talk(
                    4, 4, 0, 0, "OK", "Mar 22 12:19:01 2022", "Mar 22 12:19:01 2022", ""
                ),
                Exchange.TRUST_SYNC: talk(
                    2, 2, 0, 0, "OK", "Mar 22 11:28:22 2022", "Mar 22 11:28:22 2022", ""
                ),
            },
            peer=SSM,
            event_log="CALCULATING",
            synced=True,
            persisted=True,
        ),
        trimmed=True,
        exempt=(
            Exempt(
                "this device measures what it uses itself every minute",
                "Interval: 00:15:00",
                "Interval: 00:01:00",
                2,
            ),
        ),
    ),
    TechCase(
        "show-license-tech-support__c9300-17.7i__stack3-cslu-policy-hello-noreply.txt",
        "17.7.1",
        tech(
            "C9300-24UX FCW2134L00C",
            "C9300-24U FOC2129Z02H",
            "C9300-24T FCW2125L07Y",
            release="17.7.1",
            agent="5.3.16_rel/55",
            now="Jan 11 13:28:08 2022",
            config=LicenseConfig(
                url_cslu="http://172.19.180.22:8182/cslu/v1/pi", server_identity_check=False
            ),
            policy=custom("Custom Policy", "Jan 10 17:18:01 2022", *CUSTOM_DAYS),
            account=Account("SA-Switching-Polaris", "SLE_Test", at("Jan 10 20:31:32 2022")),
            usage=owed(
                4,
                90,
                reporting(
                    "Jan 10 20:32:26 2022",
                    "Apr 10 20:32:26 2022",
                    30,
                    "",
                    "Jan 11 13:21:47 2022",
                    "Jan 10 20:31:25 2022",
                ),
            ),
            used=(
                Used(
                    1,
                    "C9300-24 Network Advantage",
                    3,
                    "Jan 10 20:21:10 2022",
                    "Jan 10 20:21:24 2022",
                    1641834470,
                    1641834468,
                ),
                Used(
                    2,
                    "C9300-24 DNA Advantage",
                    3,
                    "Jan 10 20:21:10 2022",
                    "Jan 10 20:21:24 2022",
                    1641834471,
                    1641834469,
                ),
                Used(9, "air-network-advantage", 0, "Jan 11 13:21:17 2022", ""),
                Used(10, "air-dna-advantage", 0, "Jan 11 13:21:17 2022", ""),
            ),
            jobs={
                "Daily": "Jan 11 20:21:12 2022",
                "Authorization Renewal": "Jan 11 20:22:55 2022",
                "Start Utility Measurements": "Jan 11 13:36:18 2022",
                "Send Utility RUM reports": "Jan 12 13:21:47 2022",
                "Save unreported RUM Reports": "Jan 11 14:21:28 2022",
                "Process Utility RUM reports": "Jan 11 20:37:26 2022",
                "External Event": "Apr 10 20:32:26 2022",
            },
            talks={
                Exchange.USAGE_REPORTING: talk(
                    3, 3, 0, 0, "OK_POLL", "Jan 10 20:31:24 2022", "Jan 10 20:31:24 2022", ""
                ),
                Exchange.RESULT_POLLING: talk(
                    3, 3, 0, 0, "OK", "Jan 10 20:32:26 2022", "Jan 10 20:32:26 2022", ""
                ),
                Exchange.TRUST_SYNC: talk(
                    2, 2, 0, 0, "OK", "Jan 10 20:31:12 2022", "Jan 10 20:31:12 2022", ""
                ),
                Exchange.HELLO_MESSAGE: talk(
                    12,
                    9,
                    3,
                    3,
                    "NO REPLY",
                    "Jan 11 13:21:47 2022",
                    "Jan 10 20:32:25 2022",
                    "Jan 11 13:21:47 2022",
                ),
            },
            counts=UsageSummary(86, 0, 76, 0, 10, 3, 2, 86, 22, 0),
            event_log="56 KB",
            synced=True,
            production=False,
            given_up=("C9300-24 Network Essentials",),
        ),
        trimmed=True,
    ),
    TechCase(
        "show-license-tech-support__c9300-17.9i__stack-cslu-default-policy.txt",
        "17.9.1",
        tech(
            "C9300-24UX FCW2134L00C",
            "C9300-24U FOC2129Z02H",
            "C9300-24T FCW2125L07Y",
            release="17.9.1",
            agent="5.5.11_rel/31",
            now="May 21 14:10:53 2022",
            config=LicenseConfig(url_cslu="http://172.19.180.22:8182/cslu/v1/pi"),
            usage=owed(
                2, 365, reporting("", "Apr 06 13:28:03 2023", 30, "", "May 21 07:54:06 2022", "")
            ),
            used=(
                Used(
                    1,
                    "C9300-24 Network Essentials",
                    3,
                    "May 21 06:53:32 2022",
                    "May 21 06:53:42 2022",
                    1649251641,
                    1649251640,
                ),
                Used(5, "air-network-advantage", 0, "May 21 07:53:36 2022", ""),
                Used(6, "air-dna-advantage", 0, "May 21 07:53:36 2022", ""),
            ),
            jobs={
                "Daily": "May 22 06:53:34 2022",
                "Start Utility Measurements": "May 21 14:23:36 2022",
                "Send Utility RUM reports": "May 22 07:54:06 2022",
                "Save unreported RUM Reports": "May 21 15:08:46 2022",
                "Data Synchronization": "May 21 14:56:35 2022",
                "External Event": "Feb 05 13:28:02 2023",
            },
            talks={
                Exchange.HELLO_MESSAGE: talk(
                    11, 0, 11, 11, "NO REPLY", "May 21 13:56:36 2022", "", "May 21 13:56:36 2022"
                ),
            },
            counts=UsageSummary(3, 0, 0, 0, 3, 3, 1, 3, 3, 0),
            event_log="90 KB",
            synced=True,
        ),
        trimmed=True,
        exempt=(
            Exempt(
                "this job is not in the list; why is not known",
                "Process Utility RUM reports: Expired Not Rescheduled\n",
                "",
            ),
        ),
    ),
    TechCase(
        "show-license-tech-support__c9410r-17.10i__ha-cslu-custom-policy.txt",
        "17.10.1",
        tech(
            "C9410R FXS2228026X",
            "C9410R FXS2228026X",
            release="17.10.1",
            agent="5.7.6_rel/15",
            now="Oct 14 14:05:17 2022",
            zone="PDT",
            config=LicenseConfig(url_cslu="http://1.4.135.115:8182/cslu/v1/pi"),
            policy=custom("SLE Policy", "Oct 11 15:39:41 2022", *SLE_DAYS),
            account=Account("BU Production Test", "SL-Adoption", at("Oct 11 15:34:06 2022")),
            usage=owed(
                4,
                60,
                reporting(
                    "Oct 11 15:39:41 2022",
                    "Dec 10 15:39:42 2022",
                    30,
                    "",
                    "Nov 12 15:18:39 2022",
                    "Oct 13 15:18:39 2022",
                ),
            ),
            trusted=(
                ("", 827),
                ("", 827),
            ),
            used=(
                Used(
                    1,
                    "C9400 Network Advantage",
                    2,
                    "Oct 12 15:16:26 2022",
                    "Oct 12 15:17:03 2022",
                    1664401451,
                    1664401449,
                ),
                Used(
                    2,
                    "C9400 DNA Advantage",
                    1,
                    "Oct 12 15:16:26 2022",
                    "Oct 12 15:16:26 2022",
                    1664401452,
                    1664401450,
                ),
            ),
            jobs={
                "Daily": "Oct 14 15:16:28 2022",
                "Start Utility Measurements": "Oct 14 14:18:37 2022",
                "Send Utility RUM reports": "Nov 12 15:18:39 2022",
                "Save unreported RUM Reports": "Oct 14 15:03:49 2022",
                "Process Utility RUM reports": "Oct 14 15:18:03 2022",
                "External Event": "Nov 27 14:41:12 2022",
            },
            talks={
                Exchange.TRUST_ESTABLISHMENT: talk(
                    2, 2, 0, 0, "OK", "Oct 12 15:22:39 2022", "Oct 12 15:22:39 2022", ""
                ),
                Exchange.USAGE_REPORTING: talk(
                    2, 2, 0, 0, "OK", "Oct 13 15:18:37 2022", "Oct 13 15:18:37 2022", ""
                ),
                Exchange.RESULT_POLLING: talk(
                    3, 3, 0, 0, "OK", "Oct 12 15:18:32 2022", "Oct 12 15:18:32 2022", ""
                ),
                Exchange.AUTHORIZATION_REQUEST: talk(
                    2,
                    0,
                    0,
                    0,
                    "BUILD REQUEST ERROR",
                    "",
                    "",
                    "Oct 12 15:21:39 2022",
                    "Null pointer Error",
                ),
                Exchange.TRUST_SYNC: talk(
                    2, 2, 0, 0, "OK", "Oct 12 15:21:09 2022", "Oct 12 15:21:09 2022", ""
                ),
                Exchange.HELLO_MESSAGE: talk(
                    11, 11, 0, 0, "OK", "Oct 13 15:18:29 2022", "Oct 13 15:18:29 2022", ""
                ),
            },
            counts=UsageSummary(430, 344, 119, 0, 171, 171, 2, 366, 8, 0),
            peer=ConnectInfo(
                "CSLU_V1",
                "v1",
                (
                    "UTILITY",
                    "DLC",
                    "AppHA",
                    "MULTITIER",
                    "EXPORT_2",
                    "OK_TRY_AGAIN",
                    "POLICY_USAGE",
                    "CSLU_V1",
                ),
            ),
            event_log="49 KB",
        ),
    ),
)
