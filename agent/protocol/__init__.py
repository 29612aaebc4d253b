"""The licensing protocol both sides speak: messages, their bytes, their signatures.

The agent and the counterparts share this package and no behaviour.
"""
