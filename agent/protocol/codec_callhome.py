"""The Call Home wrapper: a SOAP document whose attachment is the envelope of `codec_envelope`.

`wrap_request` makes what a device posts, `wrap_reply` what a server answers with; both name the
attachment and the kind of message. Reading takes the attachment alone and ignores the rest.
Sources: docs/sources.md, entry callhome-wrapper. Kind and name of the reply are ours.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from agent.core.clock import SECOND, Instant
from agent.protocol.codec_fields import MAX_BODY, MessageError, ReturnCode

REQUEST, REPLY = "smart_licensing_data", "smart_licensing_response"
CONTENT_TYPE = "text/xml"
_KIND = "http://www.cisco.com/2005/05/callhome/smartlicensing"
_DOCUMENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<soap-env:Envelope xmlns:soap-env="http://www.w3.org/2003/05/soap-envelope">
<soap-env:Header>
<aml-session:Session xmlns:aml-session="http://www.cisco.com/2004/01/aml-session" \
soap-env:mustUnderstand="true" \
soap-env:role="http://www.w3.org/2003/05/soap-envelope/role/next">
<aml-session:To>http://tools.cisco.com/neddce/services/DDCEService</aml-session:To>
<aml-session:Path><aml-session:Via>http://www.cisco.com/appliance/uri</aml-session:Via>\
</aml-session:Path>
<aml-session:From>http://www.cisco.com/appliance/uri</aml-session:From>
<aml-session:MessageId>M{number}:{serial}:{epoch:X}</aml-session:MessageId>
</aml-session:Session>
</soap-env:Header>
<soap-env:Body>
<aml-block:Block xmlns:aml-block="http://www.cisco.com/2004/01/aml-block">
<aml-block:Header>
<aml-block:Type>{kind}</aml-block:Type>
<aml-block:CreationDate>{created} GMT+00:00</aml-block:CreationDate>
<aml-block:Builder><aml-block:Name>{name}</aml-block:Name>\
<aml-block:Version>2.0</aml-block:Version></aml-block:Builder>
<aml-block:BlockGroup><aml-block:GroupId>G{number}:{serial}:{epoch:X}</aml-block:GroupId>\
<aml-block:Number>0</aml-block:Number><aml-block:IsLast>true</aml-block:IsLast>\
<aml-block:IsPrimary>true</aml-block:IsPrimary>\
<aml-block:WaitForPrimary>false</aml-block:WaitForPrimary></aml-block:BlockGroup>
<aml-block:Severity>2</aml-block:Severity>
</aml-block:Header>
<aml-block:Content><ch:CallHome xmlns:ch="http://www.cisco.com/2005/05/callhome" version="1.0"/>\
</aml-block:Content>
<aml-block:Attachments>
<aml-block:Attachment type="inline">
<aml-block:Name>{attachment}</aml-block:Name>
<aml-block:Data encoding="plain">{text}</aml-block:Data>
</aml-block:Attachment>
</aml-block:Attachments>
</aml-block:Block>
</soap-env:Body>
</soap-env:Envelope>
"""


def wrap_request(envelope: bytes, pid: str, serial: str, number: int, now: Instant) -> bytes:
    """What a device posts; `number` counts its messages, `now` is the time it writes."""
    return _wrapped(REQUEST, envelope, pid, serial, number, now)


def wrap_reply(envelope: bytes, now: Instant) -> bytes:
    """What a server answers with."""
    return _wrapped(REPLY, envelope, "SSM", "SSM", 1, now)


def unwrap(body: bytes, attachment: str) -> bytes:
    """The text of the attachment of this name. Raises MessageError, and nothing else."""
    from lxml import etree

    if len(body) > MAX_BODY:
        raise MessageError(ReturnCode.PARSE, "the message is too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = str(error).splitlines() or ["no text"]
        raise MessageError(ReturnCode.PARSE, f"not a Call Home message: {reason[0]}") from None
    if b"<!DOCTYPE" in body:
        raise MessageError(ReturnCode.PARSE, "a Call Home message has no document type")
    for element in itertools.islice(root.iter("{*}Attachment"), 16):
        name = str(element.findtext("{*}Name", ""))
        if name.strip() == attachment:
            return str(element.findtext("{*}Data", "")).encode()
    raise MessageError(ReturnCode.MISSING_FIELD, f"the attachment {attachment} is missing")


def _wrapped(
    attachment: str, envelope: bytes, name: str, serial: str, number: int, now: Instant
) -> bytes:
    seconds = now // SECOND
    created = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    document = _DOCUMENT.format(
        number=number,
        serial=escape(serial),
        epoch=seconds,
        kind=_KIND,
        created=created,
        name=escape(name),
        attachment=attachment,
        text=escape(envelope.decode("utf-8")),
    )
    return document.encode()
