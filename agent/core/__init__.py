"""Values that every floor shares: instants, releases, UDIs, system messages, errors."""
