"""Placing the call: what the dispatcher needs of any carrier, and the carriers that offer it."""
