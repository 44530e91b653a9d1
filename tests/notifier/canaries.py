"""Commands with a canary in every secret, and where it must not appear."""

from tests.helpers.ports import free_port

CANARY = "Hemmelig1"
COMMANDS = [
    "plan",
    "send",
    "status",
    "reconcile",
    "bounces",
    "purge",
    "proof",
    "unfreeze",
    "coverage",
    "lookup",
]


def build_environment(folder, **changes) -> dict[str, str]:
    """All secrets of the commands, each with a canary; `changes` replace some."""
    return {
        "KLARTEKST_LEDGER": f"sqlite:///{folder / 'notify.db'}",
        "KLARTEKST_RECIPIENTS": str(folder / "input" / "people.csv"),
        "KLARTEKST_SMTP": f"smtp://u:{CANARY}@127.0.0.1:{free_port()}",
        "KLARTEKST_KEY": f"{CANARY} is the key",
    } | changes


def build_arguments(command, letter, folder) -> list[object]:
    log = letter.parent / "mail.log"
    return {
        "plan": ["plan", "--letter", letter],
        "send": ["send", "--letter", letter, "--confirm", 3],
        "status": ["status"],
        "reconcile": ["reconcile", "--maillog", log],
        "bounces": ["bounces", "--maillog", log],
        "purge": ["purge", "--letter", letter, "--force"],
        "coverage": ["coverage", "--letter", letter],
        "lookup": ["lookup", "--letter", letter],
        "unfreeze": ["unfreeze", "--letter", letter],
        "proof": ["proof", "--letter", letter, "--out", folder / "proof"],
    }[command]


def assert_one_line(ended, code=(2, 75)):
    assert ended.code in code, ended
    assert len(ended.err.splitlines()) == 1, ended.err
    assert CANARY not in ended.out + ended.err


def assert_nowhere(ended, folder):
    """Assert that no part of a secret is in the output, nor in a file that the command wrote."""
    assert CANARY not in ended.out + ended.err
    assert "Traceback" not in ended.err
    for path in folder.rglob("*"):
        if path.is_file() and "input" not in path.relative_to(folder).parts:
            assert CANARY.encode() not in path.read_bytes(), path
