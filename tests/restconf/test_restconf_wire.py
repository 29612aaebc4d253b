"""RESTCONF on real sockets: who gets in, when it answers at all, which certificate, bad clients."""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import aiohttp
import pytest
from cryptography import x509

from agent.adapters import device_http
from agent.adapters.disk import StateFolder
from agent.adapters.lab import Lab
from agent.adapters.plan import DevicePlan
from tests.netconf.client import typed
from tests.wire.laboratory import ANY, START, opened, plan

pytestmark = pytest.mark.wire
HOSTNAME = "/restconf/data/Cisco-IOS-XE-native:native/hostname"
LOOKER = "username looker privilege 1 secret look"


def switch(*config: str) -> DevicePlan:
    return DevicePlan(
        "sw",
        "C9300-24T",
        "17.12.4",
        "FOC0000EMU1",
        netconf=ANY,
        restconf=ANY,
        http=ANY,
        config=config,
    )


@asynccontextmanager
async def a_lab(*config: str, state: StateFolder | None = None):
    lab = await opened(Lab(plan(switch(*config)), START, state))
    lab.http.failure_seconds = 0
    try:
        yield lab
    finally:
        await lab.close()


async def status(lab: Lab, path: str = HOSTNAME, method: str = "GET", **more) -> int:
    async with ask(lab, path, method, **more) as response:
        return response.status


@asynccontextmanager
async def ask(
    lab: Lab,
    path: str = HOSTNAME,
    method: str = "GET",
    *,
    login: str | None = "admin:admin",
    tls: bool = True,
    body: bytes | None = None,
    kind: str = "application/yang-data+json",
):
    at = (lab.restconf_endpoints if tls else lab.http_endpoints)["sw"]
    headers = {"Accept": kind, "Content-Type": kind}
    if login is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{'https' if tls else 'http'}://{at.address}:{at.port}{path}"
        async with session.request(method, url, data=body, ssl=False) as response:
            yield response


async def test_who_gets_in():
    async with a_lab(LOOKER) as lab:
        async with ask(lab) as response:
            assert (response.status, response.headers["ETag"][0]) == (200, '"')
            assert (await response.json(content_type=None)).popitem()[1] == "Switch"
        for login in (None, "admin:wrong", "nobody:admin", ":"):
            async with ask(lab, login=login) as response:
                assert response.status == 401
                assert response.headers["WWW-Authenticate"] == 'Basic realm="restconf"'
        answers = []
        for path in (HOSTNAME, "/restconf/data/nonsense", "/restconf"):
            async with ask(lab, path, login="looker:look") as response:
                answers.append((response.status, await response.text()))
        assert answers[0][0] == 403 and len(set(answers)) == 1
        assert await status(lab, "/smartlic-service/list") == 200
        assert await status(lab, "/smartlic-service/list", login="looker:look") == 401
        assert await status(lab, "/smartlic-service/list", login=None) == 401


async def test_an_edit_is_told_over_netconf_with_its_source():
    async with a_lab() as lab:
        told = lab.netconf.server(lab.devices["sw"])
        body = b'{"Cisco-IOS-XE-native:hostname":"core"}'
        assert await status(lab, method="PUT", body=body) == 204
        log = told.logs["NETCONF"]
        content = log.event(log.next - 1).content
        assert b"<source-host>127.0.0.1</source-host>" in content
        assert b"<session-id>0</session-id>" in content


async def test_only_where_it_is_configured():
    async with a_lab() as lab:
        device = lab.devices["sw"]
        assert await status(lab, tls=False) == 404
        assert await status(lab, "/", tls=True) == 404
        assert await status(lab, "/smartlic-service/list", tls=False) == 200
        typed(device, "no restconf")
        assert await status(lab) == 404
        assert await status(lab, "/.well-known/host-meta") == 404
        assert await status(lab, "/smartlic-service/list") == 200
        typed(device, "restconf", "no ip http secure-server", "no ip http server")
        for tls in (True, False):
            with pytest.raises(aiohttp.ClientError):
                await status(lab, "/smartlic-service/list", tls=tls)


async def test_the_enable_password_where_that_is_the_method():
    async with a_lab("no ip http authentication local", "enable secret cisco") as lab:
        assert await status(lab, "/smartlic-service/list", login="any:cisco") == 200
        assert await status(lab, "/smartlic-service/list", login="admin:admin") == 401


