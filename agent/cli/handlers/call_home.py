"""What Call Home does in configuration beyond storing a line: profiles copied, renamed, set up.

Source: docs/sources.md, entry call-home-config. Sentences of refusals are assumed.
"""

from __future__ import annotations

from agent.cli.reply import Args, Change, Context, Handler, Reply, Result
from yang.difference import edits_between
from yang.tree import Edit, Entry, Path, Rows, Tree, get

HOME = ("native", "call-home")
TAC = "CiscoTAC-1"
NO_PROFILE = "% Profile {name} does not exist"
TAKEN = "% Profile {name} already exists"
KEPT = f"% Profile {TAC} cannot be renamed"


def copy_profile(context: Context, args: Args) -> Result:
    """`copy profile SOURCE TARGET`: the target is new and has all the source has."""
    return _moved(context, args, keep=True)


def rename_profile(context: Context, args: Args) -> Result:
    """`rename profile SOURCE TARGET`: the target is new; CiscoTAC-1 keeps its name."""
    return Reply(KEPT) if args["source"] == TAC else _moved(context, args, keep=False)


def _moved(context: Context, args: Args, *, keep: bool) -> Result:
    source, target = str(args["source"]), str(args["target"])
    rows: Rows = get(context.device.datastore.running, (*HOME, "profile"), Rows())
    if source not in rows:
        return Reply(NO_PROFILE.format(name=source))
    if target in rows:
        return Reply(TAKEN.format(name=target))
    after = Rows((name, row) for name, row in rows.items() if keep or name != source)
    after[target] = rows[source]
    here = Tree({"profile": rows}), Tree({"profile": after})
    return Change(tuple(edits_between(*here, HOME)))


def reporting(context: Context, args: Args) -> Result:
    """`call-home reporting ...`: the service is on, CiscoTAC-1 active and sends by HTTP."""
    profile: Path = (*HOME, Entry("profile", TAC))
    edits = [
        Edit("set", ("native", "service", "call-home"), True),
        Edit("set", (*profile, "active"), True),
        Edit("set", (*profile, "destination", "transport-method", "http"), True),
    ]
    if "address" in args:
        edits += [
            Edit("set", (*HOME, "contact-email-addr"), str(args["address"])),
            Edit("delete", (*profile, "anonymous-reporting-only")),
        ]
    else:
        edits.append(Edit("set", (*profile, "anonymous-reporting-only"), True))
    if "proxy" in args:
        edits.append(Edit("set", (*HOME, "http-proxy", "server"), str(args["proxy"])))
        edits.append(Edit("set", (*HOME, "http-proxy", "port"), int(str(args["port"]))))
    return Change(tuple(edits))


HANDLERS: dict[str, Handler] = {
    "call_home.copy_profile": copy_profile,
    "call_home.rename_profile": rename_profile,
    "call_home.reporting": reporting,
}
