"""Python's collector of circular garbage, told what a dispatcher is like: little of its own stays, and a burst makes a
hundred thousand small objects at once, none of them in a circle. Looking for circles took a fifth of a burst."""

import gc

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 would look 150 times in a burst of ten thousand; so many small objects take less than 10 MB."""


def rarely() -> None:
    """Leave out for good what exists by now, and look at the rest more rarely: called when everything is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
