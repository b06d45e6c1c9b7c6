"""What `make setup` never does."""

import subprocess
from pathlib import Path

SCRIPT = Path("config/setup.sh").resolve()


def test_an_environment_that_is_only_linked_here_is_not_emptied(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / ".venv").symlink_to(elsewhere)

    done = subprocess.run(
        ["sh", str(SCRIPT)], cwd=checkout, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert ".venv is a link" in done.stderr
    assert (elsewhere / "precious").exists()
