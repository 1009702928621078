"""The pure core: what a callback is, when one may be promised, and what follows from an outcome. No clock, no I/O."""
