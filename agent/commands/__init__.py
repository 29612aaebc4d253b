"""The subcommands of `slp`: argument parsing and wiring."""
