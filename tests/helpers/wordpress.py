"""A real WordPress for tests: Debian's package with its own MariaDB and PHP server on loopback.

`run_wordpress()` starts an instance in about ten seconds and removes it afterwards. `instance.database_url`
is a value for `notify --recipients`.
"""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.environment import REPOSITORY
from tests.helpers.ports import free_port
from tests.helpers.programs import require_program
from tests.helpers.waiting import wait_until

PLUGIN = REPOSITORY / "integrations" / "wordpress" / "klartekst-policy-notice"
DEBIAN = Path("/usr/share/wordpress")
PASSWORD = "a long enough password"
_FIRST_INFORMED = 100_001
PREFIX = "member_"  # not WordPress' default wp_: no code may rely on that

_CONFIG = """<?php
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'wordpress' );
define( 'DB_PASSWORD', '%(password)s' );
define( 'DB_HOST', '127.0.0.1:%(database_port)d' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
foreach ( array( 'AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT',
	'LOGGED_IN_SALT', 'NONCE_SALT' ) as $name ) {
	define( $name, "a test key for $name" );
}
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', '%(log)s' );
// Behind a cache, WordPress has the address of the cache.
if ( isset( $_SERVER['HTTP_X_CACHE'] ) ) {
	define( 'WP_HOME', 'http://' . $_SERVER['HTTP_X_CACHE'] );
	define( 'WP_SITEURL', WP_HOME );
}
$table_prefix = '%(prefix)s';
define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-settings.php';
"""

_QUIET = """<?php
add_filter( 'pre_wp_mail', '__return_true' );
add_filter( 'admin_email_check_interval', '__return_zero' );
add_filter( 'pre_option_show_avatars', '__return_zero' );
add_filter( 'emoji_svg_url', '__return_false' );
// The login form moves the focus after a while: what a browser types just then goes into the wrong field.
add_filter( 'enable_login_autofocus', '__return_false' );
"""

# The policy's host of the tests has neither https nor a usual port.
_UNSAFE = """<?php
add_filter( 'klartekst_policy_notice_allow_unsafe_url', '__return_true' );
"""

_THEME = {
    "style.css": "/*\nTheme Name: Plain\nVersion: 1\n*/\n",
    "index.php": """<!doctype html><html <?php language_attributes(); ?>><head><?php wp_head(); ?></head>
<body><?php wp_body_open(); wp_footer(); ?></body></html>
""",
}

_INSTALL = """
define( 'WP_INSTALLING', true );
require '%(path)s/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install( 'Members', 'admin', 'admin@example.no', false, '', '%(password)s' );
"""


@dataclass(frozen=True)
class WordPress:
    """A running WordPress. Every user has the password PASSWORD; `admin` is the administrator."""

    url: str
    path: Path
    database_port: int
    database_user: str = "wordpress"
    database_password: str = PASSWORD
    database_name: str = "wordpress"
    database_host: str = "127.0.0.1"
    prefix: str = PREFIX

    @property
    def database_url(self) -> str:
        """The URL of the database for SQLAlchemy."""
        password = self.database_password.replace(" ", "%20")
        return (
            f"mysql+pymysql://{self.database_user}:{password}@{self.database_host}:{self.database_port}"
            f"/{self.database_name}"
        )

    def run_php(self, code: str) -> str:
        """Run PHP code inside WordPress; return what it prints."""
        host = f"$_SERVER['HTTP_HOST'] = '{self.url.removeprefix('http://')}'; $_SERVER['REQUEST_URI'] = '/';"
        return _php(f"{host} require '{self.path}/wp-load.php';\n{code}")

    def evaluate_php(self, expression: str):
        """Return the value of a PHP expression."""
        return json.loads(self.run_php(f"echo wp_json_encode( {expression} );"))

    def add_user(self, login: str, locale: str, role: str = "subscriber") -> int:
        """Add a user; return its id."""
        row = {
            "user_login": login,
            "user_pass": PASSWORD,
            "user_email": f"{login}@example.no",
            "locale": locale,
            "role": role,
        }
        return int(self.evaluate_php(f"wp_insert_user( json_decode( '{json.dumps(row)}', true ) )"))

    def user_meta(self, user: int, key: str):
        """Return all values of a user's meta key."""
        return self.evaluate_php(f"get_user_meta( {user}, '{key}' )")

    def add_informed_members(self, count: int, entry: str) -> None:
        """Add members at once, each with a record that says that version 2.0 was shown and acknowledged."""
        numbers = f"FROM seq_{_FIRST_INFORMED}_to_{_FIRST_INFORMED + count - 1}"
        columns, values = "( ID, user_login, user_email )", "seq, seq, CONCAT( seq, '@example.no' )"
        users = f"INSERT INTO $wpdb->users {columns} SELECT {values}"
        record = f"CONCAT( '2.0 {entry} login ', event, ' 86400' )"
        meta = (
            "INSERT INTO $wpdb->usermeta ( user_id, meta_key, meta_value )"
            f" SELECT seq, 'klartekst_policy_log', {record}"
        )
        events = "( SELECT 'shown' AS event UNION SELECT 'acknowledged' ) AS events"
        self.run_php(
            f'$wpdb->query( "{users} {numbers}" ); $wpdb->query( "{meta} {numbers} CROSS JOIN {events}" );'
        )

    def remove_informed_members(self) -> None:
        """Remove the members that `add_informed_members` added."""
        self.run_php(
            f'$wpdb->query( "DELETE FROM $wpdb->users WHERE ID >= {_FIRST_INFORMED}" );'
            f'$wpdb->query( "DELETE FROM $wpdb->usermeta WHERE user_id >= {_FIRST_INFORMED}" );'
        )

    @property
    def php_warnings(self) -> list[str]:
        """The PHP warnings about the plugin so far; WordPress 6.1 itself causes others under today's PHP."""
        log = self.path / "debug.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if f"plugins/{PLUGIN.name}/" in line]


