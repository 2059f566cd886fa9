"""Pictures of all samples in every look, theme and width, compared with those that were approved."""
