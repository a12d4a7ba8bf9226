"""The measured client: runs on a host of its own, reads commands as lines of JSON, answers each with one.

open          makes sessions, visits each once, and remembers its number of visits
visit         visits each of them again: which were lost?
probe         begins to visit with one session, every 25 ms, each time over a new connection
report        ends that and tells what the client saw
write         begins to write numbered keys to Redis; several at once, by name
acknowledged  how many were acknowledged so far?
written       ends that: which acknowledged keys are missing?
items         how many sessions has a memcached?
"""

import json
import http.client
import re
import socket
import sys
import threading
import time

from writer import Writer

INTERVAL = 0.025
CONNECT_SECONDS = 0.2


class Wrong(Exception):
    """An answer that is one, but not the right one."""


class Visitor:
    """One session: its cookie, and how often the site says that it was here."""

    def __init__(self, address):
        self.address = address
        self.cookie = None
        self.visits = 0
        self.host = None

    def visit(self, seconds):
        """Raises OSError or HTTPException without an answer, Wrong if the session is not what it was."""
        connection = http.client.HTTPConnection(self.address, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
            connection.sock.settimeout(seconds)
            headers = {"Connection": "close"}
            if self.cookie:
                headers["Cookie"] = f"JSESSIONID={self.cookie}"
            connection.request("GET", "/", headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise http.client.HTTPException(f"status {answer.status}")
        page = re.fullmatch(r"sessionID= (\S+)\nvisits= (\d+)\nserved by (\S+)\n", text)
        if not page:
            raise Wrong(f"not the session page: {text[:80]!r}")
        session, visits = page.group(1), int(page.group(2))
        self.host = page.group(3)
        if self.cookie and session != self.cookie:
            raise Wrong(f"session {self.cookie} became {session} on {self.host}")
        # A visit whose answer was lost may count; one that was answered must.
        if visits <= self.visits:
            raise Wrong(f"session {session} went from {self.visits} visits to {visits} on {self.host}")
        self.cookie, self.visits = session, visits


class Probe(threading.Thread):
    """Visits until it is ended."""

    def __init__(self, visitor, seconds):
        super().__init__(daemon=True)
        self.visitor = visitor
        self.seconds = seconds
        self.ended = threading.Event()
        self.start_moment = time.monotonic()
        self.answers = []
        self.failures = []
        self.wrong = []

    def run(self):
        while not self.ended.is_set():
            start = time.monotonic()
            try:
                self.visitor.visit(self.seconds)
                self.answers.append(time.monotonic())
            except Wrong as error:
                self.wrong.append(str(error))
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(str(error) or type(error).__name__)
            time.sleep(max(0, INTERVAL - (time.monotonic() - start)))

    def report(self):
        """The outage is the longest time without an answer, in milliseconds."""
        self.ended.set()
        self.join()
        moments = [self.start_moment, *self.answers, time.monotonic()]
        gaps = [later - earlier for earlier, later in zip(moments, moments[1:])]
        return {
            "outage": round(1000 * max(gaps)), "answers": len(self.answers),
            "failures": len(self.failures), "reasons": sorted(set(self.failures)), "wrong": self.wrong,
            "visits": self.visitor.visits}


class Client:
    def __init__(self, address):
        self.address = address
        self.crowd = []
        self.probing = None
        self.visitor = Visitor(address)
        self.writers = {}

    def open(self, count):
        self.crowd = [Visitor(self.address) for _ in range(count)]
        for one in self.crowd:
            one.visit(10)
        return len(self.crowd)

    def visit(self, seconds=15):
        """The sessions that are not what they were. Without an answer it tries again, so many seconds in all."""
        deadline = time.monotonic() + seconds
        lost = []
        for one in self.crowd:
            while True:
                try:
                    one.visit(10)
                    break
                except Wrong as error:
                    lost.append(str(error))
                    break
                except (OSError, http.client.HTTPException) as error:
                    if time.monotonic() > deadline:
                        lost.append(f"no answer: {error}")
                        break
                    time.sleep(0.1)
        return {"sessions": len(self.crowd), "lost": lost}

    def probe(self, seconds):
        if not self.visitor.cookie:
            self.visitor.visit(10)
        self.probing = Probe(self.visitor, seconds)
        self.probing.start()

    def report(self):
        return self.probing.report()

    def write(self, name, address, password, copies):
        self.writers[name] = Writer(name, address, password, copies)
        self.writers[name].start()

    def acknowledged(self, name):
        return len(self.writers[name].acknowledged)

    def written(self, name):
        return self.writers.pop(name).result()

    def items(self, address):
        """The sessions that a memcached has."""
        with socket.create_connection((address, 11211), timeout=5) as connection:
            connection.sendall(b"lru_crawler metadump all\r\n")
            lines = iter(connection.makefile("rb").readline, b"END\r\n")
            return sum(line.startswith(b"key=session%3A") for line in lines)


def main():
    client = Client(sys.argv[1])
    # A host that is gone is noticed at a new connection; nothing here looks names up.
    socket.setdefaulttimeout(10)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(client, request.pop("do"))(**request)
            print(json.dumps({"answer": answer}), flush=True)
        except (OSError, http.client.HTTPException, Wrong) as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
