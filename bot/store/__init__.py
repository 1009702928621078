"""The only SQL. Functions take a transaction, so that a use case decides what belongs together."""
