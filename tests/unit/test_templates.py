"""Which texts a business may use for its notices."""

import pytest

from bot.wording import LANGUAGES, default
from bot.wording.examples import example
from bot.wording.templates import allowed, editable, placeholders, trouble_of

GOOD = "{business}: your call {when}. {link}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", editable("ja"))
def test_every_default_could_be_saved_as_it_is(name: str, language: str) -> None:
    assert trouble_of(name, language, default(name, language)) is None
    assert allowed(name) <= example(name, language).keys()


@pytest.mark.parametrize(
    ("text", "fault", "names"),
    [
        (GOOD, None, ()),
        (" \n ", "empty", ()),
        ("{business} {when} {link", "braces", ()),
        ("{business} {when} {link.__class__}", "braces", ()),
        ("{business} {when} {link!r}", "braces", ()),
        ("{business} {when:>99999999} {link}", "braces", ()),
        ("{business} {when} {link} {}", "braces", ()),
        ("{business} {when} {link} {0}", "braces", ()),
        (GOOD + "\x07", "braces", ()),
        (GOOD + " {nam}", "unknown", ("nam",)),
        (GOOD + " {code}", "unknown", ("code",)),
        ("{business}: your call {when}.", "missing", ("link",)),
        ("your call", "missing", ("business", "link", "when")),
        (GOOD + " {{really}}", None, ()),
        (GOOD + " Reply CANCEL to cancel.", "opt_out", ()),
        (GOOD + " reply stop to end it", "opt_out", ()),
        (GOOD + " Text us back with 'quit'.", "opt_out", ()),
        (GOOD + " ＣＡＮＣＥＬ", "opt_out", ()),
        (GOOD + " 中止は「停止」とご返信ください", "opt_out", ()),
        (GOOD + " 取り消しはキャンセルと返信", "opt_out", ()),
        (GOOD + " 取消: 解除とお送りください", "opt_out", ()),
        (GOOD + " To cancel, open the link.", None, ()),
        (GOOD + " 変更・取消・キャンセルはリンクから", None, ()),
        (GOOD + " あ" * 400, "too_long", ()),
    ],
)
def test_a_text_is_refused_for_what_is_wrong_with_it(text: str, fault: str | None, names: tuple[str, ...]) -> None:
    trouble = trouble_of("notices.reminder", "en", text)
    assert (trouble and trouble.fault, trouble.placeholders if trouble else ()) == (fault, names)


def test_a_subject_is_one_line() -> None:
    trouble = trouble_of("email.subject", "en", "{business} {when}\nBcc: somebody@example.com")
    assert trouble is not None
    assert trouble.fault == "one_line"


def test_how_messages_are_switched_off_is_not_for_a_business_to_word() -> None:
    assert not {"notices.help", "notices.opted_out", "notices.opted_in"} & set(editable("ja"))


def test_braces_are_read_as_they_are_filled() -> None:
    assert placeholders("{a} {{b}} {c_d}") == {"a", "c_d"}
    assert placeholders("{a[0]}") is None
