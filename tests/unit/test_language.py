"""Which language a message is in."""

import pytest

from bot.booking.when import Language
from bot.wording.language import detect


@pytest.mark.parametrize(
    ("text", "current", "found"),
    [
        ("明日の15時にお願いします", "en", "ja"),
        ("はい", "en", "ja"),
        ("ﾊｲ", "en", "ja"),
        ("山田", "en", "ja"),
        ("OKです", "en", "ja"),
        ("Please call me tomorrow", "ja", "en"),
        ("yes", "ja", "en"),
        ("Cancel", "ja", "en"),
        ("Refrigerator broken since Monday", "ja", "en"),
        ("OK", "ja", "ja"),
        ("CS79AM", "ja", "ja"),
        ("受付番号 A2NO3M", "en", "ja"),
        ("OK", "en", "en"),
        ("Taro Yamada", "ja", "ja"),
        ("Taro Yamada", "en", "en"),
        ("090-1234-5678", "ja", "ja"),
        ("090-1234-5678", "en", "en"),
        ("15:00", "en", "en"),
        ("", "ja", "ja"),
        ("👍", "en", "en"),
        ("WF-1000XM5", "ja", "ja"),
    ],
)
def test_script_then_common_words_then_what_it_was(text: str, current: Language, found: Language) -> None:
    assert detect(text, current=current) == found
