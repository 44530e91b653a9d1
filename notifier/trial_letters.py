"""Send copies of a letter to whoever reviews it; they look like the letter, and are none.

A copy has a Message-ID of its own, so that its report can never be taken for that of a delivery.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser

from common.errors import InputError, KlartekstError, TryLaterError
from common.mail_headers import set_subject
from languages.loader import get_language, list_language_codes
from notifier.event_loop import Steps, run_tasks
from notifier.letters import Letter, MessageTemplate, format_to_header
from notifier.mailbox import Mailbox, RejectedFieldError, parse_address
from notifier.relay import Relay, connect
from notifier.replies import Envelope, Reply, Verdict
from notifier.smtp import SmtpConnection

_TIMEOUT_SECONDS = 60.0
_SUBJECT = re.compile(rb"^Subject:.*(?:\r\n[ \t].*)*\r\n", re.IGNORECASE | re.MULTILINE)
_DEFAULT_MARK = "[test]"


def send_trial_letters(letter: Letter, relay: Relay, addresses: Sequence[str]) -> int:
    """Send a copy in each language to each address, and return how many were accepted.

    Raises InputError if an address or a copy is refused, TryLaterError if the relay cannot take one now.
    """
    mailboxes = [_parse_mailbox(address) for address in addresses]
    connection = connect(relay, _TIMEOUT_SECONDS)
    count = 0

    def send_all() -> Steps[None]:
        nonlocal count
        for mailbox in mailboxes:
            for language in letter.languages:
                yield from _send(connection, letter, language, mailbox)
                count += 1
        yield from connection.quit()

    try:
        run_tasks([send_all()], lambda: None)
    finally:
        connection.close()
    return count


def mark_subject(template: MessageTemplate, language: str) -> MessageTemplate:
    """Return a letter whose subject begins with the word for a test in its language."""
    is_known = language in list_language_codes()
    mark = get_language(language).words.letter.test if is_known else _DEFAULT_MARK
    end = template.dot_stuffed_body.index(b"\r\n\r\n") + 2
    head, rest = template.dot_stuffed_body[:end], template.dot_stuffed_body[end:]
    subject = BytesHeaderParser(_class=EmailMessage, policy=policy.default).parsebytes(head)["Subject"]
    message = EmailMessage(policy=policy.SMTP)
    set_subject(message, f"{mark} {subject}")
    line = message.as_bytes().removesuffix(b"\r\n")
    return replace(template, dot_stuffed_body=_SUBJECT.sub(lambda _: line, head, count=1) + rest)


def _parse_mailbox(address: str) -> Mailbox:
    try:
        mailbox = parse_address(address)
    except RejectedFieldError as error:
        raise InputError(f"--to: {error}") from None
    if not isinstance(mailbox, Mailbox):
        raise InputError("--to: no mail server accepts this address")
    return mailbox


def _send(connection: SmtpConnection, letter: Letter, language: str, mailbox: Mailbox) -> Steps[None]:
    if mailbox.needs_smtputf8 and not connection.smtputf8:
        raise InputError("--to: the relay does not support addresses that are not ASCII (RFC 6531)")
    template = mark_subject(letter.templates[language], language)
    _expect(
        Verdict.CONTINUE,
        (
            yield from connection.open_transaction(
                Envelope(letter.get_envelope_sender(language), mailbox.address)
            )
        ),
    )
    message_id = f"<test-{secrets.token_hex(20)}@{letter.sender_domain}>"
    body = template.render(format_to_header(mailbox.address, None), message_id, time.time())
    if not (yield from connection.write(body)) or not connection.close_unless_silent():
        raise TryLaterError("the connection to the relay was lost; try again")
    reply, _ = yield from connection.send_dot(None)
    _expect(Verdict.SENT, reply)


def _expect(verdict: Verdict, reply: Reply) -> None:
    if reply.verdict is verdict:
        return
    error: type[KlartekstError] = InputError if reply.code >= 500 else TryLaterError  # noqa: PLR2004 - RFC 5321
    raise error(f"the relay did not accept the test copy ({reply.summary}); its log says why")
