"""Where the outside comes in: sockets, terminals, name servers, disk and the wall clock."""
