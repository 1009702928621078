"""The commands behind the Makefile: set-up, training, the run, and what the tests need. No product code."""
