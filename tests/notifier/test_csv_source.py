"""Who is read from a list: what spreadsheets write, what members write into it, and what is damaged."""

import csv
import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from notifier.addressee_rows import RejectedRow
from notifier.csv_source import CsvSource
from tests.notifier.cli import ROOT, run_command
from tests.notifier.factories import create_campaign
from tests.notifier.smtp_server import SmtpServer


def read(folder, content):
    """Return the addressees of a list as `address/language/name`, and the lines of its rejected rows."""
    path = folder / "list.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows = list(CsvSource(path).read_rows())
    rejected = [(row.line, row.last_line or row.line) for row in rows if isinstance(row, RejectedRow)]
    accepted = [row for row in rows if not isinstance(row, RejectedRow)]
    return [f"{row.address}/{row.language or ''}/{row.name or ''}" for row in accepted], rejected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_inside_a_name_is_nobody(tmp_path, end):
    rows = [
        "email,language,name",
        "a@x.no,nb,Anne",
        '"b@x.no",nb,"Bo',
        "evil@y.no,en,Eve",
        '"',
        "c@x.no,nb,Cato",
        "",
    ]
    assert read(tmp_path, end.join(rows)) == (["a@x.no/nb/Anne", "c@x.no/nb/Cato"], [(3, 5)])


def test_a_row_inside_a_field_that_nobody_reads_is_nobody_either(tmp_path):
    text = (
        'email,note\na@x.no,"1\nevil@y.no,2\n"\nb@x.no,"Gata 1\n0150 Oslo"\nc@x.no,"ask e@y.no\nor f@y.no"\n'
    )
    assert read(tmp_path, text) == (["b@x.no//", "c@x.no//"], [(2, 4)])


def test_a_forgotten_quotation_mark_costs_the_rows_to_the_next_one(tmp_path):
    text = 'email,name\na@x.no,"Anne\nb@x.no,Bo\nc@x.no,"Cato"\nd@x.no,Dina\n'
    assert read(tmp_path, text) == (["d@x.no//Dina"], [(2, 4)])
    text = 'email,name\na@x.no,Anne\nb@x.no,"Bo\nc@x.no,Cato\n'
    assert read(tmp_path, text) == (["a@x.no//Anne"], [(3, 4)])
    # In a column that nobody reads, too: whoever stands in the field would be told nothing.
    text = 'email,note\na@x.no,"1\nb@x.no,2\nc@x.no,3"\nd@x.no,4\n'
    assert read(tmp_path, text) == (["d@x.no//"], [(2, 4)])


def test_what_follows_a_misplaced_quotation_mark_is_no_row(tmp_path):
    text = 'email,name\na@x.no,"An"ne","Bo\nevil@y.no,Eve\n"\nc@x.no,Cato\n'
    assert read(tmp_path, text) == (["c@x.no//Cato"], [(2, 4)])


def test_a_field_longer_than_python_allows_by_default_is_one_field(tmp_path):
    # Not csv.field_size_limit(): whoever has read a list in this process has raised it to a gigabyte.
    name = "x" * 131_072
    assert read(tmp_path, f'email,name\na@x.no,"{name}\n{name}\nevil@y.no,Eve\n"\nb@x.no,Bo\n') == (
        ["b@x.no//Bo"],
        [(2, 5)],
    )


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfemail;navn;language\r\nk\xc3\xa5re@x.no;K\xc3\xa5re;nb\r\n",
        "Navn;Email;Language\r\nKåre;kåre@x.no;nb\r\n".encode("cp1252"),
        "sep=;\r\nemail;language\r\nkåre@x.no;nb\r\n".encode("cp1252"),
        "email\tlanguage\r\nkåre@x.no\tnb\r\n".encode("utf-16"),
        'email,language,"sum; kr"\nkåre@x.no,nb,"1;2"\n',
        "EMAIL , language\nkåre@x.no,nb\n",
    ],
)
def test_lists_are_read_as_spreadsheets_write_them(tmp_path, content):
    assert read(tmp_path, content) == (["kåre@x.no/nb/"], [])


