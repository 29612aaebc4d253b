"""The captures of `show license` since SLP, and what a device is told that is put where they stand.

A device is of the units a capture names, of the release here, and stands where its text says
(agent.device.shown): nothing else. What one device alone knows is exempt, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.errors import InputError
from agent.core.release import Release


@dataclass(frozen=True)
class Exempt:
    """Where a capture is not what a device prints that was put there: `ours` stands as `theirs`."""

    reason: str
    ours: str
    theirs: str
    times: int = -1  # how many, from the first on; -1: all
    publisher: bool = True  # a blemish of the publication; else a value of the one device


@dataclass(frozen=True)
class Capture:
    """One file. `release` is the one it states, or the one whose layout it has."""

    file: str
    release: str
    model: str = ""  # where the text names none
    command: str = ""  # where the file's name is not all of it
    trimmed: bool = False  # the publisher trimmed blanks at line ends
    excerpt: bool = False  # its first lines alone
    exempt: tuple[Exempt, ...] = ()

    @property
    def typed(self) -> str:
        return self.command or " ".join(self.file.split("__")[0].split("-"))

    @property
    def runs(self) -> str:
        """The release, or the one of it that a device can run."""
        try:
            return str(Release.parse(self.release).row and self.release)
        except InputError:
            return self.release.rstrip("abc")


def joined(line: str, times: int = -1) -> Exempt:
    """The publisher put a blank in place of the empty line behind this one."""
    return Exempt(EDITED, f"{line}\n\n", f"{line} \n", times)


def counts(ours: str, theirs: str) -> Exempt:
    return Exempt("what it has in memory and in storage since its start", ours, theirs, 1, False)


EDITED = "the publisher joined this block to the next"
_JOB = "this job is never planned here; why it was there is not known"
_TWO_ERAS = "blocks of 17.14 stand in an output of 17.6"

SHORT = (
    Capture("show-license-all__c9300-17.12i__standalone-cslu-trust-custom-policy.txt", "17.12.1"),
    Capture("show-license-all__c9300-17.7i__stack3-callhome-no-trust-default-policy.txt", "17.7.1"),
    Capture(
        "show-license-all__c9350-17.18i__stack3-unified-license-trust-code-type.txt",
        "17.18.2",
        trimmed=True,
    ),
    Capture(
        "show-license-all__c9407r-17.14i__ha-smart-proxy-trust-custom-policy.txt",
        "17.14.1",
        trimmed=True,
        exempt=(
            joined("FranklinDT"),
            joined("Custom Id: <empty>"),
            joined("change (days): 30 (Customer Policy)"),
            joined("    Status: NOT INSTALLED"),
            Exempt(
                "the publisher left out the section License Usage",
                "2023 PDT\n\nLicense Usage\n=============\n\n"
                "network-advantage (advantagek9-C9400):\n"
                "  Description: C9400 Network Advantage\n  Count: 2\n  Version: 1.0\n"
                "  Status: IN USE\n  Export status: NOT RESTRICTED\n"
                "  Feature Name: network-advantage\n"
                "  Feature Description: C9400 Network Advantage\n"
                "  Enforcement type: NOT ENFORCED\n  License type: Perpetual\n\n"
                "dna-advantage (dna_advantage-C9400):\n"
                "  Description: C9400 DNA Advantage\n  Count: 1\n  Version: 1.0\n"
                "  Status: IN USE\n  Export status: NOT RESTRICTED\n"
                "  Feature Name: dna-advantage\n"
                "  Feature Description: C9400 DNA Advantage\n"
                "  Enforcement type: NOT ENFORCED\n  License type: Subscription\n\n",
                "2023 PDT \n",
            ),
        ),
    ),
    Capture(
        "show-license-all__c8000v-17.6i__slac-installed-smart-custom-policy.txt",
        "17.15.1",
        exempt=(
            Exempt("indented as published", "\n  VRF: <empty>", "\n    VRF: <empty>"),
            Exempt("the publisher lost the empty line", "=\n\nprem_250M", "=\nprem_250M"),
            Exempt(_TWO_ERAS, "    Status: SMART", "      Status: SMART"),
            Exempt(_TWO_ERAS, "    Last Confirmation", "      Last Confirmation"),
            Exempt(
                "a blemish of the publisher",
                "  No Purchase Information Available\n",
                "  No Purchase Information Available#      \n",
            ),
        ),
    ),
    Capture("show-license-status__c9300-17.7i__stack3-cslu-trust-custom-policy.txt", "17.7.1"),
    Capture(
        "show-license-status__c8000v-17.18.1a__cslu-no-trust-default-policy.txt",
        "17.18.1a",
        "C8000V",
        exempt=(
            Exempt("remains of the pager behind a line", "Policy:\n  Pol", "Policy:   \n  Pol"),
            Exempt("remains of the pager hide the line", "\n \nDevice", "\n\nDevice"),
        ),
    ),
    Capture(
        "show-license-status__isr4451x-17.12.4__smart-proxy-trust-default-policy.txt",
        "17.12.4",
        "ISR4451-X/K9",
    ),
    Capture(
        "show-license-status__isr4k-17.12i__transport-off-default-policy.txt",
        "17.9.1",  # no telemetry block, so before 17.10
        "ISR4451-X/K9",
    ),
    Capture(
        "show-license-status__router-17.6i__smart-trust-no-licence-in-use.txt", "17.6.1", "C8000V"
    ),
    Capture(
        "show-license-summary__asr1006x-17.6.1a__inbox-ha-active.txt",
        "17.6.1",
        "ASR1006-X",
        exempt=(Exempt("spelled so in that guide only", "Entitlement Tag", "Entitlement tag"),),
    ),
    Capture("show-license-summary__c8000v-17.18.1a__essentials-10m.txt", "17.18.1a", "C8000V"),
    Capture("show-license-summary__c8300-17.6i__premier-2.5g.txt", "17.6.1", "C8300-1N1S-6T"),
    Capture(
        "show-license-summary__c9300-17.3i__one-switch-no-indent.txt",
        "17.3.2a",
        "C9300-48T",
        exempt=(Exempt("the publisher trimmed the indent", "\n  ", "\n"),),
    ),
    Capture("show-license-summary__c9300-17.7i__stack3-account-none.txt", "17.7.1", "C9300-24T"),
    Capture("show-license-summary__c9400-17.3i__not-in-use-rows.txt", "17.3.2a", "C9407R"),
    Capture("show-license-summary__cat9kv-17i__virtual-advantage.txt", "17.9.1", "C9KV-UADP-8P"),
    Capture(
        "show-license-summary__router-17.13.1a__no-licenses-in-use.txt",
        "17.13.1a",
        "C8000V",
        exempt=(Exempt("one blank in an empty line", "\n\nLicense Usage", "\n \nLicense Usage"),),
    ),
    Capture(
        "show-license-usage__c8000v-17.15.1a__cube-std.txt",
        "17.15.1a",
        "C8000V",
        exempt=(Exempt("the publisher lost the empty line", "\n\nCUBE_T_STD", "\nCUBE_T_STD"),),
    ),
    Capture("show-license-usage__c8000v-17.18.1a__essentials-10m-cube.txt", "17.18.1a", "C8000V"),
    Capture("show-license-usage__c9300-17.7i__stack3.txt", "17.7.1", "C9300-24T"),
    Capture("show-license-udi__c9350-17.14i__stack4.txt", "17.14.1"),
    Capture("show-license-authorization__c9300-17.6i__not-installed.txt", "17.6.1"),
    Capture("show-license-rum-id-all__router-17.9i__two-reports.txt", "17.9.1", "C8300-1N1S-6T"),
    Capture(
        "show-license-rum-id-detail__c9300-17.7i__ack.txt",
        "17.7.1",
        command="show license rum id 1634211151 detail",
    ),
    Capture("show-license-history-message__iosxe-17.13i__no-history.txt", "17.13.1", "C9300-24T"),
    Capture(
        "show-license-eventlog-2__c9300-17.7i__usage-events.txt",
        "17.7.1",
        "C9300-24UX",
    ),
)

TECH = (
    Capture(
        "show-license-tech-support__c9300-17.6i__stack3-smart-trust-custom-policy.txt",
        "17.6.4",
        trimmed=True,
        exempt=(
            Exempt(
                "this device measures what it uses itself every minute",
                "Interval: 00:15:00",
                "Interval: 00:01:00",
                2,
                False,
            ),
        ),
    ),
    Capture(
        "show-license-tech-support__c9300-17.7i__stack3-cslu-policy-hello-noreply.txt",
        "17.7.1",
        trimmed=True,
        exempt=(counts("Ack: 0(3)", "Ack: 0(10)"),),
    ),
    Capture(
        "show-license-tech-support__c9300-17.9i__stack-cslu-default-policy.txt",
        "17.9.1",
        trimmed=True,
        exempt=(
            Exempt(
                "this job is not in the list; why is not known",
                "Process Utility RUM reports: Expired Not Rescheduled\n",
                "",
                1,
                False,
            ),
        ),
    ),
    Capture(
        "show-license-tech-support__c9410r-17.10i__ha-cslu-custom-policy.txt",
        "17.10.1",
        exempt=(counts("In Storage: 171", "In Storage: 8"),),
    ),
    Capture(
        "show-license-tech-support__c9300-17.12i__stack4-cslu-no-trust.txt",
        "17.12.1",
        trimmed=True,
        exempt=(
            Exempt(EDITED, "  Proxy:\n    Address:", "  Proxy: \nAddress:"),
            joined("change (days): 0 (CISCO default)"),
            joined("Soft Enforced: True", 1),
            counts("In Storage: 322", "In Storage: 0"),
        ),
    ),
    Capture(
        "show-license-tech-support__c9300-17.13i__stack-cslu-no-trust.txt",
        "17.13.0",
        trimmed=True,
        exempt=(
            Exempt(
                "an empty line of the publisher",
                "S:FOC2617YMQU:\n    hseck9",
                "S:FOC2617YMQU:\n\n    hseck9",
            ),
            counts("In Storage: 349", "In Storage: 0"),
        ),
    ),
    Capture(
        "show-license-tech-support__c9407r-17.13i__ha-smart-proxy-trust.txt",
        "17.13.0",
        trimmed=True,
    ),
    Capture(
        "show-license-tech-support__c9300l-17.13i__standalone-cslu-no-trust.txt",
        "17.13.1",
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
            joined("No certificates installed"),
            joined("No Purchase Information Available"),
            joined("Reports on disk: 0"),
            counts("In Storage: 205", "In Storage: 0"),
        ),
    ),
    Capture(
        "show-license-tech-support__c9350-17.14i__stack4-smart-trust.txt",
        "17.14.1",
        exempt=(
            Exempt(
                _JOB,
                "mismatch between nodes in HA mode: Expired Not Rescheduled",
                "mismatch between nodes in HA mode: "
                "Mar 15 21:14:04 2024 UTC (23 seconds remaining)",
                1,
                False,
            ),
        ),
    ),
    Capture(
        "show-license-tech-support__c9300-17.16i__stack3-smart-offline-a.txt",
        "17.15.0",
        trimmed=True,
    ),
    Capture(
        "show-license-tech-support__c9500-17.18i__ha-smart-proxy-no-trust.txt",
        "17.18.1z",
        trimmed=True,
    ),
    Capture(
        "show-license-tech-support__c9300-17.18.2__first-50-lines.txt",
        "17.18.2",
        "C9300-48U",
        excerpt=True,
    ),
)
CAPTURES = (*SHORT, *TECH)
