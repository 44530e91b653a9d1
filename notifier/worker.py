"""A worker: one connection to the relay, and one delivery after the other through it.

The order of the steps keeps the promise of docs/reference/notification-job.md: envelope and body first, then
the durable mark, then a check that the server is still there, then the dot. The next envelope follows the dot
in the same write (RFC 2920).
"""

from __future__ import annotations

from common.errors import KlartekstError
from notifier.deliveries import Delivery
from notifier.event_loop import Steps, Task
from notifier.keys import build_message_id
from notifier.ledger_session import LedgerSession
from notifier.letters import Letter, format_to_header
from notifier.mailbox import Mailbox, parse_address
from notifier.outcomes import OutcomeRecorder
from notifier.relay import Dialer, UnreachableError
from notifier.replies import Envelope, Phase, Reply, Verdict
from notifier.send_queue import SendQueue
from notifier.smtp import SmtpConnection

_CLOSED_BY_SERVER = (0, 421)


class Worker:
    """Sends the deliveries of the queue through one connection."""

    def __init__(
        self,
        letter: Letter,
        dialer: Dialer,
        queue: SendQueue,
        session: LedgerSession,
        recorder: OutcomeRecorder,
    ) -> None:
        self._letter = letter
        self._dialer = dialer
        self._queue = queue
        self._session = session
        self._recorder = recorder
        self._connection: SmtpConnection | None = None
        self._envelope_reply: Reply | None = None  # to the envelope that followed the last dot
        self.connection_error: UnreachableError | None = None

    def run(self) -> Task:
        """Send until the queue is empty; end early if no connection can be opened."""
        try:
            yield from self._send_all()
        except UnreachableError as error:
            self.connection_error = error  # the other workers may still have their connections
        except KlartekstError as error:
            self._recorder.stop_run(error)
        except BaseException:
            # A bug: stop the others as well, and close before the dot so that nothing arrives.
            self._recorder.stop.set()
            if self._connection:
                self._connection.close()
            raise
        if self._connection:
            yield from self._connection.quit()

    def _send_all(self) -> Task:
        delivery = yield from self._queue.next_delivery()
        while delivery:
            delivery = (yield from self._send(delivery)) or (yield from self._queue.next_delivery())

    def _send(self, delivery: Delivery) -> Steps[Delivery | None]:
        """Send one delivery, up to a failure; return the next one if its envelope followed the dot."""
        reply, self._envelope_reply = self._envelope_reply, None
        connection = self._connection if reply and self._connection else (yield from self._connect(delivery))
        if reply is None:
            envelope = self._build_envelope(delivery, connection)
            if envelope is None:
                self._recorder.record_unsupported_address(delivery)
                return None
            reply = yield from connection.open_transaction(envelope)
        if reply.verdict is not Verdict.CONTINUE:
            self._handle_rejected_envelope(delivery, reply, connection)
            return None
        if not (yield from connection.write(self._render_body(delivery))):
            self._recorder.record_lost_connection(delivery)
            return None
        return (yield from self._finish_message(delivery, connection))

    def _finish_message(self, delivery: Delivery, connection: SmtpConnection) -> Steps[Delivery | None]:
        """Mark the delivery, send its dot with the next envelope behind it, and return the next delivery."""
        # Before the mark: claiming may commit, and a kill between mark and dot leaves a delivery in doubt.
        next_delivery = self._queue.next_delivery_if_due()
        if not (yield from self._session.mark_sending(delivery)):
            connection.close()  # without the dot the server discards the message
            self._recorder.release(delivery)
        elif not connection.close_unless_silent():
            self._recorder.record_lost_connection(delivery)
        else:
            envelope = self._build_envelope(next_delivery, connection) if next_delivery else None
            reply, self._envelope_reply = yield from connection.send_dot(envelope)
            self._recorder.record_reply(delivery, reply)
        if next_delivery and self._recorder.stop.is_set():
            self._queue.put_back(next_delivery)
            return None
        return next_delivery

    def _handle_rejected_envelope(self, delivery: Delivery, reply: Reply, connection: SmtpConnection) -> None:
        if reply.phase is Phase.MAIL and reply.code in _CLOSED_BY_SERVER and connection.messages_sent:
            # Servers close a connection after a number of messages; that says nothing about this addressee.
            self._queue.put_back(delivery)
        else:
            self._recorder.record_reply(delivery, reply)

    def _connect(self, delivery: Delivery) -> Steps[SmtpConnection]:
        if self._connection is None or not self._connection.is_open:
            try:
                self._connection = yield from self._dialer.connect()
            except KlartekstError:
                self._queue.put_back(delivery)  # another worker may have a connection
                raise
        return self._connection

    def _build_envelope(self, delivery: Delivery, connection: SmtpConnection) -> Envelope | None:
        """Return the envelope of a delivery, or None if this server cannot carry its address."""
        mailbox = _parse_mailbox(delivery)
        if mailbox.needs_smtputf8 and not connection.smtputf8:
            return None
        return Envelope(self._letter.get_envelope_sender(delivery.language), mailbox.address)

    def _render_body(self, delivery: Delivery) -> bytes:
        to = format_to_header(_parse_mailbox(delivery).address, delivery.name)
        identifier = build_message_id(delivery.key, self._letter.sender_domain)
        return self._letter.templates[delivery.language].render(to, identifier, delivery.dated_at)


def _parse_mailbox(delivery: Delivery) -> Mailbox:
    mailbox = parse_address(delivery.address)
    assert isinstance(mailbox, Mailbox)  # others are undeliverable from the start
    return mailbox
