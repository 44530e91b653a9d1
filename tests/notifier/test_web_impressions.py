"""`notify proof --shown`: members who were shown the version on the website are counted, not named."""

import hashlib
import json
import shlex

import pytest

from tests.helpers.quoted_code import read_quoted_code

KARI, EMMA, ODA = ("0a" * 32, "0b" * 32, "0c" * 32)
ENTRY = "ab" * 32
HEAD = "user,version,entry,channel,shown,acknowledged"
ROWS = [
    f"{KARI},2.0,{ENTRY},login,2026-11-23T07:00:00Z,",
    f"{EMMA},2.0,{ENTRY},login,2026-11-24T09:00:00Z,2026-11-25T10:00:00Z",
    f"{EMMA},2.0,{ENTRY},alert,2026-11-24T09:00:00Z,",
    f"{ODA},1.0,{ENTRY},login,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z",
    f"{ODA},2.0,{ENTRY},login,,2026-11-26T11:00:00Z",
]
COUNTED = {
    "login": {
        "shown": {
            "members": 3,
            "first": "2026-11-23T07:00:00+00:00",
            "last": "2026-11-26T11:00:00+00:00",
        },
        "acknowledged": {
            "members": 2,
            "first": "2026-11-25T10:00:00+00:00",
            "last": "2026-11-26T11:00:00+00:00",
        },
    },
    "alert": {
        "shown": {
            "members": 1,
            "first": "2026-11-24T09:00:00+00:00",
            "last": "2026-11-24T09:00:00+00:00",
        },
        "acknowledged": {"members": 0, "first": None, "last": None},
    },
}


def as_csv(rows, head=HEAD, end="\n"):
    return "".join(line + end for line in [head, *rows])


def as_json(rows):
    """Format rows as the plugin does, one a line."""
    log = [
        dict(zip(HEAD.split(","), (field or None for field in row.split(",")), strict=True)) for row in rows
    ]
    lines = ",\n".join(json.dumps(row) for row in log)
    head = '{"schema":2,"site":"https://dinbedrift.no/personvern/","exported":"2026-12-01T00:00:00Z"'
    return f'{head},"log":[\n{lines}\n],"counts":[]}}\n'


@pytest.fixture
def prove(campaign, server):
    """Send a campaign; return a function that writes its proof with the given exports."""
    campaign.send(server.url, 3)

    def proved(*files):
        paths = []
        for number, content in enumerate(files):
            path = campaign.folder / f"kari.nordmann-{number}"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            paths += ["--shown", path]
        out = campaign.folder / "proof"
        ended = campaign.run("proof", "--letter", campaign.letter, "--out", out, *paths)
        return ended, (json.loads((out / "proof.json").read_text()) if out.exists() else None)

    return proved


@pytest.mark.parametrize(
    "content",
    [
        as_csv(ROWS),
        as_csv(ROWS, end="\r\n"),
        "\ufeff" + as_csv(ROWS),
        as_json(ROWS),
        json.dumps(json.loads(as_json(ROWS)), indent=2),
    ],
    ids=["csv", "crlf", "bom", "json", "indented"],
)
def test_the_members_of_one_version_are_counted_by_channel_and_event(prove, content):
    ended, proof = prove(content)
    assert (ended.code, ended.err) == (0, "")
    assert proof["website"] == {
        "files_sha256": [hashlib.sha256(content.encode()).hexdigest()],
        "channels": COUNTED,
    }
    assert proof["counts"]["sent"] == 3


def test_a_member_in_two_exports_counts_once_at_the_first_time(prove):
    later = [row.replace("2026-11-2", "2026-12-2") for row in ROWS]
    for files in ([as_csv(later), as_json(ROWS)], [as_json(ROWS), as_csv(later), as_csv(later)]):
        _, proof = prove(*files)
        assert proof["website"]["channels"] == COUNTED
        assert sorted(proof["website"]["files_sha256"]) == sorted(
            {hashlib.sha256(content.encode()).hexdigest() for content in files}
        )


def test_a_proof_contains_no_member_and_no_file_name(campaign, prove):
    prove(as_csv(ROWS))
    written = b"".join(file.read_bytes() for file in (campaign.folder / "proof").iterdir())
    for word in (KARI, EMMA, ODA, "kari", "example.no"):
        assert word.encode() not in written


def test_an_empty_export_counts_zero_and_no_export_adds_no_entry(prove):
    _, proof = prove(as_csv([]))
    empty = {"members": 0, "first": None, "last": None}
    assert proof["website"]["channels"]["login"] == {"shown": empty, "acknowledged": empty}
    _, proof = prove()
    assert "website" not in proof


def test_a_purged_campaign_can_still_be_proved(campaign, prove):
    prove()
    campaign.run("purge", "--letter", campaign.letter)
    _, proof = prove(as_json(ROWS))
    assert proof["website"]["channels"] == COUNTED


