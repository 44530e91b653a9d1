import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.mailbox import Mailbox, RejectedFieldError, UnmailableAddress, _build_mailbox, parse_address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna@Example.NO", "anna@example.no"),
        ("anna@blåbær.no", "anna@xn--blbr-roah.no"),
        ("anna@BLÅBÆR.no", "anna@XN--BLBR-ROAH.NO"),
        ("ka\u030are@x.no", "kåre@x.no"),
        ("KÅRE@x.no", "kåre@x.no"),
        (" anna@x.no ", "anna@x.no"),
    ],
)
def test_other_spellings_of_one_mailbox_are_the_same(one, other):
    assert parse_address(one).identity == parse_address(other).identity


def test_sharp_s_is_another_domain():
    assert parse_address("a@straße.de").identity != parse_address("a@strasse.de").identity


def test_domains_are_encoded_and_local_parts_are_kept():
    read = parse_address("Åse@blåbær.no")
    assert read == Mailbox("Åse@xn--blbr-roah.no", "åse@xn--blbr-roah.no")
    assert read.needs_smtputf8
    assert not parse_address("ase@blåbær.no").needs_smtputf8


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "anna@",
        "@x.no",
        "a@b@x.no",
        "a,b@x.no",
        "<a@x.no>",
        '"a b"@x.no',
        "a@x.no>\r\nRCPT TO:<evil@x.no",
        "a\n@x.no",
        "a\0@x.no",
        "a\x85@x.no",
        "a\u2028@x.no",
        "a\u202e@x.no",
        "a\x7f@x.no",
    ],
)
def test_what_could_be_two_addresses_or_a_command_is_rejected(address):
    with pytest.raises(RejectedFieldError):
        parse_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "a b@x.no",
        ".a@x.no",
        "a..b@x.no",
        "a@x..no",
        "a@-x.no",
        "a@[127.0.0.1]",
        "a" * 65 + "@x.no",
        "a@" + "x" * 64 + ".no",
        "å" * 33 + "@x.no",
        "a@b.c_d.no",
    ],
)
def test_addresses_that_no_server_accepts_are_unmailable(address):
    assert isinstance(parse_address(address), UnmailableAddress)


@given(st.text(max_size=40))
def test_every_mailbox_is_one_line_and_one_address(text):
    try:
        read = parse_address(text)
    except RejectedFieldError:
        return
    if isinstance(read, Mailbox):
        assert read.address.count("@") == 1
        assert not set(read.address) & set('\r\n\0 <>,;:"\\')
        assert parse_address(read.address).identity == read.identity


@given(st.text("aAbZ09--.xæ", min_size=1, max_size=260))
def test_plain_domains_need_no_idna(domain):
    read = parse_address(f"a@{domain}")
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        assert isinstance(read, UnmailableAddress)
    else:
        assert read.identity == f"a@{encoded.casefold()}"


@given(
    st.text("aAZ09-_.+", min_size=1, max_size=70) | st.integers(60, 70).map("a".__mul__),
    st.text("aAZ09-.x", min_size=1, max_size=80) | st.integers(80, 130).map("a.".__mul__).map("{}no".format),
)
def test_a_plain_address_is_what_all_the_rules_make_of_it(local, domain):
    assert parse_address(f"{local}@{domain}") == _build_mailbox(local, domain)


def test_the_longest_plain_address_is_mailable():
    longest = f"{'a' * 64}@{'a.' * 93}bcd"
    assert len(longest) == 254
    assert parse_address(longest) == Mailbox(longest, longest)
    assert isinstance(parse_address(f"{longest}e"), UnmailableAddress)
