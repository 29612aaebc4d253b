"""The captures and the state each shows, as values; what is exempt stands with its reason.

Where a capture does not state its release, the one given is the layout it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.cli.views import licence_all, licence_status, licence_usage
from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import LicensingView
from agent.core.identity import Account
from agent.core.release import Release
from agent.engine.config import LicenseConfig, Transport
from agent.engine.state import Counters, UsageReporting
from tests.golden.captures import (
    CUSTOM_DAYS,
    SLE_DAYS,
    SUBSCRIPTION,
    Exempt,
    Licence,
    at,
    custom,
    reporting,
    reports,
    view,
)

RENDER = {
    "all": licence_all.all_of_it,
    "status": licence_status.status,
    "summary": licence_usage.summary,
    "usage": licence_usage.usage,
    "udi": licence_all.udi,
    "authorization": licence_all.authorization,
}


@dataclass(frozen=True)
class Case:
    file: str
    release: str
    view: LicensingView
    kind: str = "switch"
    exempt: tuple[Exempt, ...] = ()

    def text(self) -> str:
        """What we print, with the capture's own blemishes put in."""
        render = RENDER[self.file.split("__")[0].removeprefix("show-license-")]
        text = render(self.view, layout_for(Release.parse(self.release), self.kind))
        for one in self.exempt:
            assert one.ours in text, f"{self.file}: nothing to exempt: {one.reason}"
            text = text.replace(one.ours, one.theirs)
        return text.rstrip()


def _stack(*counts: int) -> tuple[Licence, ...]:
    """Advantage licences of 24-port and 48-port units."""
    return tuple(
        licence
        for size, count in zip((24, 48), counts, strict=False)
        if count
        for licence in (
            Licence("network-advantage", f"C9300-{size} Network Advantage", count),
            Licence("dna-advantage", f"C9300-{size} DNA Advantage", count, SUBSCRIPTION),
        )
    )


def _router(feature: str, display: str, count: int = 1) -> Licence:
    return Licence(feature, display, count, description=feature)


STACK = ("C9300-24UX FCW2303D16Y", "C9300-24U FHH2043P09E", "C9300-48T FCW2139L056")
PROXY = LicenseConfig(transport=Transport.SMART, proxy_address="173.36.224.109", proxy_port=80)
_TRIMMED = "the publisher trimmed blanks at line ends"
_EDITED = "the publisher joined this block to the next"

