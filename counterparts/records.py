"""The counterparts' records in SQL: one SQLite database each, in a file or in memory.

A transaction commits before a reply leaves; with write-ahead logging a killed process loses
nothing that was committed. The schema has a version row: a database of another version, of another
counterpart or a damaged file is refused with an InputError that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.pool import StaticPool

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from counterparts.repository import (
    IssuedTrust,
    Parcel,
    ParcelState,
    ProductInstance,
    Upload,
    Usage,
)

SCHEMA_VERSION = "1"
IN_MEMORY = "sqlite://"
_OPEN_STATES = (ParcelState.TO_FORWARD.value, ParcelState.AT_CSSM.value)

Row = TypeVar("Row", ProductInstance, Usage, IssuedTrust, Upload, Parcel)

_META = sa.MetaData()
_CSSM_META = sa.MetaData()
_CSLU_META = sa.MetaData()


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


_USAGE = sa.Table(
    "usage",
    _CSSM_META,
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
_TRUST = sa.Table(
    "trust",
    _CSSM_META,
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
_UPLOAD = sa.Table(
    "upload",
    _CSSM_META,
    _number("poll_id", key=True),
    _text("pid", key=True),
    _text("sn", key=True),
    _text("software_tag"),
    _number("received"),
    _number("ready"),
    _text("licence_file"),
    sa.Index("upload_of", "pid", "sn", "poll_id"),
)
_PARCEL = sa.Table(
    "parcel",
    _CSLU_META,
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


for _meta in (_CSSM_META, _CSLU_META):
    _setting_table(_meta)
    _instance_table(_meta)


# --- statements, built once ------------------------------------------------------------------


@cache
def _upsert(table: sa.Table) -> Insert:
    """Insert a row, or replace the one with its key."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=rest)


@cache
def _of_udi(table: sa.Table) -> sa.Select[Any]:
    """The rows of one device."""
    ours = sa.and_(table.c.pid == _given("pid"), table.c.sn == _given("sn"))
    return sa.select(table).where(ours)


def _given(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name)


def _last(query: sa.Select[Any], column: sa.Column[Any]) -> sa.Select[Any]:
    return query.order_by(column.desc()).limit(1)


_SETTING = {
    kind: sa.select(meta.tables["setting"].c.value).where(
        meta.tables["setting"].c.name == _given("name")
    )
    for kind, meta in (("cssm", _CSSM_META), ("cslu", _CSLU_META))
}
_USAGE_BY_ID = _of_udi(_USAGE).where(_USAGE.c.report_id == _given("report_id"))
_TRUST_BY_ID = _of_udi(_TRUST).where(_TRUST.c.trust_id == _given("trust_id"))
_TRUST_FOR = _last(
    _of_udi(_TRUST).where(_TRUST.c.request_nonce == _given("nonce")), _TRUST.c.trust_id
)
_UPLOADS = (
    sa.select(_UPLOAD)
    .where(_UPLOAD.c.poll_id == _given("poll_id"))
    .order_by(_UPLOAD.c.pid, _UPLOAD.c.sn)
)
_UPLOAD_BEFORE = _last(
    _of_udi(_UPLOAD).where(_UPLOAD.c.poll_id < _given("poll_id")), _UPLOAD.c.poll_id
)
_DONE = _PARCEL.c.state == ParcelState.DONE.value
_PARCEL_BY_ID = sa.select(_PARCEL).where(_PARCEL.c.poll_id == _given("poll_id"))
_PARCEL_WITH_NONCE = _of_udi(_PARCEL).where(_PARCEL.c.nonce == _given("nonce")).limit(1)
_PARCEL_BEFORE = _last(
    _of_udi(_PARCEL).where(_DONE, _PARCEL.c.poll_id < _given("poll_id")), _PARCEL.c.poll_id
)
_PARCEL_OF_ANOTHER = _last(
    sa.select(_PARCEL).where(
        _DONE, sa.or_(_PARCEL.c.pid != _given("pid"), _PARCEL.c.sn != _given("sn"))
    ),
    _PARCEL.c.poll_id,
)
_UNDELIVERED = _of_udi(_PARCEL).where(_DONE, ~_PARCEL.c.delivered).order_by(_PARCEL.c.poll_id)
_DUE = (
    sa.select(_PARCEL)
    .where(_PARCEL.c.due <= _given("now"))
    .order_by(_PARCEL.c.due, _PARCEL.c.poll_id)
)
_NEXT_DUE = sa.select(sa.func.min(_PARCEL.c.due))


