"""Notices in the business's own words: edited by supervisors, read anew for every message, so in force at once."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.booking.business import Business
from bot.channels.sms import as_sent
from bot.store import audit, wordings
from bot.store.agents import Agent
from bot.store.database import Database, Transaction, one_at_a_time
from bot.store.wordings import Version
from bot.wording import LANGUAGES, default
from bot.wording.examples import SITE, example
from bot.wording.segments import Alphabet, alphabet, segments
from bot.wording.templates import Trouble, allowed, editable, needed, trouble_of

MOST_VERSIONS = 30

log = structlog.get_logger(__name__)


class WordingNotFound(Exception):
    """There is no such sentence, or it is not for a business to word."""


class WordingRefused(Exception):
    """The text cannot be used; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(f"The text cannot be used: {trouble.fault}.")
        self.trouble = trouble


class WordingChanged(Exception):
    """Somebody else has changed the sentence meanwhile."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A text as a customer would read it, and what it costs as a text message; why it cannot be used, if so."""

    text: str
    parts: int
    alphabet: Alphabet
    length: int
    trouble: Trouble | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A sentence as it is said now. `number` is its newest version's, 0 for one that was never touched."""

    name: str
    language: str
    text: str
    default: str
    number: int
    preview: Preview

    @property
    def is_own(self) -> bool:
        """Whether the business says it in its own words."""
        return self.text != self.default

    @property
    def is_mail(self) -> bool:
        """Whether only e-mails say it."""
        return self.name.startswith("email.")

    @property
    def placeholders(self) -> list[tuple[str, str, bool]]:
        """(name, an example, whether it must not be left out) of every fact that is known where it is said."""
        examples, must = example(self.name, self.language), needed(self.name, self.language)
        return [(name, str(examples[name]), name in must) for name in sorted(allowed(self.name))]


class Wordings:
    """The sentences outside the talk that are kept in the database beside their defaults. `site` is where links lead:
    how long they are counts in what a message costs."""

    def __init__(self, database: Database, *, business: Business, site: str = SITE) -> None:
        self._database = database
        self._business = business
        self._site = site

    async def say(self, name: str, language: str, tx: Transaction | None = None, /, **facts: object) -> str:
        """The sentence with these facts, as it is worded at this moment. One that does not hold any more, because facts
        changed their names, is said as it is by default: a customer must be told in any case."""
        if tx is None:
            async with self._database.read() as fresh:
                return await self.say(name, language, fresh, **facts)
        version = await wordings.newest(tx, name, language)
        if version and version.text is not None:
            if trouble_of(name, language, version.text) is None:
                return version.text.format(**facts)
            log.error("wording_unusable", name=name, language=language, version=version.number)
        return default(name, language).format(**facts)

    async def listing(self) -> list[tuple[str, dict[str, Template]]]:
        """Every sentence by name, in each language."""
        async with self._database.read() as tx:
            known = await wordings.in_force(tx)
        return [
            (name, {language: self._template(name, language, known.get((name, language))) for language in LANGUAGES})
            for name in editable(LANGUAGES[0])
        ]

    async def template(self, name: str, language: str) -> tuple[Template, list[Version]]:
        """One sentence and its last versions, the newest first. Raises WordingNotFound."""
        _require(name, language)
        async with self._database.read() as tx:
            found = await wordings.versions(tx, name, language, limit=MOST_VERSIONS)
        return self._template(name, language, found[0] if found else None), found

    def preview(self, name: str, language: str, text: str) -> Preview:
        """What a customer would read. Raises WordingNotFound."""
        _require(name, language)
        facts = {fact: str(value).replace(SITE, self._site) for fact, value in example(name, language).items()}
        facts |= {"business": self._business.name(language), "hotline": self._business.hotline}
        trouble = trouble_of(name, language, text)
        is_readable = trouble is None or trouble.fault in ("opt_out", "too_long", "missing", "one_line")
        told = text.format(**facts) if is_readable else text
        sent = told if name.startswith("email.") else as_sent(told)
        return Preview(
            text=sent, parts=segments(sent), alphabet=alphabet(sent), length=len(sent), trouble=trouble
        )  # fmt: skip

    async def save(
        self, name: str, language: str, text: str | None, *, seen: int, actor: Agent, now: datetime
    ) -> Version:
        """Say it like this from now on; None: as it is by default. `seen` is the version that was on the page.

        Raises WordingNotFound, WordingRefused and WordingChanged.
        """
        _require(name, language)
        text = None if text is None else text.replace("\r\n", "\n").strip()
        if text is not None and (trouble := self.preview(name, language, text).trouble):
            raise WordingRefused(trouble)
        async with self._database.write() as tx:
            await one_at_a_time(tx, f"wording:{name}:{language}")
            last = await wordings.newest(tx, name, language)
            if (last.number if last else 0) != seen:
                raise WordingChanged
            if (last.text if last else None) == text and last:
                return last
            added = await wordings.add(tx, name, language, text, who=actor.login, now=now)
            facts = {"version": str(added.number), "text": "default" if text is None else text}
            subject = f"{name} {language}"
            await audit.append(tx, at=now, actor=actor.login, action="wording_changed", subject=subject, facts=facts)
            return added

    async def restore(
        self, name: str, language: str, number: int, *, seen: int, actor: Agent, now: datetime
    ) -> Version:
        """Say it again as a version before did. Raises as `save`."""
        _, known = await self.template(name, language)
        found = next((one for one in known if one.number == number), None)
        if found is None:
            raise WordingNotFound
        return await self.save(name, language, found.text, seen=seen, actor=actor, now=now)

    def _template(self, name: str, language: str, version: Version | None) -> Template:
        standard = default(name, language)
        text = version.text if version and version.text is not None else standard
        return Template(
            name=name, language=language, text=text, default=standard, number=version.number if version else 0,
            preview=self.preview(name, language, text),
        )  # fmt: skip


def _require(name: str, language: str) -> None:
    if language not in LANGUAGES or name not in editable(language):
        raise WordingNotFound
