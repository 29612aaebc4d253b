"""`crypto ...` of configuration: certificates pasted as hexadecimal or base64 text, keys.

Sources: docs/sources.md, entries pki-config, pki-dialogues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.cli.handlers.system import yes_or_no
from agent.cli.reply import Args, Ask, Change, Context, Handler, Reply, Result
from agent.device.certificates import (
    LIMIT,
    Kept,
    chains,
    describe,
    drop,
    keep,
    read_base64,
    read_text,
)
from agent.device.config import hostname
from yang.tree import Edit, Entry, Path, Tree, get

# source: pki-dialogues
BAD_CERTIFICATE = "% Error in saving certificate: status = FAIL"
ENROLLED = (
    "% Removing an enrolled trustpoint will destroy all certificates\n"
    "received from the related Certificate Authority.\n\n"
    "Are you sure you want to do this? [yes/no]: "
)
CHAIN = (
    "This will remove all certificates for trustpoint {}\n"
    "Are you sure you want to do this? [yes/no]: "
)
# source: pki-dialogues # assumed: NO_ENROLLMENT, NO_AUTHORITY, NOT_AUTHENTICATED
PASTE = (
    "\nEnter the base 64 encoded {}.\n"
    'End with a blank line or the word "quit" on a line by itself\n\n'
)
ACCEPTED = "Trustpoint CA certificate accepted.\n% Certificate successfully imported\n"
NOT_DEFINED = "% CA trustpoint {} is not defined."
AUTHENTICATED = (
    "% Please delete your existing CA certificate first.\n"
    "% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate."
)
NO_ANSWER = (
    "% Error in receiving Certificate Authority certificate: status = FAIL, cert length = 0\n"
)
NO_ENROLLMENT = "% No enrollment method is configured for this trustpoint."
NO_AUTHORITY = "% The certificate is not that of a CA."
NOT_AUTHENTICATED = (
    "% You must authenticate the Certificate Authority before\n"
    "you can import the router's certificate."
)
PLEASE = "% Please answer 'yes' or 'no'.\n"
_KEYS: Path = ("emulator", "crypto", "key")


def certificate(context: Context, args: Args) -> Result:
    """`certificate [ca|self-signed] SERIAL`: lines of hexadecimal digits until `quit`."""
    session, trustpoint = context.session, _trustpoint(context)
    host = session.prompt.partition("(")[0]
    return _more(f"{host}(config-pki-hexmode)#", trustpoint, args, ())


def _more(prompt: str, trustpoint: str, args: Args, lines: tuple[str, ...]) -> Result:
    def typed(line: str) -> Result:
        if line.strip().lower() != "quit":
            full = sum(map(len, lines)) > LIMIT
            return _more(prompt, trustpoint, args, lines if full else (*lines, line))
        der = read_text(lines)
        if der is None:
            return Reply(BAD_CERTIFICATE)
        return Change(keep(trustpoint, str(args["kind"]), str(args["serial"]), der))

    return Ask(prompt, typed)


# --- certificates pasted as base64 ------------------------------------------------------------


def authenticate(context: Context, args: Args) -> Result:
    """`crypto pki authenticate X`: the CA certificate is pasted, shown and accepted."""
    name, root = str(args["trustpoint"]), context.device.datastore.running
    row: Tree | None = get(root, ("native", "crypto", "pki", Entry("trustpoint", name)))
    if row is None:
        return Reply(NOT_DEFINED.format(name))
    if any(kept.trustpoint == name and kept.kind == "ca" for kept in _kept(context)):
        return Reply(AUTHENTICATED)
    if get(row, ("enrollment", "terminal")) is None:
        url = get(row, ("enrollment", "url"))
        return Reply(NO_ANSWER if url else NO_ENROLLMENT)

    def pasted(der: bytes) -> Result:
        says = describe(der)
        if not says.authority:
            return Reply(NO_AUTHORITY)
        question = (
            "Certificate has the following attributes:\n"
            f"       Fingerprint MD5: {says.md5} \n"
            f"      Fingerprint SHA1: {says.sha1} \n\n"
            "% Do you accept this certificate? [yes/no]: "
        )
        accepted = Change(keep(name, "ca", says.serial, der), ACCEPTED)
        return _sure(question, accepted)

    return _pasted("CA certificate", (), pasted)


def import_certificate(context: Context, args: Args) -> Result:
    """`crypto pki import X certificate`: the device's own certificate is pasted."""
    name, root = str(args["trustpoint"]), context.device.datastore.running
    if get(root, ("native", "crypto", "pki", Entry("trustpoint", name))) is None:
        return Reply(NOT_DEFINED.format(name))
    if not any(kept.trustpoint == name and kept.kind == "ca" for kept in _kept(context)):
        return Reply(NOT_AUTHENTICATED)

    def pasted(der: bytes) -> Result:
        return Change(
            keep(name, "general", describe(der).serial, der),
            "% Router Certificate successfully imported\n",
        )

    return _pasted("certificate", (), pasted)


def _kept(context: Context) -> Iterator[Kept]:
    device = context.device
    return chains(device.datastore.running, next(iter(device.agent.state.anchors), ""))


