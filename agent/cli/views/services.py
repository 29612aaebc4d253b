"""`show snmp`, `show call-home smart-licensing`, `show ip http ...`, `show netconf-yang status`.

Facts: docs/sources.md, entry service-outputs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.engine.config import CallHome
from yang.tree import EMPTY, Rows, Tree, get

if TYPE_CHECKING:
    pass

_SNMP = """\
Chassis: {chassis}
{contact}{location}\
0 SNMP packets input
    0 Bad SNMP version errors
    0 Unknown community name
    0 Illegal operation for community name supplied
    0 Encoding errors
    0 Number of requested variables
    0 Number of altered variables
    0 Get-request PDUs
    0 Get-next PDUs
    0 Set-request PDUs
    0 Input queue packet drops (Maximum queue size 1000)
0 SNMP packets output
    0 Too big errors (Maximum packet size 1500)
    0 No such name errors
    0 Bad values errors
    0 General errors
    0 Response PDUs
    0 Trap PDUs
Packets currently in SNMP process input queue: 0
SNMP global trap: {traps}

SNMP logging: {logging}"""
_HTTP = """\
HTTP server status: {plain}
HTTP server port: {port}
HTTP server active supplementary listener ports: 21111
HTTP server authentication method: {method}
HTTP server auth-retry 0 time-window 0
HTTP server digest algorithm: md5
HTTP server access class: 0
HTTP server IPv4 access class: None
HTTP server IPv6 access class: None
HTTP server base path:
HTTP File Upload status: Disabled
HTTP server upload path:
HTTP server help root:
Maximum number of concurrent server connections allowed: {connections}
Maximum number of secondary server connections allowed: 50
Server idle time-out: {idle} seconds
Server life time-out: {life} seconds
Server session idle time-out: {session_idle} seconds
Maximum number of requests allowed on a connection: {requests}
Server linger time : 60 seconds
HTTP server active session modules: ALL
HTTP secure server capability: Present
HTTP secure server status: {secure}
HTTP secure server port: {secure_port}
HTTP secure server ciphersuite:  rsa-aes-cbc-sha2 rsa-aes-gcm-sha2
        dhe-aes-cbc-sha2 dhe-aes-gcm-sha2 ecdhe-rsa-aes-cbc-sha2
        ecdhe-rsa-aes-gcm-sha2 ecdhe-ecdsa-aes-gcm-sha2 tls13-aes128-gcm-sha256
        tls13-aes256-gcm-sha384 tls13-chacha20-poly1305-sha256
HTTP secure server TLS version:  TLSv1.3  TLSv1.2
HTTP secure server client authentication: {client_authentication}
HTTP secure server PIV authentication: Disabled
HTTP secure server PIV authorization only: Disabled
HTTP secure server trustpoint: {trustpoint}
HTTP secure server peer validation trustpoint:
HTTP secure server ECDHE curve: secp256r1
HTTP secure server active session modules: ALL"""
# source: service-outputs (nobody is connected to an idle device, and nobody was)
_MODULES = """

HTTP server application session modules:
 Session module Name  Handle Status   Secure-status   Description
{modules}


HTTP server current connections:
local-ipaddress:port remote-ipaddress:port in-bytes  out-bytes
      127.0.0.1:21111       127.0.0.1:39278 0        0


Nginx Internal Counters:
Nginx pool = 915
Active connection = 1
Nginx pool available = 904
Maxmum connection Hit = 0



HTTP server statistics:
Accepted connections total: 0
server accepts handled requests
 0 0 0
Reading: 0 Writing: 0 Waiting: 0



HTTP server history:
local-ipaddress:port remote-ipaddress:port in-bytes  out-bytes  end-time



conn_history_current_pos: 0



