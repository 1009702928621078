"""Two hundred people at once on the web, by SMS and on LINE: what is lost, doubled or mixed up; how long a turn takes.

    python -m benchmarks.channels                     # 200 people, 10 s of thought, 5 minutes
    python -m benchmarks.channels --people 60 --minutes 1

Every person has a number, a reason and a time of their own, and books, asks and cancels until the time is over. The
answers of SMS and LINE are looked for every 50 ms on the phone, which is part of their time.
"""

import argparse
import asyncio
import random
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import httpx

from tests.support.running import running_product

LOOKS_EVERY_S = 0.05
GIVES_UP_AFTER_S = 30.0
SETTLES_IN_S = 1.0
DAYS = (1, 2, 3, 4, 7, 8)
SLOTS_A_DAY = 18
"""Nobody takes another's place: each time has three."""


class Person(ABC):
    """Somebody who waits for the answer to each message, and thinks before the next."""

    channel: str
    looks_every_s = LOOKS_EVERY_S

    def __init__(self, http: httpx.AsyncClient, index: int) -> None:
        self.http = http
        self.index = index
        self.number = f"+8190{30_000_000 + index}"
        self.spoken = f"0{self.number[3:]}"
        self.reason = f"洗濯機{index:04d}号が動きません"
        day, slot = DAYS[index % len(DAYS)], index // len(DAYS) % SLOTS_A_DAY
        self.when = f"12月{day}日の{9 + slot // 2}時" + ("半" if slot % 2 else "")
        self.shown = f"{9 + slot // 2}:{slot % 2 * 30:02d}"
        self.turns: list[float] = []
        self.lost = self.doubled = self.mixed_up = 0

    async def talk(self, *, until: float, thinks_s: float) -> None:
        """Book, ask and cancel over and over."""
        await asyncio.sleep(random.uniform(0, thinks_s))
        await self.begin()
        script = self.first()
        while time.monotonic() < until:
            for text, told in script:
                await self.turn(text, told)
                await asyncio.sleep(thinks_s * random.uniform(0.5, 1.5))
            script = self.again()

    def first(self) -> list[tuple[str, str]]:
        """What is said first, and what each answer must hold. A sender's own number is known."""
        own = [] if self.channel == "sms" else [(f"番号は{self.spoken}です", "")]
        return [(self.reason, ""), ("スキップ", ""), *own, *self._rest()]

    def again(self) -> list[tuple[str, str]]:
        """What is said once the person is known."""
        return [("電話の予約をお願いします", ""), (self.reason, ""), *self._rest()]

    def _rest(self) -> list[tuple[str, str]]:
        return [
            (self.when, f"洗濯機{self.index:04d}号"),
            ("はい", f"{self.number[-4:]} へお電話"),
            ("予約を確認したい", self.shown),
            ("予約を取り消してください", "取り消して"),
            ("はい", "取り消しました"),
        ]

    async def turn(self, text: str, told: str, *, settles_s: float = SETTLES_IN_S) -> None:
        """Write, wait for the answer and look whether it is whole, mine and the only one."""
        began, before = time.monotonic(), await self.known()
        await self.say(text)
        answers: list[str] = []
        while not answers and time.monotonic() - began < GIVES_UP_AFTER_S:
            answers = (await self.read())[before:]
            if not answers:
                await asyncio.sleep(self.looks_every_s)
        self.turns.append(time.monotonic() - began)
        if not answers:
            self.lost += 1
            return
        await asyncio.sleep(settles_s)
        answers = (await self.read())[before:]
        whole = "\n".join(answers)
        self.doubled += len(answers) != len(set(answers))
        self.mixed_up += any(f"洗濯機{other:04d}号" in whole for other in range(1000) if other != self.index)
        if told and told not in whole:
            self.mixed_up += 1
            print(f"{self.channel} {self.index}: {text!r} was answered {whole!r}")

    async def known(self) -> int:
        """How many answers were read so far."""
        return len(await self.read())

    @abstractmethod
    async def begin(self) -> None:
        """Open what has to be opened."""

    @abstractmethod
    async def say(self, text: str) -> None:
        """Write."""

    @abstractmethod
    async def read(self) -> list[str]:
        """Every answer so far, oldest first."""


class OnTheWeb(Person):
    """In the chat."""

    channel = "web"

    async def begin(self) -> None:
        opened = await self.http.post("/api/v1/chat/sessions", json={})
        self.path = f"/api/v1/chat/sessions/{opened.json()['session_id']}/messages"
        self.said: list[str] = []

    async def say(self, text: str) -> None:
        answer = (await self.http.post(self.path, json={"text": text})).json()
        self.said += [message["text"] for message in answer["messages"]]

    async def read(self) -> list[str]:
        return self.said


class BySms(Person):
    """By text messages. Notices come there, too: they begin with the business's name."""

    channel = "sms"

    async def begin(self) -> None:
        """A phone is always open."""

    async def say(self, text: str) -> None:
        await self.http.post(f"/simulator/handsets/{self.number}/sms", json={"text": text})

    async def read(self) -> list[str]:
        shown: dict[str, Any] = (await self.http.get(f"/simulator/handsets/{self.number}")).json()
        bodies = [each["body"] for each in shown["messages"] if each["direction"] == "inbound"]
        return [body for body in bodies if not body.startswith("【")]


class OnLine(Person):
    """On LINE."""

    channel = "line"

    async def begin(self) -> None:
        self.path = f"/simulator/line/people/U{self.index:032x}"
        await self.http.put(self.path, json={"display_name": f"{self.index}"})
        await self.http.post(f"{self.path}/follow", json={})
        while not await self.read():  # noqa: ASYNC110 (a greeting tells nobody that it has come)
            await asyncio.sleep(LOOKS_EVERY_S)

    async def say(self, text: str) -> None:
        await self.http.post(f"{self.path}/text", json={"text": text})

    async def read(self) -> list[str]:
        shown: dict[str, Any] = (await self.http.get(self.path)).json()
        said = [each["message"].get("text", "") for each in shown["messages"] if each["sender"] == "business"]
        return [text for text in said if text and not text.startswith("【")]


async def measure(url: str, *, people: int, minutes: float, thinks_s: float) -> list[Person]:
    """Let them all talk."""
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=url, timeout=60.0, trust_env=False, limits=limits) as http:
        kinds = (OnTheWeb, BySms, OnLine)
        everybody: list[Person] = [kinds[index % 3](http, index) for index in range(people)]
        until = time.monotonic() + minutes * 60
        await asyncio.gather(*(person.talk(until=until, thinks_s=thinks_s) for person in everybody))
    return everybody


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--thinks", type=float, default=10.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as var, running_product(Path(var)) as product:
        product.set_clock("2026-11-24T10:00:00+09:00")
        talk = measure(product.url, people=asked.people, minutes=asked.minutes, thinks_s=asked.thinks)
        everybody = asyncio.run(talk)
    print("| channel | people | turns | p50 | p95 | slowest | lost | doubled | mixed up |")
    print("|---|---|---|---|---|---|---|---|---|")
    for channel in ("web", "sms", "line"):
        here = [person for person in everybody if person.channel == channel]
        took = sorted(turn for person in here for turn in person.turns)
        told = [f"{took[min(len(took) - 1, int(len(took) * part))]:.2f} s" for part in (0.5, 0.95, 1.0)]
        faults = [str(sum(getattr(person, name) for person in here)) for name in ("lost", "doubled", "mixed_up")]
        print("|", " | ".join([channel, str(len(here)), str(len(took)), *told, *faults]), "|")


if __name__ == "__main__":
    main()
