"""Readers who request pages and data again and again while the site is deployed, and keep every answer."""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import re
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

PAGES = ("", "en/", "versjon/1.0/", "endringslogg/", "en/changelog/")
DATA = ("api/log.json", "api/versions.json", "api/announcements.json")
_PAUSE = 0.02  # seconds between two pages: as few requests as may meet every moment of a deployment
_ASSET = re.compile(rb'(?:href|src)="([^"]*assets/[\w-]+\.([0-9a-f]{12})\.(?:css|js))"')


@dataclass
class Answers:
    """What readers were answered: the digests of the bodies, and what was wrong whatever was deployed.

    `bodies` are the digests of each path, `tagged` those of each path and ETag. `reads` are the digests of
    the three files of data, read while the log did not change; `switched` counts those during which it did.
    """

    requests: int = 0
    bodies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tagged: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    reads: Counter[tuple[str, ...]] = field(default_factory=Counter)
    switched: int = 0
    wrong: list[str] = field(default_factory=list)


class Reader(threading.Thread):
    """One reader with one connection. Ends after `stop` is set, and at least so many requests."""

    def __init__(self, address: str, requests: int, stop: threading.Event, seed: int) -> None:
        super().__init__()
        parts = urlsplit(address)
        self._host, self._port, self._path = parts.hostname, parts.port, parts.path
        self._connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        self._requests, self._stop_event, self._random = requests, stop, random.Random(seed)
        self.answers = Answers()

    def run(self) -> None:
        while not self._stop_event.is_set() or self.answers.requests < self._requests:
            try:
                self._read_page(self._random.choice(PAGES))
                self._read_data()
                self._stop_event.wait(_PAUSE)
            except (OSError, http.client.HTTPException) as error:
                self.answers.wrong.append(f"{type(error).__name__}: {error}")
                self._connection.close()
        self._connection.close()

    def _get(self, path: str) -> bytes:
        """Request a file that must be there; compare what its ETag stood for before."""
        self._connection.request("GET", self._path + path)
        answer = self._connection.getresponse()
        body = answer.read()
        self.answers.requests += 1
        if answer.status != 200:
            self.answers.wrong.append(f"{path}: {answer.status}")
            return b""
        digest = hashlib.sha256(body).hexdigest()
        self.answers.bodies[path].add(digest)
        self.answers.tagged[path, answer.headers["ETag"]].add(digest)
        return body

    def _read_page(self, path: str) -> None:
        """Read a page with its style sheet and its script, whose addresses say what is in them."""
        found = _ASSET.findall(self._get(path))
        if len(found) != 2:
            self.answers.wrong.append(f"{path}: {len(found)} assets")
        for href, digits in found:
            asset = urljoin(f"/{path}", href.decode()).removeprefix("/")
            if hashlib.sha256(self._get(asset)).hexdigest()[:12] != digits.decode():
                self.answers.wrong.append(f"{path}: not the {asset} that it was built with")

    def _read_data(self) -> None:
        """Read the data as one, and the log again: if that is the same, no switch was in between."""
        bodies = [self._get(path) for path in DATA]
        if self._get(DATA[0]) != bodies[0]:
            self.answers.switched += 1
            return
        self.answers.reads[tuple(hashlib.sha256(body).hexdigest() for body in bodies)] += 1


def merge_answers(parts: list[Answers]) -> Answers:
    """Return the answers of several readers together."""
    merged = Answers()
    for part in parts:
        merged.requests += part.requests
        merged.switched += part.switched
        merged.reads.update(part.reads)
        merged.wrong += part.wrong
        for key, digests in part.bodies.items():
            merged.bodies[key] |= digests
        for tag, digests in part.tagged.items():
            merged.tagged[tag] |= digests
    return merged


def dump_answers(answers: Answers) -> str:
    """Return the answers as JSON, for another process."""
    return json.dumps(
        {
            "requests": answers.requests,
            "switched": answers.switched,
            "wrong": answers.wrong,
            "reads": [[*key, count] for key, count in answers.reads.items()],
            "bodies": {path: sorted(digests) for path, digests in answers.bodies.items()},
            "tagged": [[*key, sorted(digests)] for key, digests in answers.tagged.items()],
        }
    )


def load_answers(text: str) -> Answers:
    """Return the answers that another process has dumped."""
    values = json.loads(text)
    answers = Answers(values["requests"], switched=values["switched"], wrong=values["wrong"])
    answers.bodies |= {path: set(digests) for path, digests in values["bodies"].items()}
    answers.tagged |= {(path, tag): set(digests) for path, tag, digests in values["tagged"]}
    answers.reads.update({tuple(digests): count for *digests, count in values["reads"]})
    return answers
