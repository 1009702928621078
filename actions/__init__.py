"""What the assistant can do: an action reads the talk, calls one use case and tells Rasa what follows."""
