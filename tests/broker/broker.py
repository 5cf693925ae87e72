"""Apache Kafka in KRaft mode on loopback, one broker or several, with its data in a temporary folder."""

import concurrent.futures
import os
import signal
import socket
import time

from confluent_kafka import KafkaException

import fetch
from kept import AdminClient

READY = 90  # seconds until all brokers must answer
CLUSTER_ID = "kafkatopTestsCluster00"  # 16 bytes in base64

# Small and quick: nothing waits for a second copy, a rebalance, or a memory that a real broker would like to have.
SETTINGS = {
    "offsets.topic.replication.factor": 1,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 3,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 2000,
    "group.consumer.min.session.timeout.ms": 2000,
    "group.consumer.session.timeout.ms": 6000,
    "group.consumer.min.heartbeat.interval.ms": 500,
    "group.consumer.heartbeat.interval.ms": 1000,
    "log.cleaner.dedupe.buffer.size": 8388608,
    "log.retention.check.interval.ms": 3600000,
    "num.network.threads": 2,
    "num.io.threads": 4,
}

# A producer that asks for a topic just deleted would otherwise make it before the test does.
NO_TOPICS_BY_ASKING = {"auto.create.topics.enable": "false"}

JAVA = ["java", "-Xmx384m", "-Xms64m", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]


def free_ports(count):
    """Ports that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Failed(Exception):
    """The cluster did not start; the text has the brokers' last words."""


class Listener:
    """One more way into a broker. `settings` are the broker's, for this listener alone; `advertised` is the HOST:PORT
    that it tells clients to come to, if it is to be wrong."""

    def __init__(self, name, protocol, settings=None, advertised=None):
        self.name, self.protocol, self.settings, self.advertised = name, protocol, settings or {}, advertised