def _pasted(what: str, lines: tuple[str, ...], then: Callable[[bytes], Result]) -> Result:
    """Read lines of base64 until an empty one or `quit`."""

    def typed(line: str) -> Result:
        word = line.strip()
        if word and word.lower() != "quit":
            full = sum(map(len, lines)) > LIMIT
            return _pasted(what, lines if full else (*lines, word), then)
        if not lines:
            return _pasted(what, (), then) if not word else Reply(BAD_CERTIFICATE)
        der = read_base64(lines)
        return Reply(BAD_CERTIFICATE) if der is None else then(der)

    asked = PASTE.format(what) if not lines else ""
    return Ask(asked, typed)


def no_certificate(context: Context, args: Args) -> Result:
    """`no certificate ... SERIAL`."""
    return Change(drop(_trustpoint(context), str(args["serial"])))


def no_chain(context: Context, args: Args) -> Result:
    """`no crypto pki certificate chain X`."""
    name = str(args["trustpoint"])
    return _sure(CHAIN.format(name), Change(drop(name)))


def no_trustpoint(context: Context, args: Args) -> Result:
    """`no crypto pki trustpoint X`: asks where certificates would go with it."""
    name = str(args["trustpoint"])
    root = context.device.datastore.running
    if get(root, ("native", "crypto", "pki", Entry("trustpoint", name))) is None:
        return Reply(NOT_DEFINED.format(name))
    gone = (Edit("delete", ("native", "crypto", "pki", Entry("trustpoint", name))), *drop(name))
    enrolled = get(root, ("native", "crypto", "pki", "certificate", Entry("chain", name)))
    return _sure(ENROLLED, Change(gone)) if enrolled else Change(gone)


def _sure(question: str, change: Change) -> Result:
    def answered(given: str) -> Result:
        match yes_or_no(given):
            case True:
                return change
            case False:
                return Reply()
        return Ask(PLEASE + question, answered)

    return Ask(question, answered)


def generate_rsa(context: Context, args: Args) -> Result:
    """`crypto key generate rsa [label L] [modulus N]`: asks for the length where none is given.

    # assumed: the time it takes
    """
    device = context.device
    root = device.datastore.running
    domain = get(root, ("native", "ip", "domain", "name"))
    name = hostname(root, device.profile)
    label = args.get("label") or (f"{name}.{domain}" if domain else None)
    if label is None:
        return Reply("% Please define a domain-name first.")
    head = f"The name for the keys will be: {label}\n"
    if "bits" in args:
        return _generated(head, str(label), int(args["bits"]))
    return _length_asked(head, str(label))


def _length_asked(head: str, label: str) -> Result:
    def answered(given: str) -> Result:
        word = given.strip() or "1024"
        bits = int(word) if word.isascii() and word.isdigit() and len(word) < 6 else 0
        if not 512 <= bits <= 4096:
            return _length_asked("% A decimal number between 512 and 4096.\n", label)
        return _generated("", label, bits)

    return Ask(
        f"{head}Choose the size of the key modulus in the range of 512 to 4096 for your\n"
        "  General Purpose Keys. Choosing a key modulus greater than 512 may take\n"
        "  a few minutes.\n\nHow many bits in the modulus [1024]: ",
        answered,
    )


def _generated(head: str, label: str, bits: int) -> Result:
    path: Path = (*_KEYS, Entry("rsa", label), "modulus")
    return Change(
        (Edit("set", path, bits),),
        f"{head}\n% The key modulus size is {bits} bits\n"
        f"% Generating {bits} bit RSA keys, keys will be non-exportable...\n"
        "[OK] (elapsed time was 1 seconds)\n",
    )


def zeroize_rsa(context: Context, args: Args) -> Result:
    """`crypto key zeroize rsa [LABEL]`."""
    label = args.get("label")
    root = context.device.datastore.running
    if label and get(root, (*_KEYS, Entry("rsa", str(label)))) is None:
        return Reply(f"% No RSA keys found with label {label}.")
    if not get(root, (*_KEYS, "rsa")):
        return Reply("% No Signature RSA Keys found in configuration.")
    path: Path = (*_KEYS, Entry("rsa", str(label))) if label else (*_KEYS, "rsa")
    which = f"RSA key pair '{label}'" if label else "all router certs issued using these keys"
    question = (
        "% All keys will be removed.\n"
        f"% {which} will also be removed.\nDo you really want to remove these keys? [yes/no]: "
    )
    return _sure(question, Change((Edit("delete", path),)))


def _trustpoint(context: Context) -> str:
    """The trustpoint whose chain is open."""
    step = context.session.base[-1]
    return step.key if isinstance(step, Entry) else step


HANDLERS: dict[str, Handler] = {
    "pki.authenticate": authenticate,
    "pki.import_certificate": import_certificate,
    "pki.certificate": certificate,
    "pki.generate_rsa": generate_rsa,
    "pki.no_certificate": no_certificate,
    "pki.no_chain": no_chain,
    "pki.no_trustpoint": no_trustpoint,
    "pki.zeroize_rsa": zeroize_rsa,
}
