"""Time wishes: what a customer's sentence says about when to be called."""

from bot.booking.when.reader import read
from bot.booking.when.values import DEFAULT_PARTS, Exclusion, Language, PartsOfDay, Wish, Wishes

__all__ = ["DEFAULT_PARTS", "Exclusion", "Language", "PartsOfDay", "Wish", "Wishes", "read"]
