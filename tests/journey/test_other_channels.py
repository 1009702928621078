"""A customer on LINE and by SMS, through real processes: LINE and the carrier are simulated, all else is real."""

from typing import Any

from tests.support.running import Product, eventually

PERSON = "U" + "c3" * 16
NUMBER = "+819045670001"


class OnLine:
    """What somebody does with the LINE app, and what it shows."""

    def __init__(self, product: Product) -> None:
        self._http = product.http
        self._path = f"/simulator/line/people/{PERSON}"

    def add(self) -> None:
        assert self._http.put(self._path, json={"display_name": "花子"}).status_code == 200
        self.does("follow")

    def does(self, action: str, **body: Any) -> None:
        answer = self._http.post(f"{self._path}/{action}", json=body)
        assert answer.status_code == 200, answer.text

    def state(self) -> dict[str, Any]:
        shown: dict[str, Any] = self._http.get(self._path).json()
        return shown

    def messages(self) -> list[dict[str, Any]]:
        return [each for each in self.state()["messages"] if each["sender"] == "business"]

    def said(self) -> list[str]:
        return [each["message"].get("text", "") for each in self.messages()]

    def hears(self, words: str, *, action: str = "text", **body: Any) -> None:
        """Do something and wait until these words are answered."""
        known = len(self.messages())
        self.does(action, **body)
        eventually(lambda: any(words in text for text in self.said()[known:]), within_s=15)


def test_a_customer_books_on_line_is_told_there_and_changes_it_by_sms(product: Product) -> None:
    product.set_clock("2026-11-24T10:00:00+09:00")
    line, phone = OnLine(product), product.handset(NUMBER)
    line.add()
    eventually(lambda: any("友だち追加" in text for text in line.said()))
    eventually(lambda: (line.state()["rich_menu"] or {}).get("has_image"))
    line.hears("ご用件", action="tap", button="電話を予約")
    line.hears("お名前", action="text", text="洗濯機が脱水で止まります")
    line.hears("番号", action="tap", button="スキップ")
    line.hears("日時", action="text", text="090-4567-0001")
    offer = next(each for each in reversed(line.messages()) if each["message"]["type"] == "flex")
    day = offer["message"]["contents"]["contents"][1]
    assert day["header"]["contents"][0]["text"] == "11月25日(水)"
    button = day["body"]["contents"][0]["action"]
    line.hears(button["displayText"], action="tap", message=offer["id"], button=button["data"])
    line.hears("承りました", action="tap", button="はい")
    (booked,) = product.api.get("/callbacks", params={"phone_number": NUMBER}).json()["callbacks"]
    assert (booked["channel"], booked["status"]) == ("line", "booked")
    phone.do("sms", text="明後日の10時にして")
    eventually(lambda: any("変更しました" in text for text in phone.texts()), within_s=15)
    moved = product.callback(booked["reference"])
    assert moved["window"]["start"].startswith("2026-11-26T01:00")
    product.set_clock("2026-11-26T09:00:30+09:00")
    eventually(lambda: any("まもなく" in text and booked["reference"] in text for text in line.said()), within_s=15)
    assert not any("まもなく" in text for text in phone.texts())
    phone.do("sms", text="停止")
    eventually(lambda: any("停止しました" in text for text in phone.texts()))
