"""Where people and machines come in: sockets and HTTP, their addresses, and what is refused at the door."""
