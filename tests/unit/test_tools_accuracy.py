"""The page of scores: each section in its place, those of others left alone."""

from pathlib import Path

from bot.settings import load
from tools.accuracy import ROOT, phones, topics, write


def test_a_section_replaces_the_one_with_its_title_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "accuracy.md"
    write("Dialogues", "119 of 120", page)
    write("Phone numbers", "all", page)
    write("Dialogues", "120 of 120\n\n### Failing\n\nnone", page)
    told = page.read_text(encoding="utf-8")
    assert told.startswith("# How well customers are understood\n")
    assert told.index("## Dialogues\n\n120 of 120") < told.index("## Phone numbers\n\nall")
    assert "119" not in told
    assert "### Failing" in told


def test_numbers_and_topics_are_scored_by_kind() -> None:
    assert "| refused | 12/12 (100.0%) |" in phones(load({"ORIKAESHI_SETTINGS": str(ROOT / "orikaeshi.toml")}))
    assert "| ja |" in topics()