class SqlRecords:
    """What both counterparts keep; the shared part of their records."""

    kind = ""
    meta: sa.MetaData

    def __init__(self, url: str) -> None:
        """Open or make the database at an SQLAlchemy URL. Raises InputError when it is no use."""
        self._url = url
        self._settings = self.meta.tables["setting"]
        self._instances = self.meta.tables["product_instance"]
        self._engine = sa.create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 2}
        )
        sa.event.listen(self._engine, "connect", _prepare)
        try:
            self._connection = self._engine.connect()
            self._check_schema()
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise InputError(f"cannot be used: {error.orig}", where=url) from None
        except InputError:
            self.close()
            raise

    def close(self) -> None:
        """Give the database free."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when the block ends."""
        with self._connection.begin():
            yield

    def setting(self, name: str) -> str | None:
        query = _SETTING[self.kind]
        found = self._connection.execute(query, {"name": name}).scalar_one_or_none()
        return None if found is None else str(found)

    def set_setting(self, name: str, value: str) -> None:
        self._put(self._settings, {"name": name, "value": value})

    def take_number(self, name: str, first: int) -> int:
        """The next number of a series that starts with `first`."""
        key = f"next {name}"
        number = int(self.setting(key) or first)
        self.set_setting(key, str(number + 1))
        return number

    def instance(self, udi: Udi) -> ProductInstance | None:
        return self._one(ProductInstance, _of_udi(self._instances), pid=udi.pid, sn=udi.sn)

    def instances(self) -> list[ProductInstance]:
        table = self._instances
        return self._all(ProductInstance, sa.select(table).order_by(table.c.pid, table.c.sn))

    def save_instance(self, row: ProductInstance) -> None:
        self._put(self._instances, _columns(row))

    def _check_schema(self) -> None:
        tables = set(sa.inspect(self._connection).get_table_names())
        self._connection.rollback()
        with self.transaction():
            if not tables:
                self.meta.create_all(self._connection)
                self.set_setting("schema", f"{self.kind} {SCHEMA_VERSION}")
                return
            found = self.setting("schema") if "setting" in tables else None
        wanted = f"{self.kind} {SCHEMA_VERSION}"
        if found != wanted:
            what = f"holds records of {found or 'something else'!r}"
            raise InputError(what, where=self._url, allowed=f"{wanted!r}, or a new file")

    def _put(self, table: sa.Table, values: dict[str, Any]) -> None:
        """Insert a row or take its place."""
        self._connection.execute(_upsert(table), values)

    def _one(self, kind: type[Row], query: sa.Select[Any], **values: object) -> Row | None:
        found = self._connection.execute(query, values).mappings().first()
        return None if found is None else _row(kind, dict(found))

    def _all(self, kind: type[Row], query: sa.Select[Any], **values: object) -> list[Row]:
        rows = self._connection.execute(query, values).mappings()
        return [_row(kind, dict(found)) for found in rows]


