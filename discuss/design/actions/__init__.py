"""What happens in a play: each step of its scene, through the actions of everybody."""
