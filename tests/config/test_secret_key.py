from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.secret_key import development_secret_key


def test_the_key_stays_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "secret_key"
    key = development_secret_key(path)
    assert development_secret_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: development_secret_key(path), range(32)))
    assert keys == {path.read_text(encoding="utf-8")}
