"""Writes numbered keys to Redis, each acknowledged before the next, and finds out afterwards which were lost."""

import socket
import threading
import time

PAUSE = 0.001


class RedisError(Exception):
    """Redis said no."""


class Redis:
    """A connection, in the few words that are needed."""

    def __init__(self, address, password, seconds):
        self.socket = socket.create_connection((address, 6379), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.command("AUTH", password)

    def command(self, *words):
        octets = [str(word).encode() for word in words]
        self.socket.sendall(
            b"*%d\r\n" % len(octets) + b"".join(b"$%d\r\n%b\r\n" % (len(one), one) for one in octets))
        return self.answer()

    def answer(self):
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise OSError("the connection is closed")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.answer() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest.decode()

    def close(self):
        self.socket.close()


class Writer(threading.Thread):
    """Writes until `result`. `copies`: replicas that must have a key before it counts as acknowledged."""

    def __init__(self, name, address, password, copies):
        super().__init__(daemon=True)
        self.prefix = f"written:{name}:"
        self.place = (address, password)
        self.copies = copies
        self.ended = threading.Event()
        self.acknowledged = []

    def run(self):
        redis = None
        number = 0
        while not self.ended.is_set():
            number += 1
            try:
                redis = redis or Redis(*self.place, seconds=0.5)
                redis.command("SET", f"{self.prefix}{number}", number)
                if self.copies == 0 or redis.command("WAIT", self.copies, 200) >= self.copies:
                    self.acknowledged.append(number)
                time.sleep(PAUSE)
            except (OSError, RedisError):
                if redis:
                    redis.close()
                redis = None
                time.sleep(0.02)

    def result(self):
        self.ended.set()
        self.join()
        redis = Redis(*self.place, seconds=5)
        missing = [one for one in self.acknowledged if redis.command("EXISTS", f"{self.prefix}{one}") == 0]
        redis.close()
        return {"acknowledged": len(self.acknowledged), "missing": len(missing)}