class Cluster:
    """
    `users` (name to password) makes the clients' listener SASL PLAIN with ACLs; "admin" is above these.
    `listeners` are others beside the clients' (doors.py has one for each way to log in); `scram` (name to password)
    are users by SCRAM, of both strengths; `java` are words for the command line of the virtual machine.
    """

    def __init__(self, guard, version, name, nodes=1, settings=None, users=None, cluster_id=CLUSTER_ID, listeners=(),
                 scram=None, java=()):
        self.guard = guard
        self.version = version
        self.cluster_id = cluster_id
        self.folder = os.path.join(guard.folder, name)
        self.users = users
        self.settings = dict(SETTINGS, **(settings or {}))
        self.nodes = list(range(1, nodes + 1))
        ports = free_ports(2 * nodes)
        self.ports = dict(zip(self.nodes, zip(ports[:nodes], ports[nodes:])))
        self.listeners = list(listeners)
        more = free_ports(len(self.listeners) * nodes)
        self.doors = {(node, one.name): more.pop() for node in self.nodes for one in self.listeners}
        self.scram = scram or {}
        self.java = list(java)
        self.processes = {}
        os.makedirs(self.folder)

    # ---- what clients need to know ----

    @property
    def bootstrap(self):
        return ",".join("127.0.0.1:%d" % self.ports[node][0] for node in self.nodes)

    def at(self, listener):
        """The bootstrap servers of one of `listeners`."""
        return ",".join("127.0.0.1:%d" % self.doors[node, listener] for node in self.nodes)

    def client(self, user="admin", **more):
        """Settings of a client of this cluster."""
        settings = {"bootstrap.servers": self.bootstrap, "log_level": 0, "socket.timeout.ms": 15000}
        if self.users:
            settings.update(self.credentials(user))
        return dict(settings, **more)

    def credentials(self, user, password=None):
        return {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN", "sasl.username": user,
                "sasl.password": password or self.users[user]}

    def admin(self, **more):
        return AdminClient(self.client(**more))

    # ---- files ----

    def classpath(self):
        jars = fetch.jars(self.version)
        return "%s:%s" % (os.path.join(jars, "slf4j-simple-1.7.36.jar"), os.path.join(jars, "*"))

    def path(self, node, name):
        return os.path.join(self.folder, "%d.%s" % (node, name))

    def properties(self, node):
        client_port, quorum_port = self.ports[node]
        own = {one.name: "127.0.0.1:%d" % self.doors[node, one.name] for one in self.listeners}
        more = "".join(",%s://%s" % (one.name, own[one.name]) for one in self.listeners)
        advertised = "".join(",%s://%s" % (one.name, one.advertised or own[one.name]) for one in self.listeners)
        voters = ",".join("%d@127.0.0.1:%d" % (one, self.ports[one][1]) for one in self.nodes)
        answer = dict(self.settings)
        answer.update({
            "process.roles": "broker,controller",
            "node.id": node,
            "controller.quorum.voters": voters,
            "listeners": "CLIENTS://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d%s" % (client_port, quorum_port, more),
            "advertised.listeners": "CLIENTS://127.0.0.1:%d%s" % (client_port, advertised),
            "inter.broker.listener.name": "CLIENTS",
            "controller.listener.names": "CONTROLLER",
            "listener.security.protocol.map": ",".join(
                ["CLIENTS:" + ("SASL_PLAINTEXT" if self.users else "PLAINTEXT"), "CONTROLLER:PLAINTEXT"]
                + ["%s:%s" % (one.name, one.protocol) for one in self.listeners]),
            "log.dirs": self.path(node, "data"),
        })
        for one in self.listeners:
            answer.update({"listener.name.%s.%s" % (one.name.lower(), key): value
                           for key, value in one.settings.items()})
        if self.users:
            module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
            own = 'username="admin" password="%s"' % self.users["admin"]
            known = " ".join('user_%s="%s"' % pair for pair in sorted(self.users.items()))
            answer.update({
                "sasl.enabled.mechanisms": "PLAIN",
                "sasl.mechanism.inter.broker.protocol": "PLAIN",
                "listener.name.clients.plain.sasl.jaas.config": "%s %s %s;" % (module, own, known),
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:admin;User:ANONYMOUS",
            })
        return answer

    def last_words(self):
        words = []
        for node in self.nodes:
            try:
                with open(self.path(node, "log"), encoding="utf-8", errors="replace") as log:
                    words.append("broker %d: %s" % (node, "".join(log.readlines()[-15:])))
            except FileNotFoundError:
                pass
        return "\n".join(words)

    # ---- life ----

    def start(self):
        """Formats the storage, starts all brokers and waits until they answer."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(self.format, self.nodes))
        for node in self.nodes:
            self.launch(node)
        self.wait_ready()
        return self

    def format(self, node):
        with open(self.path(node, "properties"), "w", encoding="utf-8") as file:
            file.writelines("%s=%s\n" % pair for pair in self.properties(node).items())
        scram = [word for user, password in self.scram.items() for kind in ("256", "512")
                 for word in ("--add-scram", "SCRAM-SHA-%s=[name=%s,password=%s]" % (kind, user, password))]
        self.run(node, "kafka.tools.StorageTool", "format", "-t", self.cluster_id, "-c", self.path(node, "properties"),
                 *scram)

    def run(self, node, *arguments):
        with open(self.path(node, "log"), "ab") as log:
            child = self.guard.start(JAVA + ["-cp", self.classpath(), *arguments], stdout=log, stderr=log)
            try:
                child.wait(60)
            finally:
                self.guard.end(child)
        if child.returncode != 0:
            raise Failed("%s ended with %d\n%s" % (arguments[0], child.returncode, self.last_words()))

    def launch(self, node):
        with open(self.path(node, "log"), "ab") as log:
            self.processes[node] = self.guard.start(
                JAVA + self.java + ["-cp", self.classpath(), "kafka.Kafka", self.path(node, "properties")], stdout=log, stderr=log)

    def wait_ready(self):
        """All brokers are there, each knows it, and topics can be made."""
        deadline = time.monotonic() + READY
        admin = self.admin()
        while time.monotonic() < deadline:
            dead = [node for node, child in self.processes.items() if child.poll() is not None]
            if dead:
                raise Failed("broker %s ended by itself\n%s" % (dead, self.last_words()))
            try:
                if len(admin.list_topics(timeout=1).brokers) == len(self.nodes):
                    return
            except KafkaException:
                pass
        raise Failed("no answer in %d s\n%s" % (READY, self.last_words()))

    def kill(self, node=1):
        self.guard.end(self.processes.pop(node))

    def stop(self, node=1):
        """As an upgrade does it: what it led is led by others when it goes."""
        self.guard.end(self.processes.pop(node), signal.SIGTERM, 60)

    def freeze(self, node=1):
        self.processes[node].send_signal(signal.SIGSTOP)

    def thaw(self, node=1):
        self.processes[node].send_signal(signal.SIGCONT)

    def restart(self, node=1):
        """A broker that is away comes back, with its data and its ports."""
        self.launch(node)
        self.wait_ready()

    def close(self):
        for node in list(self.processes):
            self.kill(node)
