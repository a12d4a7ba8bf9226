"""Hosts in network namespaces: a switch, and hosts on it with a network, processes and files of their own.

A host sees this machine's programs, but its own /etc and its own directories below /var, which outlive a power cut.
Needs root, iproute2 and util-linux. Everything ends with the program that made it.
"""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time

# What a host has for itself; /run is empty at each start.
OWN_DIRECTORIES = (
    "/etc", "/var/cache/tomcat10", "/var/lib/nginx", "/var/lib/redis", "/var/lib/tomcat10", "/var/log/nginx",
    "/var/log/redis", "/var/log/tomcat10", "/var/spool")


class Failure(Exception):
    """Something that the demonstration needs did not happen."""


def wait(what, seconds, condition):
    """What the condition gives once it is true, and after how many seconds; raises Failure after the limit."""
    start = time.monotonic()
    while True:
        value = condition()
        if value:
            return value, time.monotonic() - start
        if time.monotonic() - start > seconds:
            raise Failure(f"after {seconds} s: {what}")
        time.sleep(0.02)


def check(*words):
    """Runs a program to its end and returns what it printed; raises Failure if it fails."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: {done.stdout.strip()}")
    return done.stdout


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid):
    found = children(pid)
    for child in list(found):
        found += descendants(child)
    return found


class Process:
    """A program on a host, with all that it starts."""

    def __init__(self, name, popen):
        self.name = name
        self.popen = popen

    def main_pid(self):
        """The program itself: nsenter, which started it, is its parent."""
        pids, _ = wait(f"{self.name} does not start", 5, lambda: children(self.popen.pid))
        return pids[0]

    def is_running(self):
        return self.popen.poll() is None

    def signal(self, number):
        for pid in descendants(self.popen.pid):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self):
        """At once, and all of it, without a farewell."""
        self.signal(signal.SIGSTOP)
        self.signal(signal.SIGKILL)

        # nsenter stops itself with what it has started, and perhaps only after it has been woken here.
        def has_ended():
            self.popen.send_signal(signal.SIGCONT)
            return not self.is_running()

        wait(f"{self.name} does not end", 10, has_ended)

    def stop(self):
        """SIGTERM, as a service manager does it, and wait for the end."""
        os.kill(self.main_pid(), signal.SIGTERM)
        self.popen.wait(20)


class Host:
    """A host: on from the beginning."""

    def __init__(self, directory, name, number=None, switch=None):
        self.name = name
        self.address = f"192.168.50.{number}"
        self.disk = pathlib.Path(directory) / name
        self.switch = switch
        self.holder = None
        for path in OWN_DIRECTORIES:
            target = self.disk / path[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            if os.path.isdir(path):
                check("cp", "-a", path, str(target))
        (self.disk / "log").mkdir(parents=True)
        self.power_on()

    def power_on(self):
        binds = [f"mount --bind {self.disk}{path} {path}" for path in OWN_DIRECTORIES if os.path.isdir(path)]
        setup = " && ".join([
            "mount --make-rprivate /", *binds, "mount -t tmpfs -o mode=755 tmpfs /run", "mkdir -p /run/lock",
            f"hostname {self.name}", f"echo '127.0.0.1 localhost {self.name}' >/etc/hosts", "ip link set lo up",
            "touch /run/ready", "{ sleep infinity & wait; }"])
        self.holder = subprocess.Popen([
            "setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--uts", "--pid", "--fork",
            "--kill-child=SIGKILL", "--mount-proc", "sh", "-c", setup], stdin=subprocess.DEVNULL)
        wait(f"{self.name} does not start", 10, lambda: os.path.exists(f"/proc/{self.pid()}/root/run/ready"))
        if self.switch:
            self.switch.connect(self)

    def pid(self):
        """The host's first process, as seen from outside."""
        return next(iter(children(self.holder.pid)), 0)

    def power_off(self):
        """Nothing more comes out of the network port, then every process ends: no connection is closed in order."""
        self.switch.ip(f"link delete port-{self.name}")
        self.end()

    def end(self):
        self.holder.kill()
        self.holder.wait()

    def entering(self, words, user=None):
        enter = ["nsenter", f"--target={self.pid()}", "--net", "--mount", "--uts", "--pid", "--"]
        if user:
            enter += ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups"]
        return enter + list(words)

    def run(self, *words):
        return check(*self.entering(words))

    def start(self, *words, user=None, environment=None):
        name = pathlib.Path(words[0]).name
        with open(self.disk / "log" / name, "ab") as log:
            return Process(f"{name} on {self.name}", subprocess.Popen(
                self.entering(words, user), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(environment or {})}))

    def put(self, source, path, owner=None, change=None):
        """Copies a file of the example to the host, its mode kept. `change`: what to replace, and by what."""
        target = self.disk / path[1:]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        if change:
            text = target.read_text()
            if change[0] not in text:
                raise Failure(f"{source} has no '{change[0]}'")
            target.write_text(text.replace(*change))
        if owner:
            shutil.chown(target, owner, owner)

    def has(self, address):
        words = ["nsenter", f"--target={self.pid()}", "--net", "ip", "-o", "address", "show", "to", address]
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout != b""


class Switch(Host):
    """What the hosts are plugged into."""

    def __init__(self, directory):
        super().__init__(directory, "switch")
        self.ip("link add br0 type bridge mcast_snooping 0 forward_delay 0")
        self.ip("link set br0 up")

    def ip(self, words):
        # In its network alone: other hosts are named by their outer process ids.
        check("nsenter", f"--target={self.pid()}", "--net", "ip", *words.split())

    def connect(self, host):
        self.ip(f"link add port-{host.name} type veth peer name eth0 netns {host.pid()}")
        self.ip(f"link set port-{host.name} master br0 up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0")
        host.run("ip", "link", "set", "eth0", "up")

    def isolate(self, host):
        """The host's link stays up, but nothing comes through."""
        self.ip(f"link set port-{host.name} nomaster")

    def rejoin(self, host):
        self.ip(f"link set port-{host.name} master br0")
