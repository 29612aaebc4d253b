"""The device around the agent: configuration, files, journal; and the fleet that holds devices."""