def test_columns_at_the_end_of_a_row_may_be_missing_and_empty_ones_may_be_there(tmp_path):
    text = "email,language,name\na@x.no\nb@x.no,nb\nc@x.no,nb,Cato,,\nd@x.no,nb,Dal, Dina\n\n,,\n"
    assert read(tmp_path, text) == (["a@x.no//", "b@x.no/nb/", "c@x.no/nb/Cato"], [(5, 5)])


def test_only_the_damaged_rows_of_a_file_are_rejected(tmp_path):
    content = "email,name,note\nå@x.no,Å,1\nb@x.no,?,2\nc@x.no,C,?\n".encode().replace(b"?", b"\xe5")
    assert read(tmp_path, content) == (["å@x.no//Å", "c@x.no//C"], [(3, 3)])
    assert read(tmp_path, b"email,name\na@x.no,\xe5\nb@x.no,\x81\n") == (["a@x.no//å"], [(3, 3)])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "list.csv:1: no column email; the first line must name the columns"),
        ("kari@x.no;nb\nola@x.no;nb\n", "list.csv:1: no column email; the first line must name the columns"),
        ("Navn;E-post\n", "list.csv:1: no column email; rename column 2 of the header to email"),
        ("sep=;\nnavn,epost\n", "list.csv:2: no column email"),
        ("email,langauge\n", "list.csv:1: column 2 of the header: did you mean language"),
        ("email,name,email\n", "list.csv:1: two columns email; remove one"),
        ("email\n".encode("utf-16") + b"x", "list.csv: damaged text; save it as UTF-8"),
    ],
)
def test_what_is_wrong_with_a_header_is_one_line_that_quotes_nothing(tmp_path, content, complaint):
    with pytest.raises(InputError, match=complaint) as raised:
        read(tmp_path, content)
    assert "@" not in str(raised.value)


_ADDRESSES = st.sampled_from([f"{name}@x.no" for name in ("a", "b", "å", "c.d")])
_FIELDS = st.text(
    st.sampled_from("a ,;\t\"'\n\rå@x.no=") | st.characters(codec="utf-8"), max_size=20
) | st.sampled_from(["", "evil@y.no", "\nevil@y.no,1,2,3\n", '"\nevil@y.no;1;2;3', "Gata 1\r\n0150 Oslo"])
_ROWS = st.lists(st.tuples(_ADDRESSES, _FIELDS, _FIELDS, _FIELDS), max_size=8)


@given(
    _ROWS,
    st.sampled_from(",;\t"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_stands_in_the_fields_every_row_is_one_addressee_or_rejected(
    tmp_path_factory, rows, delimiter, quoting, encoding
):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)
    writer.writerows([("email", "name", "language", "note"), *rows])
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    found = list(CsvSource(path).read_rows())
    assert len(found) == len(rows)
    for row, (address, *_) in zip(found, rows, strict=True):
        assert isinstance(row, RejectedRow) or row.address == address


@given(st.binary(max_size=300))
def test_of_any_bytes_everybody_stands_in_the_file(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_bytes(b"email,name\n" + content)
    for row in CsvSource(path).read_rows():
        assert isinstance(row, RejectedRow) or row.address.strip()


def test_send_says_that_rows_were_rejected_in_every_run(tmp_path):
    campaign = create_campaign(tmp_path, "email\na@x.no\nb@x\tno\n")
    with SmtpServer() as server:
        sent = campaign.send(server.url, 1)
        again = campaign.send(server.url, 1)
    assert (sent.code, again.code) == (1, 1)
    assert sent.err.splitlines()[-1] == again.err.splitlines()[-1]
    assert again.err.splitlines()[-1].startswith("1 row of the list rejected when it was frozen")
    assert set(server.recipients) == {"a@x.no"}
    where = ["--letter", campaign.letter, "--ledger", campaign.ledger]
    assert run_command("status", *where[2:]).code == 0


def test_a_large_list_shares_its_memory_with_no_library_that_it_does_not_need(tmp_path):
    campaign = create_campaign(tmp_path, "email,language\na@x.no,sv\nb@x.no,no\n")
    arguments = ["plan", "--letter", str(campaign.letter), "--recipients", str(campaign.addressees)]
    script = (
        f"import sys; from notifier.cli import notify; notify({arguments!r}, standalone_mode=False);"
        " assert not {'pydantic', 'yaml'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
