"""`show boot` and `show bootvar`: what is started next. Facts: docs/sources.md, entry bootvar."""

from __future__ import annotations

from agent.cli.views.platform import Set, by_number

_RULE = "---------------------------"


def boot(shown: Set) -> str:
    """`show boot`: a block for each unit of a stack, else the variables."""
    if not shown.stacked:
        return bootvar(shown)
    image = shown.profile.texts["image_file"]
    blocks = [
        f"{_RULE}\nSwitch {member.number}\n{_RULE}\n"
        f"Current Boot Variables:\nBOOT variable = {image};\n\n"
        f"Boot Variables on next reload:\nBOOT variable = {image};\n"
        "Manual Boot = no\nEnable Break = yes\nBoot Mode = DEVICE\niPXE Timeout = 0\n"
        for member in by_number(shown.members)
    ]
    return "\n".join(blocks)


def bootvar(shown: Set) -> str:
    """`show bootvar`: variables of the active unit and of its standby."""
    texts, paired = shown.profile.texts, len(shown.members) > 1
    if shown.profile.kind == "router":
        return "\n".join(
            [
                f"BOOT variable = {texts['image_file']},12;",
                "CONFIG_FILE variable = ",
                "BOOTLDR variable does not exist",
                f"Configuration register is {texts['config_register']}",
                "",
                *_standby_router(shown, paired=paired),
                "",
            ]
        )
    variables = [
        f"BOOT variable = {texts['image_file']};",
        "MANUAL_BOOT variable = no",
        "BAUD variable = 9600",
        "ENABLE_BREAK variable = yes",
        "BOOTMODE variable does not exist",
        "IPXE_TIMEOUT variable does not exist",
        "CONFIG_FILE variable = ",
        "",
    ]
    standby = [f"Standby {line}" if line else "" for line in variables]
    alone = ["Standby not ready to show bootvar", ""]
    return "\n".join([*variables, *(standby if paired else alone)])


def _standby_router(shown: Set, *, paired: bool) -> list[str]:
    texts = shown.profile.texts
    if not paired:
        return ["Standby not ready to show bootvar"]
    return [
        f"Standby BOOT variable = {texts['image_file']},12;",
        "Standby CONFIG_FILE variable = ",
        "Standby BOOTLDR variable does not exist",
        f"Standby Configuration register is {texts['config_register']}",
    ]
