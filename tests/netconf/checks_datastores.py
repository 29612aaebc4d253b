"""Checks L (locks), C (the candidate) and V (validate) of RFC 6241."""

from __future__ import annotations

from tests.netconf.checks_edit import usage
from tests.netconf.conformance import (
    NC,
    World,
    check,
    edit,
    interval,
    name,
    spaces,
)

LOCK, UNLOCK = (f"<{n}><target><running/></target></{n}>" for n in ("lock", "unlock"))


@check("L01 lock and unlock")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(LOCK)
    await s.edit(name("mine"))
    await s.ok(UNLOCK)


@check("L02 the lock of another is lock-denied with its session id")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    found = await other.error(LOCK, "lock-denied")
    assert found["session-id"] == str(s.session_id)


@check("L03 one's own lock is denied as well")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(LOCK)
    await s.error(LOCK, "lock-denied")


@check("L04 an edit of what another has locked is in-use")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.error(edit(name("x")), "in-use", "lock-denied")
    assert await other.hostname() == "Switch"


@check("L05 unlock of what is not locked")
async def _(w: World) -> None:
    s = await w.session()
    await s.error(UNLOCK, "operation-failed")


@check("L06 unlock of another's lock")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.error(UNLOCK, "operation-failed")
    await s.ok(UNLOCK)


@check("L07 close-session gives the lock back")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await s.ok("<close-session/>")
    await other.ok(LOCK)


@check("L08 kill-session ends the other one and gives its lock back")
async def _(w: World) -> None:
    s, other = await w.session(), await w.session()
    await s.ok(LOCK)
    await other.ok(f"<kill-session><session-id>{s.session_id}</session-id></kill-session>")
    await s.gone()
    await other.ok(LOCK)


@check("L09 two lockers that die")
async def _(w: World) -> None:
    for _ in range(2):
        connection = await w.connect("plain")
        w.connections["dying"] = connection
        s = await w.session("dying")
        await s.ok(LOCK)
        connection.abort()
        await connection.wait_closed()
        del w.connections["dying"]
    s = await w.session()
    for _ in range(100):
        reply = await s.rpc(LOCK)
        if reply[0].tag == f"{{{NC}}}ok":
            break
    await s.ok(UNLOCK)


def _kill(number: str, what: str, given: str, *tags: str) -> None:
    @check(f"{number} kill-session of {what}")
    async def _(w: World) -> None:
        s = await w.session()
        await s.error(given.format(s.session_id), *tags)
        assert await s.hostname() == "Switch"


_ID = "<kill-session><session-id>{}</session-id></kill-session>"
_kill("L10", "oneself", _ID, "invalid-value")
_kill("L11", "nobody", _ID.replace("{}", "999999"), "invalid-value")
_kill("L12", "zero", _ID.replace("{}", "0"), "invalid-value")
_kill("L13", "a word", _ID.replace("{}", "x"), "invalid-value")
_kill("L14", "no one named", "<kill-session/>", "missing-element")


@check("L15 lock without a target, of a datastore that is not there")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<lock/>", "missing-element", bad="target")
    await s.error(
        "<lock><target><candidate/></target></lock>", "operation-not-supported", "invalid-value"
    )


# --- the candidate --------------------------------------------------------------------------------


@check("C01 the candidate is announced where it is configured")
async def _(w: World) -> None:
    plain, stages = await w.session(), await w.session("stages")
    wanted = "urn:ietf:params:netconf:capability:candidate:1.0"
    assert wanted in stages.capabilities and wanted not in plain.capabilities


@check("C02 commit makes it running")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    assert (await s.hostname(), await s.hostname("candidate")) == ("Switch", "next")
    await s.ok("<commit/>")
    assert await s.hostname() == "next"


@check("C03 discard-changes")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<discard-changes/>")
    assert await s.hostname("candidate") == "Switch"


@check("C04 a changed candidate cannot be locked")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.error("<lock><target><candidate/></target></lock>", "lock-denied")


@check("C05 the end of the locker discards the candidate")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.ok("<lock><target><candidate/></target></lock>")
    await s.edit(name("next"), "candidate")
    await s.ok("<close-session/>")
    assert await other.hostname("candidate") == "Switch"


@check("C06 commit while another has locked running is in-use")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await other.ok(LOCK)
    await s.edit(name("next"), "candidate")
    await s.error("<commit/>", "in-use", "lock-denied")
    assert await s.hostname() == "Switch"


@check("C07 copy of running to the candidate and back")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    copy = "<copy-config><target><{}/></target><source><{}/></source></copy-config>"
    await s.ok(copy.format("candidate", "running"))
    assert await s.hostname("candidate") == "Switch"
    await s.edit(name("last"), "candidate")
    await s.ok(copy.format("running", "candidate"))
    assert await s.hostname() == "last"


@check("C08 commit without a candidate is operation-not-supported")
async def _(w: World) -> None:
    s = await w.session()
    for body in ("<commit/>", "<discard-changes/>", "<cancel-commit/>"):
        await s.error(body, "operation-not-supported")


@check("C09 a confirmed commit of a session that ends goes back")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/></commit>")
    assert await other.hostname() == "next"
    await s.ok("<close-session/>")
    assert await other.hostname() == "Switch"


@check("C10 a confirmed commit with persist is confirmed by another session")
async def _(w: World) -> None:
    s, other = await w.session("stages"), await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><persist>p</persist></commit>")
    await s.ok("<close-session/>")
    await other.error("<commit><persist-id>q</persist-id></commit>", "invalid-value")
    await other.ok("<commit><persist-id>p</persist-id></commit>")
    assert await other.hostname() == "next"


@check("C11 cancel-commit")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.error("<cancel-commit/>", "operation-failed")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><confirm-timeout>30</confirm-timeout></commit>")
    await s.ok("<cancel-commit/>")
    assert await s.hostname() == "Switch"


@check("C12 a confirmed commit goes back when its time on the lab's clock is over")
async def _(w: World) -> None:
    s = await w.session("stages")
    await s.edit(name("next"), "candidate")
    await s.ok("<commit><confirmed/><confirm-timeout>60</confirm-timeout></commit>")
    await w.lab.timeline.advance(61_000)
    assert await s.hostname() == "Switch"


# --- validate -------------------------------------------------------------------------------------


VALIDATE = "<validate><source>{}</source></validate>"


@check("V01 validate of running")
async def _(w: World) -> None:
    await (await w.session()).ok(VALIDATE.format("<running/>"))


@check("V02 validate of the candidate")
async def _(w: World) -> None:
    await (await w.session("stages")).ok(VALIDATE.format("<candidate/>"))


@check("V03 validate of a configuration in the request")
async def _(w: World) -> None:
    s = await w.session()
    await s.ok(VALIDATE.format(f"<config>{spaces(interval(30))}</config>"))
    await s.error(VALIDATE.format(f"<config>{spaces(interval(0))}</config>"), "invalid-value")
    assert await usage(s) is None


@check("V04 validate without a source, of a datastore that is not there")
async def _(w: World) -> None:
    s = await w.session()
    await s.error("<validate/>", "missing-element", bad="source")
    await s.error(VALIDATE.format("<startup/>"), "operation-not-supported", "invalid-value")
    await s.error(VALIDATE.format("<moon/>"), "unknown-element", "bad-element", "invalid-value")
