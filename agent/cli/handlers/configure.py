"""Configuration commands that need more than `=>`: secrets are hashed, interfaces must exist.

The rules are in agent/device/config_edits.py, which reads whole configurations too; here they get
the session's device and chance for salts.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.cli.reply import Args, Change, Context, Handler, Reply, Result, Wrong
from agent.core.secrets import new_salt
from agent.device.config_edits import BASE, EDITORS, Editor, Told, Unusable


def _handler(editor: Editor) -> Handler:
    def configure(context: Context, args: Args) -> Result:
        device = context.device
        chance = device.salts()
        args = {**args, BASE: context.session.base}
        changes = editor(device.datastore.running, args, lambda: new_salt(chance))
        match changes:
            case str():
                return Reply(changes)
            case Unusable(tail):
                return Wrong(tail)
            case Told(edits, says):
                return Change(edits, says)
            case _:
                return Change(changes)

    return configure


HANDLERS: Mapping[str, Handler] = {name: _handler(editor) for name, editor in EDITORS.items()}