HTTP server help path:"""
_SESSION_MODULES = (
    ("HTTP_IFS", "HTTP based IOS File Server"),
    ("SL_HTTP", "HTTP REST IOS-XE Smart License Server"),
    ("OPENRESTY_PKI", "IOS OpenResty PKI Server"),
    ("HOME_PAGE", "IOS Homepage Server"),
    ("BANNER_PAGE", "HTTP Banner Page Server"),
    ("WEB_EXEC", "HTTP based IOS EXEC Server"),
    ("NG_WEBUI", "Web GUI"),
)


def snmp(root: Tree, serial: str) -> str:
    """`show snmp`."""
    here: Tree = get(root, ("native", "snmp-server"), EMPTY)
    if not here:
        return "%SNMP agent not enabled"
    hosts: Rows = get(here, ("host-config", "ip-community"), Rows())
    traps = get(here, ("enable", "enable-choice", "traps")) is not None
    contact, location = here.get("contact"), here.get("location")
    text = _SNMP.format(
        chassis=serial,
        contact=f"Contact: {contact}\n" if contact else "",
        location=f"Location: {location}\n" if location else "",
        traps="enabled" if traps else "disabled",
        logging="enabled" if hosts else "disabled",
    )
    rows = [f"    Logging to {host}.162, 0/10, 0 sent, 0 dropped." for host in hosts]
    return "\n".join([text, *rows])


def snmp_communities(root: Tree) -> str:
    """`show snmp community`."""
    rows: Rows = get(root, ("native", "snmp-server", "community-config"), Rows())
    blocks = []
    for name, row in rows.items():
        names = row.get("access-list-name")
        bound = f"\taccess-list: {names}" if names else ""
        blocks.append(
            f"\nCommunity name: {name}\nCommunity Index: {name}\n"
            f"Community SecurityName: {name}\nstorage-type: nonvolatile\t active{bound}\n"
        )
    return "\n".join(blocks)


def snmp_contact(root: Tree) -> str:
    return str(get(root, ("native", "snmp-server", "contact"), ""))


def snmp_location(root: Tree) -> str:
    return str(get(root, ("native", "snmp-server", "location"), ""))


def call_home_licensing(home: CallHome, address: str) -> str:
    """`show call-home smart-licensing`; `address` is where the profile sends to."""
    state = "enabled" if home.enabled and home.reporting else "disabled"
    return (
        "Current smart-licensing transport settings:\n"
        f" Smart-license messages: {state}\n"
        f" Profile: {home.profile} (status: {'ACTIVE' if home.active else 'INACTIVE'})\n"
        f" Destination  URL(s):  {address}\n"
    )


def http_server(root: Tree, everything: bool, self_signed: str) -> str:
    """`show ip http server status`, or `all` with the modules.

    `self_signed` is the trustpoint that serves where none is configured.
    """
    here: Tree = get(root, ("native", "ip", "http"), EMPTY)
    plain, secure = bool(here.get("server")), bool(here.get("secure-server"))
    words: Mapping[bool, str] = {True: "Enabled", False: "Disabled"}
    method: Tree = here.get("authentication", EMPTY)
    limits: Tree = here.get("timeout-policy", EMPTY)
    text = _HTTP.format(
        plain=words[plain],
        secure=words[secure],
        port=here.get("port", 80),
        method=next(iter(method), "enable"),
        trustpoint=here.get("secure-trustpoint", self_signed),
        connections=here.get("max-connections", 300),
        idle=limits.get("idle", 180),
        life=limits.get("life", 180),
        requests=limits.get("requests", 25),
        session_idle=here.get("session-idle-timeout", 600),
        secure_port=here.get("secure-port", 443),
        client_authentication=words[bool(here.get("secure-client-auth"))],
    )
    if not everything:
        return text
    # source: service-outputs (with the secure server alone the modules are active on both)
    state = "Active" if plain or secure else "Inactive"
    modules = "\n".join(
        f"{name:<20} {at:<8} {state:<8} {state:<15} {what}"
        for at, (name, what) in enumerate(_SESSION_MODULES, 1)
    )
    return text + _MODULES.format(modules=modules)


def http_server_part(root: Tree, part: str, self_signed: str) -> str:
    """A part of `show ip http server all`, by the title it begins with.

    # assumed: alone it is as among the others
    """
    whole = http_server(root, True, self_signed)
    if part == "secure":
        lines = whole.partition("\n\n")[0].splitlines()
        begin = next(at for at, line in enumerate(lines) if line.startswith("HTTP secure server"))
        return "\n".join(lines[begin:])
    _, title, rest = whole.partition(f"HTTP server {part}:")
    return (title + rest.partition("\n\n")[0]).rstrip("\n")


def ip_ssh(root: Tree) -> str:
    """`show ip ssh`; the algorithms are those that are configured. # source: ssh-show"""
    here: Tree = get(root, ("native", "ip", "ssh"), EMPTY)
    chosen: Tree = get(here, ("server", "algorithm"), EMPTY)
    titles = {"hostkey": "Hostkey", "encryption": "Encryption", "mac": "MAC", "kex": "KEX"}
    return "\n".join(
        [
            "SSH Enabled - version 2.0",
            "Authentication methods:keyboard-interactive,password",
            *(
                f"{title} Algorithms:{','.join(str(chosen[name]).split())}"
                for name, title in titles.items()
                if name in chosen
            ),
            f"Authentication timeout: {here.get('time-out', 120)} secs; "
            f"Authentication retries: {here.get('authentication-retries', 3)}",
        ]
    )


def netconf_status(root: Tree) -> str:
    """`show netconf-yang status`."""
    feature = get(root, ("native", "netconf-yang-feature", "candidate-datastore"))
    on = get(root, ("native", "netconf-yang"))
    return (
        f"netconf-yang: {'enabled' if on else 'disabled'}\n"
        f"netconf-yang candidate-datastore: {'enabled' if feature else 'disabled'}\n"
        "netconf-yang side-effect-sync: enabled\n"
        f"netconf-yang ssh port: {get(root, ('emulator', 'netconf-yang', 'ssh', 'port'), 830)}\n"
        "netconf-yang turbocli: disabled\n"
        "netconf-yang ssh hostkey algorithms: rsa-sha2-256,rsa-sha2-512,ssh-rsa\n"
        # source: netconf-ssh (the algorithms); assumed: how these three lines begin
        "netconf-yang ssh encryption algorithms: "
        "aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,aes256-cbc\n"
        "netconf-yang ssh MAC algorithms: hmac-sha2-256,hmac-sha2-512,hmac-sha1\n"
        "netconf-yang ssh KEX algorithms: diffie-hellman-group14-sha1,"
        "diffie-hellman-group14-sha256,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
        "diffie-hellman-group16-sha512"
    )
