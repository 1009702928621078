"""How the assistant is run (Python 3.10): nothing of the product imports it, and it imports nothing of it."""
