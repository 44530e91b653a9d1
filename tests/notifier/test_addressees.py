"""Addressees from databases: the tables of WordPress in MariaDB, and custom queries."""

import sqlite3

import pytest
from sqlalchemy import create_engine, text

from common.errors import InputError, TryLaterError
from notifier.addressee_rows import RejectedRow
from notifier.addressees import open_source
from tests.helpers.ports import free_port
from tests.notifier.cli import run_command
from tests.notifier.factories import create_campaign, write_letter
from tests.notifier.smtp_server import SmtpServer

# As wp-admin/includes/schema.php creates them.
WORDPRESS = """
CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
CREATE USER IF NOT EXISTS wordpress@'127.0.0.1' IDENTIFIED BY 'hemmelig';
GRANT SELECT ON {name}.* TO wordpress@'127.0.0.1';
USE {name};
CREATE TABLE {p}users (ID bigint(20) unsigned NOT NULL auto_increment,
  user_login varchar(60) NOT NULL default '',
  user_pass varchar(255) NOT NULL default '', user_nicename varchar(50) NOT NULL default '',
  user_email varchar(100) NOT NULL default '', user_url varchar(100) NOT NULL default '',
  user_registered datetime NOT NULL default '2026-01-01 00:00:00',
  user_activation_key varchar(255) NOT NULL default '',
  user_status int(11) NOT NULL default '0', display_name varchar(250) NOT NULL default '' {flags},
  PRIMARY KEY (ID), KEY user_email (user_email));
CREATE TABLE {p}usermeta (umeta_id bigint(20) unsigned NOT NULL auto_increment,
  user_id bigint(20) unsigned NOT NULL,
  meta_key varchar(255), meta_value longtext, PRIMARY KEY (umeta_id),
  KEY user_id (user_id), KEY meta_key (meta_key(191)));
CREATE TABLE {p}options (option_id bigint(20) unsigned NOT NULL auto_increment,
  option_name varchar(191) NOT NULL,
  option_value longtext NOT NULL, PRIMARY KEY (option_id), UNIQUE KEY option_name (option_name));
"""
PEOPLE = """
INSERT INTO {p}users (ID, user_email, user_status) VALUES (1, 'site@x.no', 0), (2, 'Engelsk@x.no', 0),
  (3, 'gone@x.no', 1), (4, 'nynorsk@x.no', 0),
  (5, 'blå@blåbær.no', 0), (6, 'bad,address@x.no', 0), (7, '', 0);
INSERT INTO {p}usermeta (user_id, meta_key, meta_value) VALUES (2, 'locale', 'en_GB'), (1, 'locale', ''),
  (4, 'locale', 'nn_NO'), (2, 'first_name', 'nb_NO');
INSERT INTO {p}options (option_name, option_value) VALUES ('WPLANG', '{wplang}'), ('blogname', 'en_GB');
"""
FLAGS = ", spam tinyint(2) NOT NULL default '0', deleted tinyint(2) NOT NULL default '0'"


@pytest.fixture
def wordpress(mariadb, request):
    made = []

    def make(prefix="wp_", flags="", wplang="en_US"):
        name = f"wp{abs(hash((request.node.name, len(made))))}"
        made.append(name)
        mariadb.sql((WORDPRESS + PEOPLE).format(name=name, p=prefix, flags=flags, wplang=wplang))
        return mariadb.url(name), lambda script: mariadb.sql(f"USE {name}; {script}")

    yield make
    for name in made:
        mariadb.sql(f"DROP DATABASE {name}")


def languages(source):
    return {one.address: one.language for one in source.read_rows() if not isinstance(one, RejectedRow)}


def test_wordpress_members_are_those_active_in_their_own_locale_or_the_sites(wordpress):
    url, _ = wordpress()
    source = open_source(url, None, "wp_")
    assert languages(source) == {
        "site@x.no": "en_US",
        "Engelsk@x.no": "en_GB",
        "nynorsk@x.no": "nn_NO",
        "blå@blåbær.no": "en_US",
    }
    assert [one.line for one in source.read_rows() if isinstance(one, RejectedRow)] == [5, 6]


def test_a_site_without_a_language_and_with_another_prefix(wordpress):
    url, _ = wordpress(prefix="kunde7_", wplang="")
    assert languages(open_source(url, None, "kunde7_"))["site@x.no"] == ""
    with pytest.raises(InputError, match="no table wp_users"):
        open_source(url, None, "wp_")
    with pytest.raises(InputError, match="--table-prefix"):
        open_source(url, None, "wp_users; DROP TABLE x; --")


def test_users_blocked_on_a_multisite_are_left_out(wordpress):
    url, sql = wordpress(flags=FLAGS)
    sql("UPDATE wp_users SET spam = 1 WHERE ID = 1; UPDATE wp_users SET deleted = 1 WHERE ID = 2;")
    assert set(languages(open_source(url, None, "wp_"))) == {"nynorsk@x.no", "blå@blåbær.no"}


def test_the_members_are_read_and_never_written(wordpress, mariadb):
    url, sql = wordpress()
    sql("GRANT ALL ON *.* TO wordpress@'127.0.0.1'; FLUSH PRIVILEGES;")
    source = open_source(url, None, "wp_")
    with source.engine.connect() as connection, pytest.raises(Exception, match="READ ONLY"):
        connection.execute(text("DELETE FROM wp_users"))
    mariadb.sql("REVOKE ALL PRIVILEGES, GRANT OPTION FROM wordpress@'127.0.0.1'")


