"""How DiscussIt is run for others: see docs/deploy.md."""