class SqlCssmRecords(SqlRecords):
    """CSSM's records."""

    kind = "cssm"
    meta = _CSSM_META

    def usage(self, udi: Udi, report_id: int) -> Usage | None:
        return self._one(Usage, _USAGE_BY_ID, pid=udi.pid, sn=udi.sn, report_id=report_id)

    def all_usage(self) -> list[Usage]:
        order = (_USAGE.c.pid, _USAGE.c.sn, _USAGE.c.end, _USAGE.c.report_id)
        return self._all(Usage, sa.select(_USAGE).order_by(*order))

    def add_usage(self, row: Usage) -> None:
        self._put(_USAGE, _columns(row))

    def trust(self, udi: Udi, trust_id: int) -> IssuedTrust | None:
        return self._one(IssuedTrust, _TRUST_BY_ID, pid=udi.pid, sn=udi.sn, trust_id=trust_id)

    def trust_for(self, udi: Udi, request_nonce: str) -> IssuedTrust | None:
        """The code last issued for a request with this nonce."""
        return self._one(IssuedTrust, _TRUST_FOR, pid=udi.pid, sn=udi.sn, nonce=request_nonce)

    def add_trust(self, row: IssuedTrust) -> None:
        self._put(_TRUST, _columns(row))

    def uploads(self, poll_id: int) -> list[Upload]:
        return self._all(Upload, _UPLOADS, poll_id=poll_id)

    def upload_before(self, udi: Udi, poll_id: int) -> Upload | None:
        return self._one(Upload, _UPLOAD_BEFORE, pid=udi.pid, sn=udi.sn, poll_id=poll_id)

    def add_upload(self, row: Upload) -> None:
        self._put(_UPLOAD, _columns(row))

    def forget_uploads(self, before: Instant) -> None:
        """Delete the ACKs of uploads received before."""
        self._connection.execute(sa.delete(_UPLOAD).where(_UPLOAD.c.received < before))


class SqlCsluRecords(SqlRecords):
    """A CSLU's records."""

    kind = "cslu"
    meta = _CSLU_META

    def parcel(self, poll_id: int) -> Parcel | None:
        return self._one(Parcel, _PARCEL_BY_ID, poll_id=poll_id)

    def parcel_with_nonce(self, udi: Udi, nonce: str) -> Parcel | None:
        return self._one(Parcel, _PARCEL_WITH_NONCE, pid=udi.pid, sn=udi.sn, nonce=nonce)

    def parcel_before(self, udi: Udi, poll_id: int) -> Parcel | None:
        """The device's parcel before this one that has its ACK."""
        return self._one(Parcel, _PARCEL_BEFORE, pid=udi.pid, sn=udi.sn, poll_id=poll_id)

    def file_of_another(self, udi: Udi) -> str | None:
        """The newest ACK of any other device."""
        found = self._one(Parcel, _PARCEL_OF_ANOTHER, pid=udi.pid, sn=udi.sn)
        return found.licence_file if found else None

    def save_parcel(self, row: Parcel) -> None:
        self._put(_PARCEL, _columns(row))

    def undelivered(self, udi: Udi) -> list[Parcel]:
        """ACKs that wait for the device, oldest first."""
        return self._all(Parcel, _UNDELIVERED, pid=udi.pid, sn=udi.sn)

    def due_parcels(self, now: Instant) -> list[Parcel]:
        return self._all(Parcel, _DUE, now=now)

    def next_due(self) -> Instant | None:
        found = self._connection.execute(_NEXT_DUE).scalar_one()
        return None if found is None else int(found)

    def resume_parcels(self) -> None:
        """After a start: calls that were under way when the process ended are due again."""
        lost = sa.and_(_PARCEL.c.state.in_(_OPEN_STATES), _PARCEL.c.due.is_(None))
        self._connection.execute(sa.update(_PARCEL).where(lost).values(due=_PARCEL.c.received))

    def forget_parcels(self, before: Instant) -> None:
        """Delete parcels received before that are over: ACK handed out, or refused."""
        over = sa.or_(_PARCEL.c.delivered, _PARCEL.c.state == ParcelState.REFUSED.value)
        self._connection.execute(sa.delete(_PARCEL).where(over, _PARCEL.c.received < before))


def _prepare(connection: Any, _record: Any) -> None:
    """Quick and safe against a killed process; a crash of the machine may lose the last commits."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _columns(row: Any) -> dict[str, Any]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    udi: Udi = values.pop("udi")
    values["pid"], values["sn"] = udi.pid, udi.sn
    if "state" in values:
        values["state"] = values["state"].value
    return values


def _row(kind: type[Row], values: dict[str, Any]) -> Row:
    values["udi"] = Udi(values.pop("pid"), values.pop("sn"))
    if "state" in values:
        values["state"] = ParcelState(values["state"])
    return kind(**values)