def test_conditions_decide_who_of_wordpress_is_in_an_audience(wordpress, tmp_path):
    url, sql = wordpress()
    sql("INSERT wp_usermeta (user_id, meta_key, meta_value) VALUES (2, 'wp_capabilities', 'a:subscriber')")
    campaign = create_campaign(tmp_path)
    write_letter(campaign.letter, affects=["members"], tell="affected", audiences=["members", "guests"])
    (tmp_path / "audiences.yaml").write_text(
        'members: "id IN (SELECT user_id FROM wp_usermeta'
        " WHERE meta_key = 'wp_capabilities' AND meta_value LIKE '%subscriber%')\"\n"
        "guests: language = 'nn_NO'\n"
    )
    options = ["--letter", campaign.letter, "--audiences", tmp_path / "audiences.yaml"]
    ended = run_command("plan", *options, KLARTEKST_RECIPIENTS=url)
    assert "  members      1\nleft out       3\n  (none)       2\n  guests       1\n" in ended.out


def test_members_who_left_before_sending_are_withdrawn(wordpress, tmp_path):
    url, sql = wordpress()
    campaign = create_campaign(tmp_path)
    where = ["--letter", campaign.letter, "--ledger", campaign.ledger]
    assert run_command("plan", *where, KLARTEKST_RECIPIENTS=url).code == 1
    sql("UPDATE wp_users SET user_status = 1 WHERE ID = 4; INSERT wp_users (user_email) VALUES ('new@x.no')")
    with SmtpServer() as server:
        options = ["--smtp", server.url, "--confirm", 4]
        ended = run_command("send", *where, *options, KLARTEKST_RECIPIENTS=url)
        assert ended.code == 1  # rows of the list were rejected
        assert set(server.recipients) == {"site@x.no", "Engelsk@x.no", "blå@xn--blbr-roah.no"}
    assert campaign.counts == {"sent": 3, "withdrawn": 1}
    assert campaign.execute("select address from klartekst_delivery where state = 'withdrawn'") == [(None,)]


def query(folder, sql):
    path = folder / "query.sql"
    path.write_text(sql)
    return path


def test_a_custom_query_on_postgresql(postgresql, tmp_path):
    url = postgresql.database()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE members (mail text, lang text, active bool)"))
        connection.execute(text("INSERT INTO members VALUES ('a@x.no', 'en', true), ('b@x.no', NULL, false)"))
    engine.dispose()
    path = query(tmp_path, "SELECT mail AS email, lang AS language FROM members WHERE active;\n")
    source = open_source(url, path, "wp_")
    assert languages(source) == {"a@x.no": "en"}
    assert source.find_active_identities(["a@x.no", "b@x.no"]) == {"a@x.no"}
    writing = open_source(url, query(tmp_path, "DELETE FROM members RETURNING mail AS email"), "wp_")
    with pytest.raises(InputError, match="cannot run the query"):
        list(writing.read_rows())


@pytest.fixture
def sqlite(tmp_path):
    path = tmp_path / "members.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE members (email TEXT)")
        connection.executemany("INSERT INTO members VALUES (?)", [("a@x.no",), ("b@x.no",)])
    connection.close()
    return f"sqlite:///{path}"


def test_a_custom_query_on_sqlite(sqlite, tmp_path):
    source = open_source(sqlite, query(tmp_path, "SELECT email FROM members"), "wp_")
    assert languages(source) == {"a@x.no": None, "b@x.no": None}
    assert source.find_active_identities(["b@x.no", "c@x.no"]) == {"b@x.no"}


def test_what_is_wrong_with_a_source_is_one_line(sqlite, tmp_path):
    for sql, complaint in [
        ("SELECT email AS mail FROM members", "must return a column email"),
        ("SELEKT", "cannot run the query"),
        ("SELECT email FROM strangers", "has no table"),
        ("SELECT mail AS email FROM members", "has no column"),
    ]:
        with pytest.raises((InputError, TryLaterError), match=complaint):
            list(open_source(sqlite, query(tmp_path, sql), "wp_").read_rows())
    for where, complaint in [
        ("oracle://x", "begin with"),
        ("sqlite:////nowhere.db", "no such SQLite"),
        ("://", "not a valid URL"),
    ]:
        with pytest.raises(InputError, match=complaint):
            open_source(where, None, "wp_")
    with pytest.raises(InputError, match="--query"):
        open_source("people.csv", tmp_path / "q.sql", "wp_")
    with pytest.raises(InputError, match="cannot be read"):
        open_source(sqlite, tmp_path / "missing.sql", "wp_")


def test_an_unreachable_database_means_try_later():
    port = free_port()
    for url in (
        f"mysql+pymysql://u:hemmelig@127.0.0.1:{port}/x",
        f"postgresql+psycopg://u:hemmelig@127.0.0.1:{port}/x",
    ):
        with pytest.raises(TryLaterError) as raised:
            open_source(url, None, "wp_")
        assert "hemmelig" not in str(raised.value)
