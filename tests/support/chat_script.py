"""What the stand-in of the chat says: one booking, from the greeting to its cancellation, in both languages."""

from typing import Any

SENTENCES = {
    "ja": {
        "hello": "こんにちは。みなと家電サポートです。ご都合のよい時間に、担当者からお電話します。",
        "reason": "どのようなご用件でしょうか？",
        "name": "お名前を教えていただけますか？（省略できます）",
        "phone_number": "お電話を差し上げる番号を教えてください。",
        "preferred_slot": "ご希望の日時はいつでしょうか？ "
        "下からお選びいただくか、「明日の15時」のようにお送りください。",
        "confirmation": "こちらの内容でよろしいですか？\n・日時：11月25日(水) 15:00\n・電話番号：•••••••5678\n"
        "・お名前：佐藤様\n・ご用件：{reason}",
        "booked": "ご予約を承りました。11月25日(水) 15:00に •••••••5678 へお電話します。受付番号は K7Q4MN です。",
        "moved": "お電話の時間を変更しました。11月26日(木) 10:00に •••••••5678 へお電話します（受付番号 K7Q4MN）。",
        "cancelled": "11月26日(木) 10:00のお電話を取り消しました。お急ぎの場合は 0120-000-000 へお電話ください。",
        "choice": "今のご予約をどうしましょうか？",
        "code": "SMSでお送りした確認コードを教えてください。",
        "rating": "お電話はいかがでしたか？",
        "other": "申し訳ありません。うまく理解できませんでした。",
    },
    "en": {
        "hello": "Hello, this is Minato Home Support. Tell me when it suits you and we will call you back.",
        "reason": "What would you like to talk about?",
        "name": "May I have your name? You can skip this.",
        "phone_number": "Which number should we call?",
        "preferred_slot": "When would you like us to call? "
        "Choose a time below, or write something like “tomorrow at 3 pm”.",
        "confirmation": "Shall I book this?\n• Time: Wed, Nov 25, 3:00 PM\n• Number: •••••••5678\n• About: {reason}",
        "booked": "You're booked. We will call •••••••5678 Wed, Nov 25, 3:00 PM. Your reference is K7Q4MN.",
        "moved": "Done. We will now call •••••••5678 Thu, Nov 26, 10:00 AM (reference K7Q4MN).",
        "cancelled": "The call is cancelled. If it is urgent, call 0120-000-000.",
        "choice": "What would you like to do with your booking?",
        "code": "Please tell me the code that we sent you.",
        "rating": "How was the call?",
        "other": "Sorry, I didn't understand that.",
    },
}
BUTTONS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "ja": {
        "name": [("スキップ", "スキップ")],
        "preferred_slot": [
            ("11月24日(火) 11:00〜11:30", "11月24日(火) 11:00"),
            ("11月24日(火) 14:00〜14:30", "11月24日(火) 14:00"),
            ("11月25日(水) 9:00〜9:30", "11月25日(水) 9:00"),
        ],
        "confirmation": [("はい", "はい"), ("変更する", "変更する")],
        "callback_choice": [("このまま", "このまま"), ("時間を変更", "時間を変更"), ("もう1件予約", "もう1件予約")],
        "rating": [(f"{stars} {'★' * stars}", str(stars)) for stars in range(1, 6)],
    },
    "en": {
        "name": [("Skip", "Skip")],
        "preferred_slot": [
            ("Tue, Nov 24, 11:00 AM–11:30 AM", "Tue, Nov 24, 11:00 AM"),
            ("Tue, Nov 24, 2:00 PM–2:30 PM", "Tue, Nov 24, 2:00 PM"),
            ("Wed, Nov 25, 9:00 AM–9:30 AM", "Wed, Nov 25, 9:00 AM"),
        ],
        "confirmation": [("Yes", "Yes"), ("Change something", "Change something")],
        "callback_choice": [("Keep it", "Keep it"), ("Move it", "Move it"), ("Book a second one", "Book a second one")],
        "rating": [(f"{stars} {'★' * stars}", str(stars)) for stars in range(1, 6)],
    },
}
ORDER = ["reason", "name", "phone_number", "preferred_slot", "confirmation"]
BOOKED = {"start": "2026-11-25T06:00:00+00:00", "end": "2026-11-25T06:30:00+00:00"}
MOVED = {"start": "2026-11-26T01:00:00+00:00", "end": "2026-11-26T01:30:00+00:00"}
COMMANDS = {"移動": "moved", "move": "moved", "取消": "cancelled", "cancel": "cancelled"}
QUESTIONS = {
    "コード": ("code", "verification_code"),
    "評価": ("rating", "rating"),
    "どうする": ("choice", "callback_choice"),
}


class Script:
    """One talk's state: what it has asked for, and the booking once there is one."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.expects: str | None = None
        self.callback: dict[str, Any] | None = None
        self._reason = ""

    def open(self) -> list[dict[str, Any]]:
        """The greeting."""
        return [self._said("hello"), *self._ask("reason")]

    def answer(self, text: str) -> list[dict[str, Any]]:
        """What is said to a message."""
        if text == "English please":
            self.language = "en"
            return self._ask(self.expects or "reason")
        if text in COMMANDS and self.callback:
            return self._change(COMMANDS[text])
        if text in QUESTIONS:
            sentence, self.expects = QUESTIONS[text]
            return [self._said(sentence, buttons=self.expects)]
        if self.expects == "reason":
            self._reason = text
        if self.expects == ORDER[-1]:
            return self._book()
        if self.expects in ORDER:
            return self._ask(ORDER[ORDER.index(self.expects) + 1])
        return [self._said("other")]

    def _ask(self, expects: str) -> list[dict[str, Any]]:
        self.expects = expects
        return [self._said(expects, buttons=expects)]

    def _book(self) -> list[dict[str, Any]]:
        self.expects = None
        self.callback = {
            "reference": "K7Q4MN",
            "status": "booked",
            "kind": "scheduled",
            "window": BOOKED,
            "estimated_start": None,
            "queue_position": None,
            "phone_number": "•••••••5678",
            "reason": self._reason,
            "name": "佐藤",
        }
        return [self._said("booked")]

    def _change(self, change: str) -> list[dict[str, Any]]:
        status = "booked" if change == "moved" else "cancelled"
        self.callback = {**(self.callback or {}), "status": status, "window": MOVED}
        return [self._said(change)]

    def _said(self, sentence: str, *, buttons: str = "") -> dict[str, Any]:
        text = SENTENCES[self.language][sentence].format(reason=self._reason)
        offered = BUTTONS[self.language].get(buttons)
        if not offered:
            return {"text": text}
        return {"text": text, "buttons": [{"title": title, "value": value} for title, value in offered]}