async def certificate(lab: Lab) -> x509.Certificate:
    at = lab.restconf_endpoints["sw"]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(at.address, at.port, ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(der)


async def test_the_certificate_is_that_of_the_trustpoint(tmp_path):
    async with a_lab("ip http secure-trustpoint nothing", state=StateFolder(tmp_path)) as lab:
        first = await certificate(lab)
        names = first.subject.rfc4514_string()
        assert "CN=IOS-Self-Signed-Certificate-" in names and first.issuer == first.subject
        typed(lab.devices["sw"], "ip http secure-trustpoint SLA-TrustPoint")
        assert "CN=SLA-TrustPoint" in (await certificate(lab)).subject.rfc4514_string()
        typed(lab.devices["sw"], "no ip http secure-trustpoint")
        assert await certificate(lab) == first
    async with a_lab(state=StateFolder(tmp_path)) as lab:
        assert await certificate(lab) == first


async def test_a_body_that_is_too_large(monkeypatch):
    monkeypatch.setattr(device_http, "MAX_BODY", 1 << 16)
    async with a_lab() as lab:
        assert await status(lab, method="PATCH", body=b" " * (1 << 17)) == 413
        assert await status(lab, "/smartlic-service/import", "POST", body=b"<" * (1 << 17)) == 413
        assert await status(lab) == 200


async def test_slow_and_half_closed_clients_disturb_nobody(monkeypatch):
    monkeypatch.setattr(device_http, "BODY_SECONDS", 0.2)
    async with a_lab() as lab:
        at = lab.http_endpoints["sw"]
        token = base64.b64encode(b"admin:admin").decode()
        head = (
            "POST /smartlic-service/import HTTP/1.1\r\nHost: sw\r\n"
            f"Authorization: Basic {token}\r\nContent-Length: 100\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(at.address, at.port)
        writer.write(head.encode() + b"<")
        assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        reader, writer = await asyncio.open_connection(at.address, at.port)
        writer.write(b"GET /smart")
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(), 5) is not None
        writer.close()
        _, writer = await asyncio.open_connection(at.address, at.port)
        writer.write(b"\x16\x03\x01 not http at all\r\n\r\n")
        writer.close()
        assert await status(lab, "/smartlic-service/list", tls=False) == 200


async def test_one_connection_too_many(monkeypatch):
    monkeypatch.setattr(device_http, "MAX_CONNECTIONS", 2)
    async with a_lab() as lab:
        at = lab.http_endpoints["sw"]
        open_ones = [await asyncio.open_connection(at.address, at.port) for _ in range(3)]
        reader, _ = open_ones[2]
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        assert not open_ones[0][0].at_eof()
        for _, writer in open_ones:
            writer.close()


async def test_a_device_without_netconf_serves_the_texts_of_the_operator(tmp_path):
    text = 'module own {\n  namespace "urn:own";\n  prefix o;\n  revision 2024-01-01;\n}\n'
    (tmp_path / "own.yang").write_text(text, "utf-8")
    alone = replace(switch(), netconf=None)
    beside = DevicePlan("other", "C9300-24T", "17.12.4", "FOC0000EMU2", netconf=ANY)
    for devices in ((alone,), (alone, beside)):
        lab = await opened(Lab(replace(plan(*devices), yang_folder=tmp_path), START))
        try:
            path = "/restconf/data/ietf-netconf-monitoring:netconf-state/schemas"
            async with ask(lab, path) as response:
                assert response.status == 200
                assert '"own"' in await response.text()
        finally:
            await lab.close()


@pytest.mark.parametrize("method", ["FOO", "LOCK", "TRACE"])
async def test_a_method_it_has_not_is_405_with_an_error(method):
    async with a_lab() as lab, ask(lab, HOSTNAME, method) as response:
        assert response.status == 405
        assert "PATCH" in response.headers["Allow"]
        error = (await response.json(content_type=None))["ietf-restconf:errors"]["error"][0]
        assert error["error-tag"] == "operation-not-supported"


async def test_what_is_no_http_is_400():
    async with a_lab() as lab:
        at = lab.restconf_endpoints["sw"]
        context = ssl._create_unverified_context()
        reader, writer = await asyncio.open_connection(at.address, at.port, ssl=context)
        writer.write(b"\x01\x02 b'FOO / HTTP/1.1'\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
