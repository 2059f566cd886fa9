"""Accounts: what allauth is told, how log-ins are counted, and how sessions go on and end."""
