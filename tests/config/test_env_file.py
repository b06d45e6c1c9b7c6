"""What .env and <NAME>_FILE say is taken over whole, or refused in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.databases import databases_for
from config.environment import Environment, model_server_key, read_env_file
from config.fleet import FLEET
from connection_budget.budget.budget import budget_from_environment

BUDGET = budget_from_environment({}, FLEET)
ROOT = Path(__file__).resolve().parents[2]
LINES = "LLM_BASE_URL=http://127.0.0.1:9/v1\nLLM_MODEL=蜂-1\n"
KEYS = ("LLM_BASE_URL", "LLM_MODEL", "LLM_API_KEY", "METRICS_TOKEN", "OTHER")
STARTS = {
    "manage.py": "from config.bootstrap import run_command; run_command(['manage.py', 'check'])",
    "celery": "import config.celery",
    "make serve": "from config.serve.__main__ import set_environment; set_environment(8000)",
    "web": "import config.asgi",
    "share": "from config.serve.share import main; main()",
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a .env is looked for, in a shell that says nothing of what it may say."""
    monkeypatch.setattr(environment, "BASE_DIR", tmp_path)
    for name in KEYS:
        # Set first, so that what a test reads is gone afterwards, too.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_whole_however_an_editor_saved_it(
    checkout: Path, encoding: str, line_end: str
) -> None:
    (checkout / ".env").write_bytes(LINES.replace("\n", line_end).encode(encoding))
    read_env_file()
    assert os.environ["LLM_BASE_URL"] == "http://127.0.0.1:9/v1"
    assert os.environ["LLM_MODEL"] == "蜂-1"


@pytest.mark.parametrize(
    "raw",
    [
        LINES.encode("gbk"),
        LINES.encode("utf-16-le"),
        LINES.encode() + b"OTHER=\0\n",
        LINES.encode() + b"OTHER=caf\xe9\n",
        b"\xff\xfe" + LINES.encode(),
        LINES.encode() + b"OTHER value\n",
        LINES.encode() + b"LLM-API-KEY=x\n",
        LINES.encode() + b"OTHER='first\nsecond'\n",
    ],
)
def test_a_file_that_cannot_be_read_whole_is_not_read_at_all(checkout: Path, raw: bytes) -> None:
    (checkout / ".env").write_bytes(raw)
    with pytest.raises(ImproperlyConfigured, match=r"\.env"):
        read_env_file()
    assert not {"LLM_BASE_URL", "LLM_MODEL", "OTHER"} & set(os.environ)


def test_a_directory_in_the_place_of_the_file_is_told(checkout: Path) -> None:
    (checkout / ".env").mkdir()
    with pytest.raises(ImproperlyConfigured, match=r"\.env cannot be read: .*directory"):
        read_env_file()


def test_a_line_that_says_nothing_is_told_by_its_number_alone(checkout: Path) -> None:
    (checkout / ".env").write_text("# key\n\nsk-0123456789\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=r"^Line 3 of .*\.env") as refusal:
        read_env_file()
    assert "sk-01" not in str(refusal.value)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("LLM_API_KEY=a#b=c", "a#b=c"),
        ("  export LLM_API_KEY = a ", "a"),
        ("LLM_API_KEY='$a\\'", "$a\\"),
        ('LLM_API_KEY="a\\"b"', 'a"b'),
        ('LLM_API_KEY="', '"'),
        ("LLM_API_KEY=a\x85b\x1cc\u2028d", "a\x85b\x1cc\u2028d"),
    ],
)
def test_a_value_is_what_stands_there(checkout: Path, line: str, value: str) -> None:
    (checkout / ".env").write_text(f"{line}\n", encoding="utf-8")
    read_env_file()
    assert os.environ["LLM_API_KEY"] == value


def test_the_environment_has_the_last_word(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_MODEL", "mine")
    (checkout / ".env").write_text(LINES, encoding="utf-8")
    read_env_file()
    assert os.environ["LLM_MODEL"] == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("start", STARTS)
def test_whatever_starts_reads_the_file_or_says_why_not(checkout: Path, start: str) -> None:
    """Read: for a bad value in it stops the start."""
    for raw, words in (
        (b"\xef\xbb\xbfPROCESS_ROLE=wizard\n", "PROCESS_ROLE is “wizard”"),
        ("PROCESS_ROLE=wizard\n".encode("utf-16-le"), "is not text in UTF-8"),
    ):
        if start in {"celery", "make serve"} and words.startswith("PROCESS_ROLE"):
            continue  # they look at their settings later
        (checkout / ".env").write_bytes(raw)
        there = (
            f"import pathlib, config.environment as e\ne.BASE_DIR = pathlib.Path({str(checkout)!r})"
        )
        outcome = subprocess.run(
            [sys.executable, "-c", f"{there}\n{STARTS[start]}"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": "/"},
            timeout=100,
            check=False,
        )
        assert outcome.returncode not in {0, None}
        assert words in outcome.stderr
        assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a # what it is", "a"),
        ("   # nothing yet", ""),
        ("sk-1\t# key", "sk-1"),
        ("'a # b' # c", "a # b"),
        ('"a # b"   #c', "a # b"),
        ('"" # empty', ""),
        ("a#b", "a#b"),
        ("#abc", "#abc"),
        ('"a # b"', "a # b"),
        ('"a" b # c', '"a" b # c'),
    ],
)
def test_a_comment_behind_a_value_is_none_of_it(checkout: Path, written: str, read: str) -> None:
    (checkout / ".env").write_text(f"OTHER={written}\n", encoding="utf-8")
    read_env_file()
    assert os.environ["OTHER"] == read


@pytest.mark.parametrize("secret", ["$ecret", "$HOME", "$$", "$OTHER", "\\$x", "a$b", "${OTHER}"])
@pytest.mark.parametrize("from_file", [False, True])
def test_a_value_that_looks_like_a_reference_is_a_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str, from_file: bool
) -> None:
    monkeypatch.setenv("OTHER", "another's")
    for name in ("LLM_API_KEY", "ROLE_LOGS_DATABASE_PASSWORD"):
        if from_file:
            (tmp_path / name).write_text(f"{secret}\n", encoding="utf-8-sig")
            monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
        else:
            monkeypatch.setenv(name, secret)
    monkeypatch.setenv("DATABASE_URL", "postgresql://u@h/d")
    env = Environment()
    assert env.str("LLM_API_KEY") == model_server_key(env) == secret
    database = databases_for("logs", BUDGET, env=env, embedded=None)["default"]
    assert database["PASSWORD"] == secret


def test_a_password_in_an_address_is_no_reference_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://$HOME:$PATH@h/$d")
    found = databases_for("logs", BUDGET, env=Environment(), embedded=None)["default"]
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("$HOME", "$PATH", "$d")


@pytest.mark.parametrize("raw", [b"caf\xe9", b"a\0b", "key".encode("utf-16-le")])
def test_a_secret_that_is_no_text_is_told_by_the_name_of_its_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / "key").write_bytes(raw)
    monkeypatch.setenv("LLM_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ImproperlyConfigured, match=r"^LLM_API_KEY_FILE \(.*key\) is not text"):
        Environment().str("LLM_API_KEY", default="")
