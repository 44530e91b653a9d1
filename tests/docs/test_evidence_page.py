"""The commands of docs/evidence.md work, in the order in which they stand there."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.helpers.policy_repository import Checkout, create_remote
from tests.helpers.quoted_code import read_quoted_code

HISTORY = """
start 2026-01-05
words nb/02-deling "Vi deler navn med trykkeriet."
words en/02-deling "We share names with the printer."
note trykkeri major 2026-03-01
commit 2026-01-10
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Checkout:
    """The policy after its build, with a ledger that has frozen the letter, and what a member saved."""
    folder = tmp_path_factory.mktemp("evidence")
    checkout = Checkout.clone(create_remote(folder, HISTORY), folder / "clone", "2026-03-01")
    python = checkout.folder / ".venv/bin/python"
    assert checkout.run(python, "build.py", "build").returncode == 0
    (checkout.folder / "members.csv").write_text("email,language\nkari@example.com,nb\n")
    letter = checkout.folder / "out/letters/2.0"
    plan = ["notify", "plan", "--letter", letter, "--recipients", "members.csv"]
    done = checkout.run(python, "build.py", *plan, "--ledger", "sqlite:///ledger.db")
    assert done.returncode == 0, done
    shutil.copy(letter / "nb.eml", checkout.folder / "saved-letter.eml")
    (checkout.folder / "shown.csv").write_text("user,version,entry,channel,shown,acknowledged\n")
    return checkout


def test_the_commands_make_a_folder_that_is_accepted(checkout):
    path = f"{checkout.folder}/.venv/bin:/usr/bin:/bin"
    code = read_quoted_code("evidence.md", "evidence")
    done = checkout.run("bash", "-euc", code, PATH=path, KLARTEKST_LEDGER="sqlite:///ledger.db")
    assert (done.returncode, done.stderr) == (0, ""), done
    *_, letter, told = done.stdout.splitlines()
    assert letter.startswith(
        "letter    saved-letter.eml: version 2.0, published on 2026-01-10; nothing up to"
    )
    assert told == "told      the letters here: 0 of 1 sent, as the publisher's ledger counted"
    record = json.loads((checkout.folder / "evidence-2.0/evidence.json").read_text())
    assert record["approval"]["by"] == "Personvernombudet"
