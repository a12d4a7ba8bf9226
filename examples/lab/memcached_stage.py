"""nginx, two Tomcats, and two memcached servers that are both written to, with an address of their own."""

import signal
import time

from hosts import wait
from stage import CROWD, STORE, Stage


class MemcachedStage(Stage):
    """The acts: each server is killed, cut off, hangs, is lost by the network; and each time the other one afterwards."""

    def install_store(self, host):
        store = self.directory / "store"
        host.put(store / "memcached.conf", "/etc/memcached.conf")
        host.put(store / f"keepalived.conf.{host.name}", "/etc/keepalived/keepalived.conf")
        host.put(store / "memcached-mirror", "/etc/keepalived/memcached-mirror")

    def start_store(self, host):
        self.start_memcached(host)
        self.services[host, "mirror"] = host.start(
            "/etc/keepalived/memcached-mirror", self.other(host).address, user="nobody")

    def start_memcached(self, host):
        host.run("install", "-d", "-o", "memcache", "/run/memcached")
        self.services[host, "memcached"] = host.start(
            "/usr/share/memcached/scripts/systemd-memcached-wrapper", "/etc/memcached.conf")

    def is_sound(self, host):
        return self.succeeds(host, "/etc/keepalived/memcached-mirror", "--check")

    def is_whole(self):
        """Both have everything, and one has the address."""
        return self.holder(self.stores, STORE) is not None and all(self.is_sound(one) for one in self.stores)

    def await_holder(self):
        return wait("no store has the address", 30, lambda: self.holder(self.stores, STORE))[0]

    def serves(self, host):
        return lambda: self.holder(self.stores, STORE) is host

    def heal(self, title, limit, body):
        """An act after which both must be whole again, each with all the sessions."""
        self.act(title, limit, body, self.is_whole)
        # A Tomcat that has missed a write only now says so: then it was too early.
        time.sleep(1.5)
        wait("the pair does not become whole", 30, self.is_whole)
        counts = [self.client.ask("items", address=one.address) for one in self.stores]
        self.verdict(counts[0] == counts[1] >= CROWD, f"  the pair is whole: {counts[0]} and {counts[1]} sessions")

    def play_stores(self):
        self.lose_process()
        self.lose_host()
        self.hang()
        self.split()
        self.silence("memcached")

    def lose_process(self):
        """Each in turn: what is left after the second is what was copied after the first."""
        for _ in self.stores:
            holder = self.await_holder()
            self.act(
                f"memcached on {holder.name}, which has the address, is killed", 1500,
                self.services[holder, "memcached"].kill, self.serves(self.other(holder)))
            self.nobody_lost("  after it")
            self.heal(f"memcached on {holder.name} is back, empty", 1500, lambda one=holder: self.start_memcached(one))

    def revive(self, host):
        host.power_on()
        self.start_store(host)
        self.start_baton(host)

    def lose_host(self):
        for _ in self.stores:
            holder = self.await_holder()
            self.act(
                f"power cut of {holder.name}, which has the address", 1500, holder.power_off,
                self.serves(self.other(holder)))
            self.nobody_lost("  after it")
            self.heal(f"{holder.name} is back, empty", 1500, lambda one=holder: self.revive(one))

    def hang(self):
        """One misses writes and keeps its old sessions; then the other dies."""
        holder = self.await_holder()
        other = self.other(holder)
        self.act(
            f"memcached on {holder.name} hangs", 1500,
            lambda: self.services[holder, "memcached"].signal(signal.SIGSTOP), self.serves(other))
        self.nobody_lost("  meanwhile")
        self.heal(
            "it wakes up with old sessions", 1500, lambda: self.services[holder, "memcached"].signal(signal.SIGCONT))
        self.act(
            f"memcached on {other.name} is killed", 1500, self.services[other, "memcached"].kill, self.serves(holder))
        self.nobody_lost("  after it")
        self.heal(f"memcached on {other.name} is back, empty", 1500, lambda: self.start_memcached(other))

    def split(self):
        """The same, but nobody on the host that was cut off can know of it."""
        holder = self.await_holder()
        other = self.other(holder)
        self.act(
            f"the network loses {holder.name}, which stays up", 1500, lambda: self.switch.isolate(holder),
            lambda: other.has(STORE))
        self.nobody_lost("  meanwhile")

        def rejoin():
            self.switch.rejoin(holder)
            # Longer than the mirrors and the Tomcats take to look again.
            time.sleep(3)

        self.heal("the network has it again, with old sessions", 1500, rejoin)
        self.act(f"power cut of {other.name}", 1500, other.power_off, self.serves(holder))
        self.nobody_lost("  after it")
        self.heal(f"{other.name} is back, empty", 1500, lambda: self.revive(other))
