"""Who DiscussIt is measured against: `choose` has the list."""
