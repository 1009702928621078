"""Orikaeshi: takes the wish for a callback in a chat and keeps the promise on the phone."""

__version__ = "0.1.0"
