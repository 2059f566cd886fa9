"""What is allowed: pure functions, which know neither the database nor who asks."""
