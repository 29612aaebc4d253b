"""The IOS-like command line: sessions, editing, handlers and the views they print. No sockets."""
