"""Every kind of terminal: what it is sent, and what it is left with."""
