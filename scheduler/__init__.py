"""The bell: APScheduler rings the ticks; the database decides what is due and who may do it."""
