"""Every fault at once, in virtual time and from a seed: what must be survived without a double or a lost call."""
