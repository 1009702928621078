"""What an agent reads in five seconds: the talk in a few sentences, put together from what was booked and changed."""

from bot.booking import phone
from bot.gateway.desk.words import Words
from bot.usecases.board import Dossier
from bot.usecases.ratings import BEST, RATED


def summary(dossier: Dossier, words: Words) -> list[str]:
    """Sentences about facts alone: nothing is guessed, and what did not happen is not told."""
    callback, told = dossier.entry.callback, words.t["summary"]
    kinds = [event.kind for event in dossier.history]
    channel = words.label("channel", callback.channel)
    lines = [told["asked"].format(when=words.when(callback.created_at), channel=channel)]
    if callback.told_start:
        lines.append(told["expected"].format(when=words.when(callback.told_start)))
    if moves := kinds.count("moved"):
        lines.append(told["moved"].format(count=moves))
    if "number_changed" in kinds:
        lines.append(told["number_changed"])
    if callback.alternate_phone_number:
        lines.append(told["alternate"].format(number=phone.masked(callback.alternate_phone_number)))
    if "late" in kinds:
        lines.append(told["late"])
    ended = [made.attempt for made in dossier.tries if made.attempt.outcome]
    if ended:
        last = words.label("outcome", str(ended[-1].outcome))
        lines.append(told["tried"].format(count=len(ended), last=last))
    if rated := [event.facts for event in dossier.history if event.kind == RATED]:
        lines.append(told["rated"].format(score=rated[-1]["score"], best=BEST))
        if comments := [facts["comment"] for facts in rated if facts.get("comment")]:
            lines.append(told["comment"].format(comment=comments[-1]))
    if dossier.earlier:
        lines.append(told["earlier"].format(count=len(dossier.earlier), reason=dossier.earlier[0].callback.reason))
    return lines


def identity_hints(dossier: Dossier, words: Words) -> list[str]:
    """What the person on the phone should know before anything private is said: ask, never tell."""
    callback, told = dossier.entry.callback, words.t["identity"]
    hints = [told["name"]] if callback.name else []
    hints += [told["company"]] if callback.company else []
    return [*hints, told["reference"].format(last=callback.reference[-3:]), told["reason"]]
