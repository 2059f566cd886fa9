"""How the database is talked to, fast: worker threads, batches, statements that are compiled once."""
