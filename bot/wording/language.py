"""Which of our languages a message is in, judged by its script and, for Latin letters, by common words."""

import re

from bot.booking.when import Language

JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f]")
WORDS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z']+(?![A-Za-z0-9])")
"""Letters between digits are no words: the A of a reference such as A7Q4MN is not English."""
COMMON_ENGLISH = frozenset(
    "i i'm my me we you your is are am the a an and or not no yes please hi hello hey call callback back today "
    "tomorrow morning afternoon evening tonight at on in for about with it it's this that thanks thank cancel "
    "change can could would like want need have has when what how why monday tuesday wednesday thursday friday "
    "next week any sure okay skip".split()
)


def detect(text: str, *, current: Language) -> Language:
    """The message's language; `current` where it does not tell, as with numbers, a name or "OK"."""
    if JAPANESE.search(text):
        return "ja"
    words = [word.lower() for word in WORDS.findall(text)]
    if len(words) >= 4 or any(word in COMMON_ENGLISH for word in words):
        return "en"
    return current
