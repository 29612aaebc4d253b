"""Configuration commands that need more than `=>`: secrets are hashed, interfaces must exist.

The rules are in agent/device/config_edits.py, which reads whole configurations too; here they get
the session's device and chance for salts.
"""

from __future__ import annotations

from collections.abc import Mapping

from agent.cli.reply import Args, Change, Context, Handler, Reply, Result, Wrong
from agent.core.secrets import new_salt
from agent.device.config_edits import BASE, EDITORS, Editor, Told, Unusable
from yang.tree import Edit, apply


def _handler(editor: Editor) -> Handler:
    def configure(context: Context, args: Args) -> Result:
        """One change, or one for each interface of a range; a refusal ends the range there."""
        device = context.device
        chance = device.salts()
        root = device.datastore.running
        edits: tuple[Edit, ...] = ()
        said: list[str] = []
        for base in context.session.all_bases:
            changes = editor(root, {**args, BASE: base}, lambda: new_salt(chance))
            if isinstance(changes, Unusable):
                return Wrong(changes.tail)
            if isinstance(changes, str):
                said.append(changes)
                break
            new = changes.edits if isinstance(changes, Told) else changes
            said += [changes.says] if isinstance(changes, Told) else []
            root, edits = apply(root, new), (*edits, *new)
        text = "\n".join(said)
        return Change(edits, text) if edits else Reply(text)

    return configure


HANDLERS: Mapping[str, Handler] = {name: _handler(editor) for name, editor in EDITORS.items()}