def _with(row):
    return [ROWS[0], row, ROWS[1]]


FOREIGN = {
    "email,language\nkari@example.no,nb\n": 1,
    "": 1,
    as_csv(ROWS, head=HEAD.replace(",", ";")): 1,
    as_csv(_with(ROWS[0].replace(KARI, "kari@example.no"))): 3,
    as_csv(_with(ROWS[0].replace(KARI, "17"))): 3,
    as_csv(_with(ROWS[0].replace(KARI, KARI.upper()))): 3,
    as_csv(_with(ROWS[0].replace("login", "email"))): 3,
    as_csv(_with(ROWS[0].replace("2.0", "2"))): 3,
    as_csv(_with(ROWS[0].replace(ENTRY, "kari"))): 3,
    as_csv(_with(ROWS[0].replace("2026-11-23", "2026-02-30"))): 3,
    as_csv(_with(ROWS[0].replace("2026-11-23T07:00:00Z", "23.11.2026 07:00"))): 3,
    as_csv(_with(f"{KARI},2.0,{ENTRY},login,,")): 3,
    as_csv(_with(f"{ROWS[0]},kari@example.no")): 3,
    as_csv(ROWS)[:-30]: 6,
    as_csv(_with("")): 3,
    "{}": 1,
    '{"schema": 1, "log": []}': 1,
    '{"schema": 2, "log": {}}': 1,
    '{"schema": 2, "x": {"log": [1]}, "log": []}': 1,
    '{"schema": 2' + "0" * 5000 + "}": 1,
    '{"schema": 2, "log": ' + "[" * 100_000: 1,
    as_json(ROWS)[:-60]: 6,
    as_json(ROWS)[:400]: 3,
    as_json(_with(ROWS[0].replace(KARI, "kari@example.no"))): 3,
    as_json(ROWS).replace('"user": "0b', '"login": "kari", "user": "0b', 1): 3,
    as_json(ROWS).replace(f'"{EMMA}"', "17", 1): 3,
    as_json(ROWS).replace('{"user"', '7, {"user"', 1): 2,
    as_csv(ROWS).encode().replace(EMMA.encode(), b"\xe6", 1): 3,
    b"\xff\xfe" + as_csv(ROWS).encode("utf-16-le"): 1,
}


@pytest.mark.parametrize("content", FOREIGN, ids=range(len(FOREIGN)))
def test_a_broken_or_foreign_file_is_one_line_and_nothing_is_written(prove, content):
    ended, proof = prove(as_csv(ROWS), content)
    assert (ended.code, ended.out, proof) == (2, "", None)
    assert f"kari.nordmann-1:{FOREIGN[content]}: " in ended.err
    assert ended.err.count("\n") == 1
    assert "example.no" not in ended.err.rpartition("kari.nordmann-1")[2]


def test_a_missing_export_is_one_line(campaign, prove):
    prove()
    ended = campaign.run(
        "proof",
        "--letter",
        campaign.letter,
        "--out",
        campaign.folder / "other",
        "--shown",
        campaign.folder / "no",
    )
    assert ended.code == 2
    assert "cannot be read" in ended.err
    assert ended.err.count("\n") == 1
    assert not (campaign.folder / "other").exists()


def test_the_command_of_the_webmasters_page_counts_the_file_that_the_page_shows(campaign, prove):
    prove()
    export = read_quoted_code("website.md", "policy-notices.json")
    for field, digits in {"user": KARI, "entry": ENTRY}.items():
        export = export.replace(f'"{field}":"64 hex digits"', f'"{field}":"{digits}"')
    (campaign.folder / "export.json").write_text(export)
    program, script, command, *words = shlex.split(read_quoted_code("website.md", "proof.sh"))
    assert (program, script, command) == ("python", "build.py", "notify")
    here = {
        "out/letters/2.0": campaign.letter,
        "proof/": campaign.folder / "quoted",
        "policy-notices.json": campaign.folder / "export.json",
    }
    assert here.keys() <= set(words)
    assert campaign.run(*(here.get(word, word) for word in words)).code == 0
    proof = json.loads((campaign.folder / "quoted" / "proof.json").read_text())
    assert proof["website"]["channels"]["login"]["shown"]["members"] == 1


@pytest.mark.parametrize("form", ["JSON", "CSV"])
def test_an_export_of_a_website_with_the_key_of_the_ledger_is_counted_like_others(prove, form):
    head = f"{HEAD},addressee"
    rows = [f"{row},{'ad' * 32 if number else ''}" for number, row in enumerate(ROWS)]
    log = [
        dict(zip(head.split(","), (field or None for field in row.split(",")), strict=True)) for row in rows
    ]
    text = json.dumps({"schema": 3, "log": log}) if form == "JSON" else as_csv(rows, head)
    ended, proof = prove(text)
    assert (ended.code, ended.err) == (0, "")
    assert proof["website"]["channels"] == COUNTED
