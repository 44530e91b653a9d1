"""When to stop for everybody's sake: failures in a row that are about the letter or the relay."""

from notifier.answers import Answer, Phase
from notifier.errors import InputError, NotifyError, TryLaterError
from notifier.ledger import Post

_DISLIKED = (
    20  # contract §7: so many refusals in a row at DATA or the dot, and it is the letter that is refused
)
_CLOSED_DOOR = 100  # so many at RCPT, and the relay does not relay for us
_TROUBLE = 100  # so many 4xx or drops elsewhere than at RCPT, where greylisting is at home
_SILENCE = 50  # so many dots without an answer


class Breakers:
    """Counts failures in a row over all connections; one success clears them."""

    def __init__(self) -> None:
        self._letters: list[Post] = []  # refused at DATA or the dot since the last success
        self._doors: list[Post] = []  # refused at RCPT since then
        self._trouble = self._silence = 0
        self._broken = False

    def accepted(self) -> list[Post]:
        """Clear all counts, and return the refusals that were open to appeal and now stand."""
        self._trouble = self._silence = 0
        if self._broken:
            return []
        standing = self._letters + self._doors
        self._letters, self._doors = [], []
        return standing

    def refused(self, post: Post, answer: Answer) -> NotifyError | None:
        """Count a 5xx, and return why to stop, if it is time."""
        in_a_row = self._doors if answer.phase is Phase.RCPT else self._letters
        in_a_row.append(post)
        if len(self._letters) < _DISLIKED and len(self._doors) < _CLOSED_DOOR:
            return None
        self._broken = True
        what = "no mail from here" if answer.phase is Phase.RCPT else "not this letter"
        return InputError(f"{len(in_a_row)} refusals in a row ({answer.shown}): the relay takes {what}")

    def later(self, answer: Answer) -> NotifyError | None:
        """Count a 4xx or a drop before the dot, and return why to stop, if it is time."""
        self._trouble += answer.phase is not Phase.RCPT
        if self._trouble < _TROUBLE:
            return None
        return TryLaterError(f"{self._trouble} failures in a row ({answer.shown}); try again later")

    def unanswered(self) -> NotifyError | None:
        """Count a dot without an answer, and return why to stop, if it is time."""
        self._silence += 1
        if self._silence < _SILENCE:
            return None
        return TryLaterError(f"{self._silence} letters in a row without an answer; look at the relay first")

    def won_appeals(self) -> list[Post]:
        """Return those refused for what is no fault of theirs: the letter's, or the relay's."""
        letters = self._letters if len(self._letters) >= _DISLIKED else []
        doors = self._doors if len(self._doors) >= _CLOSED_DOOR else []
        return letters + doors
