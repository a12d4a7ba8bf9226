"""nginx, two Tomcats, and a replicated pair of Redis servers behind an address of its own."""

import signal
import time

from hosts import Failure, wait
from stage import STORE, Stage

PASSWORD = "change-me"
# Writes that must have been acknowledged before something is broken.
ENOUGH = 100


class RedisStage(Stage):
    """The acts: a planned switch, a hang, a crash with and without confirmation, a split network."""

    def install_store(self, host):
        store = self.directory / "store"
        change = ("replicaof 192.168.50.141", f"replicaof {self.other(host).address}")
        host.put(store / "redis.conf", "/etc/redis/redis.conf", "redis", change)
        for script in ("check-redis", "redis-role"):
            host.put(store / script, f"/etc/keepalived/{script}")
        host.put(store / f"keepalived.conf.{host.name}", "/etc/keepalived/keepalived.conf")

    def start_store(self, host):
        host.run("install", "-d", "-o", "redis", "/run/redis")
        self.services[host, "redis"] = host.start(
            "/usr/bin/redis-server", "/etc/redis/redis.conf", "--supervised", "no", user="redis")

    def redis(self, host, *words):
        """Redis's answer as text; empty without one."""
        command = ["timeout", "1", "redis-cli", "--no-auth-warning", "-a", PASSWORD, *words]
        try:
            return host.run(*command)
        except Failure:
            return ""

    def role(self, host):
        return (self.redis(host, "role").splitlines() or [""])[0]

    def master(self):
        """The host that has the address and a master."""
        holder = self.holder(self.stores, STORE)
        return holder if holder and self.role(holder) == "master" else None

    def await_master(self):
        return wait("no store is master", 30, self.master)[0]

    def is_whole(self):
        """One has the address and is master, and the other one follows it and has everything."""
        master = self.master()
        return bool(
            master and "state=online" in self.redis(master, "info", "replication")
            and "master_link_status:up" in self.redis(self.other(master), "info", "replication"))

    def serves(self, host):
        return lambda: self.master() is host

    def write(self, name, copies):
        """Begins to write, and lets enough of it be acknowledged for a loss to show."""
        self.client.ask("write", name=name, address=STORE, password=PASSWORD, copies=copies)
        wait("Redis takes no writes", 20, lambda: self.client.ask("acknowledged", name=name) >= ENOUGH)

    def written(self, name, what, limit):
        """What was lost: a verdict, or without a limit a line that states it."""
        seen = self.client.ask("written", name=name)
        text = f"{what}: {seen['missing']} of {seen['acknowledged']} acknowledged writes lost"
        if limit is None:
            print(f"      {text} (measured, no limit)")
        else:
            self.verdict(seen["missing"] <= limit, f"{text} (limit {limit})")

    def play_stores(self):
        self.switch_over()
        self.lose_process()
        self.lose_replica()
        self.lose_master()
        self.lose_network()
        self.split()
        self.silence("redis")

    def switch_over(self):
        master = self.await_master()
        self.write("planned", copies=0)
        self.act(
            f"service baton stop on {master.name}, whose Redis is master", 2500,
            self.services[master, "baton"].stop, self.serves(self.other(master)))
        self.written("planned", "  Redis alone, without confirmation by the replica", 0)
        self.start_baton(master)
        wait("the pair is not whole", 30, self.is_whole)

    def lose_process(self):
        master = self.await_master()
        self.act(
            f"Redis on {master.name}, the master, is killed", 5000, self.services[master, "redis"].kill,
            self.serves(self.other(master)))
        self.start_store(master)
        wait("the pair is not whole", 30, self.is_whole)
        self.nobody_lost("  after it")

        master = self.await_master()

        def restart():
            self.services[master, "redis"].kill()
            self.start_store(master)

        self.act(
            f"Redis on {master.name}, the master, is killed and started at once", 6000, restart,
            self.serves(self.other(master)))
        wait("the pair is not whole", 30, self.is_whole)

        master = self.await_master()
        self.act(
            f"Redis on {master.name}, the master, hangs", 6000,
            lambda: self.services[master, "redis"].signal(signal.SIGSTOP), self.serves(self.other(master)))
        self.act(
            "it wakes up, and follows", 1500, lambda: self.services[master, "redis"].signal(signal.SIGCONT),
            self.is_whole)
        self.nobody_lost("  after it")

    def revive(self, host):
        host.power_on()
        self.start_store(host)
        self.start_baton(host)

    def lose_replica(self):
        replica = self.other(self.await_master())
        self.act(
            f"power cut of {replica.name}, the replica", 6000, replica.power_off,
            lambda: "connected_slaves:0" in self.redis(self.other(replica), "info", "replication"))
        self.act(f"{replica.name} is back, and follows", 1500, lambda: self.revive(replica), self.is_whole)

    def lose_master(self):
        master = self.await_master()
        self.write("unconfirmed", copies=0)
        self.write("confirmed", copies=1)
        self.act(f"power cut of {master.name}, the master", 5500, master.power_off, self.serves(self.other(master)))
        self.written("unconfirmed", "Redis alone, under load", None)
        self.written("confirmed", "  Redis with WAIT, under load", 0)
        self.nobody_lost("  after it")
        self.act(
            f"{master.name} is back with its old sessions, and follows", 1500, lambda: self.revive(master),
            self.is_whole)

    def lose_network(self):
        """The worst case of a crash: the replica has heard nothing for a while before."""
        master = self.await_master()
        replica = self.other(master)
        self.write("unheard", copies=0)
        self.write("heard", copies=1)

        def stall_and_cut():
            master.run("ip", "route", "add", "blackhole", f"{replica.address}/32")
            time.sleep(1.5)
            master.power_off()

        self.act(
            f"power cut of {master.name}, the master, 1.5 s after replication stalled", 7000, stall_and_cut,
            self.serves(replica))
        self.written("unheard", "Redis alone, under load", None)
        self.written("heard", "  Redis with WAIT, under load", 0)
        self.nobody_lost("  after it")
        self.revive(master)
        wait("the pair is not whole", 30, self.is_whole)

    def split(self):
        master = self.await_master()
        other = self.other(master)
        self.act(
            f"the network loses {master.name}, which stays up", 5500, lambda: self.switch.isolate(master),
            lambda: other.has(STORE) and self.role(other) == "master")
        is_split = master.has(STORE) and self.role(master) == "master"
        self.verdict(is_split, "  both are masters now, and both have the address")
        self.nobody_lost("  meanwhile")
        self.act("the network has it again", 6000, lambda: self.switch.rejoin(master), self.is_whole)
        self.nobody_lost("  after it")
