"""What the business says outside the talk itself (notices, prompts on the phone): one file a language."""

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("ja", "en")


@cache
def _catalogue(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))


def say(name: str, language: str, /, **facts: object) -> str:
    """The sentence `section.key` in the language, its {placeholders} filled with facts.

    Raises KeyError for an unknown sentence, language file or missing fact: a gap must not reach a customer.
    """
    return default(name, language).format(**facts)


def default(name: str, language: str) -> str:
    """The sentence as it stands in the file, with its {placeholders}. Raises KeyError for an unknown one."""
    section, key = name.split(".", 1)
    return _catalogue(language)[section][key]


def names(language: str) -> frozenset[str]:
    """Every sentence that a language has, as `section.key`."""
    return frozenset(f"{section}.{key}" for section, table in _catalogue(language).items() for key in table)
