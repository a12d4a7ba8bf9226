"""The site that both examples share: two balancers with one address, two Tomcats, two stores, a client.

The files of an example are copied to the hosts as its README says, and the services are started as Debian's
service files start them. Each act does something to the site and prints a line with a verdict.
"""

import json
import pathlib
import shutil
import signal
import subprocess
import time

from hosts import Failure, Host, Switch, check, wait

SITE = "192.168.50.88"
STORE = "192.168.50.90"
CROWD = 20
LAB = pathlib.Path(__file__).resolve().parent
# Of a request that nobody will answer any more: the balancer is gone with it.
HASTY = 0.5
# Of a request that waits for the store: longer than the session manager's patience.
PATIENT = 10


class Client:
    """client.py on its host."""

    def __init__(self, host):
        self.process = subprocess.Popen(
            host.entering(["/usr/bin/python3", "-uB", str(LAB / "client.py"), SITE]), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)

    def ask(self, do, **arguments):
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "the client has ended"}')
        if "error" in answer:
            raise Failure(f"client: {do}: {answer['error']}")
        return answer["answer"]


class Stage:
    """The base of both examples: `directory` holds the example's files, `disks` the hosts'.

    `slack`: every outage may be so many times as long; what becomes of the sessions is judged as ever.
    """

    def __init__(self, directory, disks, batond, slack):
        self.directory = pathlib.Path(directory)
        self.batond = batond
        self.slack = slack
        self.disks = disks
        self.failed = 0
        self.services = {}
        # All that were made, to be ended.
        self.machines = []
        self.switch = None
        self.balancers = self.tomcats = self.stores = ()
        self.client = None

    def build(self):
        """The hosts, with everything on them and nothing started."""
        jar = f"{self.disks}/shared-sessions.jar"
        check(str(self.directory.parent / "sessions/build"), jar)
        self.switch = Switch(self.disks)
        self.machines.append(self.switch)
        self.balancers = [self.add_host("lb1", 133), self.add_host("lb2", 134)]
        self.tomcats = [self.add_host("app1", 137), self.add_host("app2", 139)]
        self.stores = [self.add_host("store1", 140), self.add_host("store2", 141)]
        for one in self.balancers:
            self.install_balancer(one)
        for one in self.tomcats:
            self.install_tomcat(one, jar)
        for one in self.stores:
            self.install_store(one)
        self.client = Client(self.add_host("client", 10))

    def add_host(self, name, number):
        self.machines.append(Host(self.disks, name, number, self.switch))
        return self.machines[-1]

    # What stands on which host.

    def install_balancer(self, host):
        balancer = self.directory / "balancer"
        host.put(balancer / "nginx.conf", "/etc/nginx/nginx.conf")
        host.put(balancer / "check-nginx", "/etc/keepalived/check-nginx")
        host.put(balancer / f"keepalived.conf.{host.name}", "/etc/keepalived/keepalived.conf")

    def install_tomcat(self, host, jar):
        tomcat = self.directory / "tomcat"
        host.put(tomcat / "server.xml", "/etc/tomcat10/server.xml", "tomcat", ('"app1"', f'"{host.name}"'))
        host.put(tomcat / "context.xml", "/etc/tomcat10/context.xml", "tomcat")
        # Debian's welcome page.
        shutil.rmtree(host.disk / "var/lib/tomcat10/webapps/ROOT", ignore_errors=True)
        host.put(tomcat / "ROOT/index.jsp", "/var/lib/tomcat10/webapps/ROOT/index.jsp", "tomcat")
        host.put(jar, "/var/lib/tomcat10/lib/shared-sessions.jar", "tomcat")
        # Small, and quick to start: this machine carries two of them.
        with open(host.disk / "etc/default/tomcat10", "a", encoding="utf-8") as settings:
            settings.write(
                'JAVA_OPTS="$JAVA_OPTS -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData'
                ' -Djava.security.egd=file:/dev/urandom"\n')

    def install_store(self, host):
        raise NotImplementedError

    def start_store(self, host):
        """Starts the store's own service."""
        raise NotImplementedError

    # Services.

    def start_baton(self, host):
        self.services[host, "baton"] = host.start(
            self.batond, "-n", "-l", "-D", "-f", "/etc/keepalived/keepalived.conf", "--spool", "/run/spool")

    def start_nginx(self, host):
        self.services[host, "nginx"] = host.start("/usr/sbin/nginx", "-g", "daemon off;")
        wait(f"nginx on {host.name} does not answer", 5, lambda: self.succeeds(host, "/etc/keepalived/check-nginx"))

    def start_tomcat(self, host):
        host.run("mkdir", "-p", "/run/tomcat")
        host.run("chown", "tomcat:", "/run/tomcat")
        self.services[host, "tomcat"] = host.start(
            "/bin/sh", "/usr/libexec/tomcat10/tomcat-start.sh", user="tomcat", environment={
                "CATALINA_HOME": "/usr/share/tomcat10", "CATALINA_BASE": "/var/lib/tomcat10",
                "CATALINA_TMPDIR": "/run/tomcat"})

    def await_tomcat(self, host):
        """It serves the page: what it compiles for that is done."""
        url = f"http://{host.address}:8080/"
        wait(f"Tomcat on {host.name} does not answer", 60 * self.slack, lambda: self.succeeds(
            host, "curl", "--silent", "--fail", "--max-time", "20", "--output", "/dev/null", url))

    @staticmethod
    def succeeds(host, *words):
        try:
            host.run(*words)
        except Failure:
            return False
        return True

    def start(self):
        """Everything, and waits until it works and has sessions."""
        for one in self.stores:
            self.start_store(one)
            self.start_baton(one)
        for one in self.tomcats:
            self.start_tomcat(one)
        for one in self.balancers:
            self.start_nginx(one)
            self.start_baton(one)
        self.await_store()
        for one in self.tomcats:
            self.await_tomcat(one)
        wait("lb1 does not get the address", 15, lambda: self.holder(self.balancers, SITE) is self.balancers[0])
        self.client.ask("open", count=CROWD)
        print(f"{CROWD} sessions are open. What a client sees that asks every 25 ms while parts of the site go:\n")

    def await_store(self):
        wait("the stores do not become a pair", 40, self.is_whole)

    def is_whole(self):
        """Both stores have everything, and one has the address."""
        raise NotImplementedError

    @staticmethod
    def holder(hosts, address):
        """The one host that has the address; none while it is on both or on neither."""
        having = [one for one in hosts if one.has(address)]
        return having[0] if len(having) == 1 else None

    def other(self, store):
        return self.stores[1] if store is self.stores[0] else self.stores[0]

    # Verdicts.

    def verdict(self, is_good, text):
        self.failed += not is_good
        print(f"{'PASS' if is_good else 'FAIL'}  {text}", flush=True)

    def act(self, title, limit, body, until, patience=PATIENT):
        """Does `body` to the site and waits until `until`; the client's outage must be below the limit (milliseconds)."""
        limit *= self.slack
        self.client.ask("probe", seconds=patience)
        time.sleep(0.5)
        body()
        wait(f"{title}: the site does not settle", 20 * self.slack, until)
        time.sleep(0.7)
        seen = self.client.ask("report")
        answered = f"{seen['failures']} of {seen['answers'] + seen['failures'] + len(seen['wrong'])} visits unanswered"
        session = seen["wrong"][0] if seen["wrong"] else f"its session is kept, {seen['visits']} visits"
        self.verdict(
            not seen["wrong"] and seen["outage"] < limit,
            f"{title}: outage {seen['outage']} ms (limit {limit}), {answered}; {session}")
        return seen

    def silence(self, name):
        """Where nothing is known of a session the answer must be 503, and never a new session."""
        def hang():
            for number, seconds in ((signal.SIGSTOP, 8), (signal.SIGCONT, 0)):
                for one in self.stores:
                    self.services[one, name].signal(number)
                time.sleep(seconds)

        seen = self.act("both stores hang for 8 s", 20_000, hang, self.is_whole)
        self.verdict("status 503" in seen["reasons"], f"  meanwhile: {', '.join(seen['reasons']) or 'no refusal'}")
        self.nobody_lost("  after it")

    def nobody_lost(self, title):
        seen = self.client.ask("visit")
        lost = f", for example: {seen['lost'][0]}" if seen["lost"] else ""
        self.verdict(not seen["lost"], f"{title}: {len(seen['lost'])} of {seen['sessions']} sessions lost{lost}")

    # Acts that both examples have in common.

    def play_balancers(self):
        first, second = self.balancers

        def on(host):
            return lambda: self.holder(self.balancers, SITE) is host

        seconds = 0.0

        def kill_nginx():
            nonlocal seconds
            self.services[first, "nginx"].kill()
            _, seconds = wait("lb2 does not get the address", 10, lambda: second.has(SITE))

        self.act("nginx on lb1 is killed", 2000, kill_nginx, on(second), HASTY)
        self.verdict(
            seconds < 2, f"  its vrrp_script moves the address in {1000 * seconds:.0f} ms (limit two intervals, 2000)")
        self.act("nginx on lb1 is started again", 1000, lambda: self.start_nginx(first), on(first), HASTY)
        self.act("service baton stop on lb1", 1000, lambda: self.services[first, "baton"].stop(), on(second), HASTY)
        self.act("service baton start on lb1", 1000, lambda: self.start_baton(first), on(first), HASTY)
        self.act("power cut of lb1", 4000, first.power_off, on(second), HASTY)

        def revive():
            first.power_on()
            self.start_nginx(first)
            self.start_baton(first)

        self.act("lb1 is back", 1000, revive, on(first), HASTY)

    def play_tomcats(self):
        for killed, left in (self.tomcats, self.tomcats[::-1]):
            def start(host=killed):
                self.start_tomcat(host)
                self.await_tomcat(host)

            self.act(
                f"Tomcat on {killed.name} is killed", 1500, self.services[killed, "tomcat"].kill,
                lambda name=left.name: self.served_by() == {name})
            self.act(
                f"Tomcat on {killed.name} is started again", 1500, start,
                lambda: self.served_by() == {"app1", "app2"})
        killed = self.tomcats[0]
        # What app1 was just working on is lost with it: the client clicks again.
        self.act("power cut of app1", 2500, killed.power_off, lambda: self.served_by() == {"app2"}, patience=1)
        killed.power_on()
        self.start_tomcat(killed)
        self.await_tomcat(killed)
        self.nobody_lost("  after every Tomcat was gone once")

    def served_by(self):
        """Who answers, of six visits without a session."""
        text = [self.page() for _ in range(6)]
        return {line.split()[-1] for page in text for line in page.splitlines() if line.startswith("served by")}

    def page(self):
        try:
            return self.balancers[1].run("curl", "--silent", "--max-time", "2", f"http://{SITE}/")
        except Failure:
            return ""

    def play(self, only=None):
        for part in [only] if only else ["balancers", "tomcats", "stores"]:
            getattr(self, f"play_{part}")()

    def tell_logs(self):
        """The ends of the hosts' logs, after a failure."""
        for host in self.machines:
            for log in sorted([*(host.disk / "log").iterdir(), *host.disk.glob("var/log/redis/*.log")]):
                lines = log.read_text(errors="replace").splitlines()[-40:]
                print(f"\n--- {host.name}: {log.name}\n" + "\n".join(lines))

    def end(self):
        for machine in self.machines:
            machine.end()

    def play_stores(self):
        raise NotImplementedError
