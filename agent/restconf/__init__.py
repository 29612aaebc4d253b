"""RESTCONF and the native licensing REST API: a request in, a response out."""