CASES = (
    Case(
        "show-license-all__c9300-17.12i__standalone-cslu-trust-custom-policy.txt",
        "17.12.1",
        view(
            "C9300-48U FCW2137L0E2",
            agent="5.8.3_rel/7",
            zone="pacific",
            account=Account("SA-Switching-Polaris", "SLE_Test", at("Apr 05 21:10:49 2023")),
            policy=custom("Custom Policy", "Apr 05 21:07:11 2023", *CUSTOM_DAYS),
            usage=reporting(
                "Apr 05 21:11:50 2023",
                "Jul 04 21:11:50 2023",
                30,
                "",
                "May 05 21:07:53 2023",
                "Apr 05 21:07:53 2023",
            ),
            trusted=("Apr 05 21:07:11 2023",),
            licences=_stack(0, 1),
            counters=Counters(total=7, acknowledged=2),
            reported=reports(5, 2, 0),
        ),
    ),
    Case(
        "show-license-all__c9300-17.7i__stack3-callhome-no-trust-default-policy.txt",
        "17.7.1",
        view(
            *STACK,
            agent="5.3.10_rel/25",
            config=LicenseConfig(transport=Transport.CALLHOME),
            usage=reporting("", "Feb 07 10:32:11 2022", 30, "", "Nov 10 11:32:02 2021", ""),
            licences=_stack(2, 1),
            counters=Counters(total=12),
            reported=reports(12, 4, 0),
        ),
    ),
    Case(
        "show-license-all__c9350-17.18i__stack3-unified-license-trust-code-type.txt",
        "17.18.2",
        view(
            "C9350-48T FOC2820Y07F",
            "C9350-48P FOC2823Y0QC",
            "C9350-24T FOC2823Y1LN",
            agent="6.3.10/58086906e",
            zone="IST",
            config=LicenseConfig(
                transport=Transport.SMART,
                url_smart="https://smartreceiver-stage.cisco.com/licservice/license",
            ),
            account=Account(
                "SA-Switching-Polaris", "stratocaster_test", at("Apr 23 15:29:19 2025")
            ),
            policy=custom("Custom Policy", "Apr 23 15:28:43 2025", *CUSTOM_DAYS),
            usage=reporting(
                "Apr 23 15:28:43 2025",
                "",
                0,
                "Apr 23 15:33:15 2025",
                "",
                "Apr 23 15:29:20 2025",
            ),
            trusted=("Apr 23 15:28:43 2025",) * 3,
            valid=("Apr 23 15:23:40 2025", "Apr 23 15:23:41 2025", "Apr 23 15:23:42 2025"),
            expired="Apr 25 02:55:41 2033",
            licences=(
                Licence(
                    "essentials",
                    "Switching OS Essentials",
                    3,
                    description="Cisco C9350 Switching IOS-XE Essentials",
                ),
            ),
            counters=Counters(total=4),
            reported=reports(1, 1, 3),
        ),
        exempt=(Exempt(_TRIMMED, "Data: 1  \n \n", "Data: 1\n\n"),),
    ),
    Case(
        "show-license-all__c9407r-17.14i__ha-smart-proxy-trust-custom-policy.txt",
        "17.14.1",
        view(
            "C9407R FXS2119Q2U7",
            "C9407R FXS2119Q2U7",
            agent="5.11.2_rel/6",
            zone="PDT",
            config=PROXY,
            account=Account("BU Production Test", "Cat9K-FranklinDT", at("Dec 18 11:02:51 2023")),
            policy=custom("SLE Policy", "Oct 24 15:07:43 2023", *SLE_DAYS),
            usage=reporting(
                "Dec 18 11:05:11 2023",
                "Feb 16 11:05:11 2024",
                30,
                "",
                "Jan 17 11:00:18 2024",
                "Dec 18 11:00:18 2023",
            ),
            trusted=("Nov 22 11:34:47 2023",) * 2,
            licences=(
                Licence(
                    "network-advantage",
                    "advantagek9-C9400",
                    2,
                    description="C9400 Network Advantage",
                ),
            ),
            counters=Counters(total=70, acknowledged=64),
            reported=reports(6, 2, 0),
        ),
        exempt=(
            Exempt(_EDITED, "FranklinDT\n\n", "FranklinDT \n"),
            Exempt(_EDITED, "Custom Id: <empty>\n\n", "Custom Id: <empty> \n"),
            Exempt(
                _EDITED,
                "change (days): 30 (Customer Policy)\n\n",
                "change (days): 30 (Customer Policy) \n",
            ),
            Exempt(
                "the publisher left out the section License Usage",
                "2023 PDT\n\nLicense Usage\n=============\n\n"
                "network-advantage (advantagek9-C9400):\n"
                "  Description: C9400 Network Advantage\n  Count: 2\n  Version: 1.0\n"
                "  Status: IN USE\n  Export status: NOT RESTRICTED\n"
                "  Feature Name: network-advantage\n"
                "  Feature Description: C9400 Network Advantage\n"
                "  Enforcement type: NOT ENFORCED\n  License type: Perpetual\n\n",
                "2023 PDT \n",
            ),
            Exempt(_EDITED, "    Status: NOT INSTALLED\n\n", "    Status: NOT INSTALLED \n"),
            Exempt(_TRIMMED, "Data: 2  \n \n", "Data: 2\n\n"),
        ),
    ),
    Case(
        "show-license-status__c9300-17.7i__stack3-cslu-trust-custom-policy.txt",
        "17.7.1",
        view(
            *STACK,
            account=Account("SA-Switching-Polaris", "SLE_Test", at("Oct 14 12:10:01 2021")),
            policy=custom("Custom Policy", "Oct 14 11:37:52 2021", *CUSTOM_DAYS),
            usage=reporting(
                "Oct 14 12:10:32 2021",
                "Jan 12 12:10:32 2022",
                30,
                "",
                "Oct 22 04:33:08 2021",
                "Oct 14 12:09:30 2021",
            ),
            trusted=("Oct 14 11:37:52 2021", "Oct 14 11:37:52 2021", "Oct 14 11:37:53 2021"),
        ),
    ),
    Case(
        "show-license-status__c8000v-17.18.1a__cslu-no-trust-default-policy.txt",
        "17.18.1a",
        view(
            usage=reporting("", "Mar 18 08:00:01 2025", 30, "", "Mar 06 09:29:58 2025", ""),
        ),
        "router",
        exempt=(
            Exempt("remains of the pager behind a line", "Policy:\n  Pol", "Policy:   \n  Pol"),
            Exempt("remains of the pager hide the line", "\n \nDevice", "\n\nDevice"),
        ),
    ),
    Case(
        "show-license-status__isr4451x-17.12.4__smart-proxy-trust-default-policy.txt",
        "17.12.4",
        view(
            zone="est",
            config=LicenseConfig(
                transport=Transport.SMART, proxy_address="proxy.foo.bar.com", proxy_port=80
            ),
            account=Account("Sample Smart Account", "DEFAULT", at("Aug 03 09:03:25 2024")),
            usage=reporting(
                "Aug 03 09:03:25 2024",
                "Aug 03 09:03:25 2025",
                0,
                "Aug 03 09:05:29 2024",
                "",
                "Aug 03 09:03:26 2024",
            ),
            trusted=("Aug 03 09:02:50 2024",),
        ),
        "router",
    ),
    Case(
        "show-license-status__isr4k-17.12i__transport-off-default-policy.txt",
        "17.9.1",  # no telemetry block, so before 17.10
        view(
            zone="EDT",
            config=LicenseConfig(transport=Transport.OFF),
            usage=reporting(
                "Nov 08 10:31:23 2023",
                "Feb 06 10:31:23 2024",
                30,
                "",
                "Jun 12 11:09:56 2024",
                "Nov 09 11:18:00 2023",
            ),
        ),
        "router",
    ),
    Case(
        "show-license-status__router-17.6i__smart-trust-no-licence-in-use.txt",
        "17.6.1",
        view(
            zone="EDT",
            config=LicenseConfig(transport=Transport.SMART),
            usage=UsageReporting(),
            trusted=("Oct 03 11:27:41 2022",),
        ),
        "router",
    ),
    Case(
        "show-license-summary__asr1006x-17.6.1a__inbox-ha-active.txt",
        "17.6.1",
        view(
            licences=(
                _router("adventerprise", "ASR_1000_AdvEnterprise"),
                _router("ipbase", "ASR_1000_Ipbase"),
                _router("CUBE_Standard_Session", "CUBE_T_STD", 10),
            )
        ),
        "router",
        exempt=(Exempt("spelled so on this platform only", "Entitlement Tag", "Entitlement tag"),),
    ),
    Case(
        "show-license-summary__c8000v-17.18.1a__essentials-10m.txt",
        "17.18.1a",
        view(
            licences=(
                _router("network-essentials_10M", "ESR_P_10M_E"),
                _router("CUBE_TS_STD", "CUBE_TS_STD"),
            )
        ),
        "router",
    ),
    Case(
        "show-license-summary__c8300-17.6i__premier-2.5g.txt",
        "17.6.1",
        view(
            licences=(
                _router("network-premier_2.5G", "ESR_P_2.5G_P"),
                _router("dna-premier_2.5G", "DNA_P_2.5G_P"),
            )
        ),
        "router",
    ),
    Case(
        "show-license-summary__c9300-17.3i__one-switch-no-indent.txt",
        "17.3.2a",
        view(licences=_stack(0, 1)),
        exempt=(Exempt("the publisher trimmed the indent", "\n  ", "\n"),),
    ),
    Case(
        "show-license-summary__c9300-17.7i__stack3-account-none.txt",
        "17.7.1",
        view(*STACK, licences=_stack(2, 1)),
    ),
    Case(
        "show-license-summary__c9400-17.3i__not-in-use-rows.txt",
        "17.3.2a",
        view(
            licences=(
                Licence(
                    "network-essentials",
                    "essentialsk9-C9400",
                    0,
                    description=("C9400 Network Essentials"),
                ),
                Licence(
                    "dna-essentials",
                    "dna_essentials-C9400",
                    0,
                    description=("C9400 DNA Essentials"),
                ),
                Licence("network-advantage", "advantagek9-C9400", 1),
                Licence("dna-advantage", "dna_advantage-C9400", 1, SUBSCRIPTION),
            )
        ),
    ),
    Case(
        "show-license-summary__cat9kv-17i__virtual-advantage.txt",
        "17.9.1",
        view(
            licences=(
                Licence("network-advantage", "CAT9K_VIRTUAL Network Advantage", 1),
                Licence("dna-advantage", "CAT9K_VIRTUAL DNA Advantage", 1, SUBSCRIPTION),
            )
        ),
    ),
    Case(
        "show-license-summary__router-17.13.1a__no-licenses-in-use.txt",
        "17.13.1",
        view(),
        "router",
        exempt=(Exempt("one blank in an empty line", "\n\nLicense Usage", "\n \nLicense Usage"),),
    ),
    Case(
        "show-license-usage__c8000v-17.15.1a__cube-std.txt",
        "17.15.1",
        view(
            licences=(
                Licence("prem_250M", "ax_250M", 1, SUBSCRIPTION, "prem_250M"),
                _router("CUBE_T_STD", "CUBE_T_STD", 121),
            )
        ),
        "router",
        exempt=(Exempt("the publisher lost the empty line", "\n\nCUBE_T_STD", "\nCUBE_T_STD"),),
    ),
    Case(
        "show-license-usage__c8000v-17.18.1a__essentials-10m-cube.txt",
        "17.18.1a",
        view(
            licences=(
                _router("network-essentials_10M", "ESR_P_10M_E"),
                _router("CUBE_TS_ENH", "CUBE_TS_ENH", 5),
            )
        ),
        "router",
    ),
    Case("show-license-usage__c9300-17.7i__stack3.txt", "17.7.1", view(licences=_stack(2, 1))),
    Case(
        "show-license-udi__c9350-17.14i__stack4.txt",
        "17.14.1",
        view(
            "C9350-24U FOC2705Y8X0",
            "C9350-24U FOC2705Y8XF",
            "C9350-24U FOC2718Y66X",
            "C9350-24U FOC2719YOHR",
        ),
    ),
    Case(
        "show-license-authorization__c9300-17.6i__not-installed.txt",
        "17.6.1",
        view("C9300-24UX FCW2147L0C5"),
    ),
)
