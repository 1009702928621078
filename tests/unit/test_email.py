"""Addresses as customers type them, and e-mails as they leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.booking.email import AddressRefused, accept, masked
from bot.channels.email import EmailChannel, Mail
from bot.vendors.smtp import SmtpClient
from tests.support.clocks import TUESDAY

MAIL = Mail(
    subject="ご確認", text="こんにちは", language="ja", sender_name="みなと家電サポート",
    unsubscribe="https://call.example.jp/m/stop/x",
)  # fmt: skip
CHANNEL = EmailChannel(SmtpClient(host="127.0.0.1", port=1, security="none"), sender="callback@example.jp")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Yumi.Sato@Example.JP ", "Yumi.Sato@example.jp"),
        ("ｙｕｍｉ＠ｅｘａｍｐｌｅ．ｊｐ", "yumi@example.jp"),
        ("a+b@mail.example.co.jp", "a+b@mail.example.co.jp"),
    ],
)
def test_an_address_is_read_as_it_is_meant(typed: str, address: str) -> None:
    assert accept(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "yumi", "yumi@", "@example.jp", "yumi@example", "a@b@example.jp", "yumi@example.jp\r\nBcc: x@example.jp",
        "yumi@example.jp, x@example.jp", "Yumi <yumi@example.jp>", '"a b"@example.jp', "yumi@-example.jp",
        "yumi@[127.0.0.1]", "x" * 65 + "@example.jp", "a@" + "x" * 250 + ".jp", "佐藤@example.jp", "a b@example.jp",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(typed: str) -> None:
    with pytest.raises(AddressRefused):
        accept(typed)


@given(st.text())
def test_nothing_that_is_accepted_breaks_a_line_or_names_two(typed: str) -> None:
    try:
        address = accept(typed)
    except AddressRefused:
        return
    assert address.count("@") == 1
    assert address.isascii()
    assert not any(sign.isspace() or sign in ',;<>"' for sign in address)


def test_an_address_is_shown_to_whoever_knows_it() -> None:
    assert masked("yumi@example.jp") == "y•••@example.jp"


@given(st.text())
def test_no_text_becomes_a_header(subject: str) -> None:
    mail = Mail(subject=subject, text="x", language="ja", sender_name="x", unsubscribe=MAIL.unsubscribe)
    message = CHANNEL._message("yumi@example.jp", mail, message_id="1@example.jp", now=TUESDAY)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Content-Language", "Auto-Submitted", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    head = message.as_bytes().split(b"\r\n\r\n")[0]
    assert all(line[:1] in b" \t" or b":" in line for line in head.split(b"\r\n"))
