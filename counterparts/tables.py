"""The tables of the counterparts' records, and the statements on them, built once.

CSSM and CSLU each have a database of their own; settings and product instances stand in both.
A table added later is made when an older database is opened.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert

from counterparts.repository import ParcelState

OPEN_STATES = (ParcelState.TO_FORWARD.value, ParcelState.AT_CSSM.value)

CSSM_META = sa.MetaData()
CSLU_META = sa.MetaData()


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _instance_table(meta: sa.MetaData) -> sa.Table:
    return sa.Table(
        "product_instance",
        meta,
        _text("pid", key=True),
        _text("sn", key=True),
        _text("hostname"),
        _text("software_tag"),
        _text("product_instance_identifier"),
        _number("first_contact"),
        _number("last_contact"),
        _text("alert"),
        _number("alert_time"),
        _number("trust_proved", null=True),
    )


def _setting_table(meta: sa.MetaData) -> sa.Table:
    return sa.Table("setting", meta, _text("name", key=True), _text("value"))


USAGE = sa.Table(
    "usage",
    CSSM_META,
    _text("pid", key=True),
    _text("sn", key=True),
    _number("report_id", key=True),
    _text("payload_sha256"),
    _text("entitlement_tag"),
    _number("count"),
    _number("start"),
    _number("end"),
    _number("received"),
    _text("signing_type"),
)
TRUST = sa.Table(
    "trust",
    CSSM_META,
    _number("trust_id", key=True),
    _text("pid"),
    _text("sn"),
    _text("request_nonce"),
    _text("csr"),
    _text("id_cert"),
    _number("valid_from"),
    _number("valid_to"),
    sa.Index("trust_request", "pid", "sn", "request_nonce"),
)
UPLOAD = sa.Table(
    "upload",
    CSSM_META,
    _number("poll_id", key=True),
    _text("pid", key=True),
    _text("sn", key=True),
    _text("software_tag"),
    _number("received"),
    _number("ready"),
    _text("licence_file"),
    sa.Index("upload_of", "pid", "sn", "poll_id"),
)
AUTHORIZATION = sa.Table(
    "authorization",
    CSSM_META,
    _text("pid", key=True),
    _text("sn", key=True),
    _text("date_stamp", key=True),
    _text("correlation_id"),
    _text("tags"),
    sa.Column("returned", sa.Boolean, nullable=False),
)
TOKEN = sa.Table(
    "token",
    CSSM_META,
    _text("token", key=True),
    _text("description"),
    _number("created"),
    _number("expires"),
    _number("max_uses"),
    _number("used"),
)
NONCE = sa.Table(
    "nonce",
    CSSM_META,
    _text("pid", key=True),
    _text("sn", key=True),
    _text("nonce", key=True),
    _number("received"),
    sa.Index("nonce_received", "received"),
)
PARCEL = sa.Table(
    "parcel",
    CSLU_META,
    _number("poll_id", key=True),
    _text("pid"),
    _text("sn"),
    _text("nonce"),
    _text("state"),
    _text("body"),
    _number("received"),
    _number("due", null=True),
    _number("attempts"),
    _number("cssm_poll_id"),
    _text("licence_file"),
    sa.Column("delivered", sa.Boolean, nullable=False),
    _text("message"),
    sa.Index("parcel_nonce", "pid", "sn", "nonce"),
    sa.Index("parcel_due", "due"),
)
PULLED = sa.Table(
    "pulled_instance",
    CSLU_META,
    _text("address", key=True),
    _text("host"),
    _number("port"),
    _text("method"),
    _text("username"),
    _text("password"),
    _number("ssh_port"),
    sa.Column("plain", sa.Boolean, nullable=False),
    _text("pid"),
    _text("sn"),
    _text("status"),
    _number("status_time"),
    sa.Column("failed", sa.Boolean, nullable=False),
    _number("collected", null=True),
)


for _meta in (CSSM_META, CSLU_META):
    _setting_table(_meta)
    _instance_table(_meta)


# --- statements, built once ------------------------------------------------------------------


@cache
def upsert(table: sa.Table) -> Insert:
    """Insert a row, or replace the one with its key."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def of_udi(table: sa.Table) -> sa.Select[Any]:
    """The rows of one device."""
    ours = sa.and_(table.c.pid == given("pid"), table.c.sn == given("sn"))
    return sa.select(table).where(ours)


def given(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name)


def last(query: sa.Select[Any], column: sa.Column[Any]) -> sa.Select[Any]:
    return query.order_by(column.desc()).limit(1)


SETTING = {
    kind: sa.select(meta.tables["setting"].c.value).where(
        meta.tables["setting"].c.name == given("name")
    )
    for kind, meta in (("cssm", CSSM_META), ("cslu", CSLU_META))
}
USAGE_BY_ID = of_udi(USAGE).where(USAGE.c.report_id == given("report_id"))
TRUST_BY_ID = of_udi(TRUST).where(TRUST.c.trust_id == given("trust_id"))
TRUST_FOR = last(of_udi(TRUST).where(TRUST.c.request_nonce == given("nonce")), TRUST.c.trust_id)
LAST_AUTHORIZATION = last(of_udi(AUTHORIZATION), AUTHORIZATION.c.date_stamp)
NONCE_SEEN = of_udi(NONCE).where(NONCE.c.nonce == given("nonce"))
LAST_UPLOAD = last(sa.select(UPLOAD), UPLOAD.c.poll_id)
LAST_UPLOAD_OF = last(of_udi(UPLOAD), UPLOAD.c.poll_id)
UPLOADS = (
    sa.select(UPLOAD)
    .where(UPLOAD.c.poll_id == given("poll_id"))
    .order_by(UPLOAD.c.pid, UPLOAD.c.sn)
)
UPLOAD_BEFORE = last(of_udi(UPLOAD).where(UPLOAD.c.poll_id < given("poll_id")), UPLOAD.c.poll_id)
DONE = PARCEL.c.state == ParcelState.DONE.value
PARCEL_BY_ID = sa.select(PARCEL).where(PARCEL.c.poll_id == given("poll_id"))
PARCEL_WITH_NONCE = of_udi(PARCEL).where(PARCEL.c.nonce == given("nonce")).limit(1)
PARCEL_BEFORE = last(
    of_udi(PARCEL).where(DONE, PARCEL.c.poll_id < given("poll_id")), PARCEL.c.poll_id
)
PARCEL_OF_ANOTHER = last(
    sa.select(PARCEL).where(DONE, sa.or_(PARCEL.c.pid != given("pid"), PARCEL.c.sn != given("sn"))),
    PARCEL.c.poll_id,
)
UNDELIVERED = of_udi(PARCEL).where(DONE, ~PARCEL.c.delivered).order_by(PARCEL.c.poll_id)
DUE = sa.select(PARCEL).where(PARCEL.c.due <= given("now")).order_by(PARCEL.c.due, PARCEL.c.poll_id)
NEXT_DUE = sa.select(sa.func.min(PARCEL.c.due))
ALL_PULLED = sa.select(PULLED).order_by(PULLED.c.address)