def _php(code: str) -> str:
    done = subprocess.run(
        [require_program("php", "php-cli"), "-d", "display_errors=stderr", "-r", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@contextmanager
def run_wordpress() -> Iterator[WordPress]:
    """Start a WordPress with the plugin active; remove it when the block ends."""
    programs = {
        name: require_program(name, package)
        for name, package in {"mariadbd": "mariadb-server", "mariadb-install-db": "mariadb-server"}.items()
    }
    if not DEBIAN.is_dir():
        require_program("wordpress", "wordpress")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="klartekst-wp-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        port = stack.enter_context(_mariadb(folder, programs))
        web_port = free_port()
        instance = WordPress(f"http://localhost:{web_port}", copy_wordpress(folder / "www", port), port)
        install_wordpress(instance)
        stack.enter_context(_server(instance, web_port))
        yield instance


@contextmanager
def _process(*words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in its own process group, so that its children end with it."""
    started = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
    )
    try:
        yield started
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(timeout=300)


def _wait_until_ready(ready, what: str, started: subprocess.Popen[bytes]) -> None:
    def answers() -> bool:
        assert started.poll() is None, f"{what} has ended"
        return ready()

    wait_until(answers, f"{what} answers")


def _install_database(command: list[str]) -> None:
    """Create the system tables."""
    options = ["--skip-test-db", "--auth-root-authentication-method=normal"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _mariadb(folder: Path, programs: dict[str, str]) -> Iterator[int]:
    data, port = folder / "data", free_port()
    # Native queues for input and output are counted for the whole machine, and a server that starts deletes
    # the temporary tables of all others in its folder for them.
    own = ["--no-defaults", f"--datadir={data}", f"--tmpdir={folder}", "--innodb-use-native-aio=0"]
    user = f"--user={pwd.getpwuid(os.getuid()).pw_name}"
    _install_database([programs["mariadb-install-db"], *own, user])
    words = folder / "begin.sql"
    words.write_text(
        "CREATE DATABASE wordpress CHARACTER SET utf8mb4;\n"
        f"CREATE USER wordpress@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
        "GRANT ALL ON wordpress.* TO wordpress@'127.0.0.1';\n"
    )
    with _process(
        programs["mariadbd"],
        *own,
        user,
        f"--socket={folder / 'sock'}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        f"--init-file={words}",
        "--innodb-buffer-pool-size=32M",
        "--innodb-flush-log-at-trx-commit=0",
    ) as started:
        _wait_until_ready(lambda: _accepts_connections(port), "MariaDB", started)
        yield port


def _accepts_connections(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


def copy_wordpress(path: Path, port: int, prefix: str = PREFIX) -> Path:
    """Copy WordPress with a plain theme and the plugin, without Debian's configuration."""
    own = shutil.ignore_patterns("wp-content", "wp-config.php", ".htaccess")
    shutil.copytree(DEBIAN, path, ignore=own)
    values = {"password": PASSWORD, "database_port": port, "prefix": prefix, "log": path / "debug.log"}
    (path / "wp-config.php").write_text(_CONFIG % values)
    content = path / "wp-content"
    (content / "mu-plugins").mkdir(parents=True)
    (content / "mu-plugins" / "quiet.php").write_text(_QUIET)
    (content / "mu-plugins" / "unsafe.php").write_text(_UNSAFE)
    (content / "themes" / "plain").mkdir(parents=True)
    for name, text in _THEME.items():
        (content / "themes" / "plain" / name).write_text(text)
    shutil.copytree(PLUGIN, content / "plugins" / PLUGIN.name)
    # Any catalogue makes its language a known one; the translations of WordPress itself do not matter here.
    (content / "languages").mkdir()
    for catalogue in PLUGIN.glob("languages/*.mo"):
        locale = catalogue.stem.removeprefix(f"{PLUGIN.name}-")
        shutil.copy(catalogue, content / "languages" / f"{locale}.mo")
    return path


def install_wordpress(instance: WordPress) -> None:
    """Create the tables, and activate the theme and the plugin."""
    _php(
        f"$_SERVER['HTTP_HOST'] = '{instance.url.removeprefix('http://')}';\n"
        + _INSTALL % {"path": instance.path, "password": PASSWORD}
    )
    instance.run_php(
        f"update_option( 'siteurl', '{instance.url}' ); update_option( 'home', '{instance.url}' );"
        "switch_theme( 'plain' ); require_once ABSPATH . 'wp-admin/includes/plugin.php';"
        f"$error = activate_plugin( '{PLUGIN.name}/{PLUGIN.name}.php' );"
        "if ( $error ) { throw new Exception( $error->get_error_message() ); }"
    )


@contextmanager
def _server(instance: WordPress, port: int) -> Iterator[None]:
    words = (require_program("php", "php-cli"), "-d", "opcache.enable_cli=1", "-S", f"127.0.0.1:{port}")
    with _process(*words, "-t", str(instance.path), PHP_CLI_SERVER_WORKERS="4") as started:
        _wait_until_ready(lambda: _accepts_connections(port), "PHP", started)
        with urllib.request.urlopen(f"{instance.url}/wp-login.php", timeout=600) as answer:  # noqa: S310 - ours
            assert answer.status == 200
        yield
