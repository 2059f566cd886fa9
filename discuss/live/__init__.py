"""How changes reach people: the doorbell rings, the hub reads the log and writes to every open page."""
