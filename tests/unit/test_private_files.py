"""Files that several processes write at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.private_files import first_written, rewrite


def test_all_who_write_at_once_read_what_the_first_one_wrote(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret.json"
    with ThreadPoolExecutor(8) as threads:
        read = list(threads.map(lambda index: first_written(path, f"{index}" * 1000), range(40)))
    assert len(set(read)) == 1
    assert [left.name for left in path.parent.iterdir()] == ["secret.json"]


def test_whoever_reads_while_it_is_rewritten_sees_a_whole_text(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    rewrite(path, "0" * 100_000)
    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(rewrite, path, str(index % 10) * 100_000) for index in range(40)]
        while not all(done.done() for done in writing):
            text = path.read_text()
            assert (len(text), len(set(text))) == (100_000, 1)


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    first_written(path, "a")
    rewrite(path, "b")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "b"
