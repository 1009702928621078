"""The only door to the internet: the chat, the business API, the carrier's webhooks, the desk and the simulator."""
