"""What pages and feeds read, each in as few statements as it takes. It runs in worker threads."""
