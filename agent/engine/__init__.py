"""The Smart Agent: a pure state machine, handle(event, now) -> actions, next_deadline()."""
