"""NETCONF sessions: bytes in, bytes out. No sockets and no clock; `now` is an argument."""
