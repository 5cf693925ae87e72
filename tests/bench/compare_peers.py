"""The programs that are compared with: where they are found, how each is asked for everything it knows.

A program is taken from an environment variable, from the folder KAFKATOP_BENCH_PEERS, or from PATH. The one that shares
kafkatop's name is looked for under `sivann-kafkatop`, so that it is never mistaken for the program under test.
"""

import http.client
import json
import os
import re
import shutil
import urllib.error
import urllib.request

import broker
import fetch
from compare_load import NAME, VERSION
from compare_process import Beside, Broken, to_end

NAMES = {  # what it is called in the table: file names, variable
    "sivann": (("sivann-kafkatop",), "KAFKATOP_BENCH_SIVANN"),
    "Burrow": (("burrow", "Burrow"), "KAFKATOP_BURROW"),
    "kminion": (("kminion",), "KAFKATOP_BENCH_KMINION"),
    "kafka_exporter": (("kafka_exporter",), "KAFKATOP_BENCH_EXPORTER"),
}
COUNT = re.compile(rb'"partition_count":(\d+)')
BURROW_REFRESH = 10  # seconds between two looks at log ends: its default
BURROW = """
[general]
pidfile="{folder}/burrow.pid"
[logging]
filename="{folder}/burrow.messages"
level="warn"
[client-profile.here]
client-id="burrow"
kafka-version="2.1.0"
[cluster.here]
class-name="kafka"
servers=[ "{bootstrap}" ]
client-profile="here"
topic-refresh=60
offset-refresh={refresh}
[consumer.here]
class-name="kafka"
cluster="here"
servers=[ "{bootstrap}" ]
client-profile="here"
start-latest=false
[httpserver.default]
address="127.0.0.1:{port}"
[storage.default]
class-name="inmemory"
intervals=10
min-distance=0
[evaluator.default]
class-name="caching"
expire-cache=1
"""


def find(name):
    """The path of a peer, or None."""
    files, variable = NAMES[name]
    asked = os.environ.get(variable, "")
    if asked and asked != "1":
        return asked if os.access(asked, os.X_OK) else None
    for file in files:
        path = shutil.which(file, path=os.environ.get("KAFKATOP_BENCH_PEERS") or "/nonexistent") or shutil.which(file)
        if path:
            return path
    return None


def found():
    """{name: path} of those that are there, and the names of those that are not."""
    paths = {name: find(name) for name in NAMES}
    return {name: path for name, path in paths.items() if path}, [name for name, path in paths.items() if not path]


def get(port, path, most=5):
    """The body of an HTTP answer and its status; None where there is none."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=most) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as failure:
        return failure.code, failure.read()
    except (urllib.error.URLError, OSError, http.client.HTTPException):
        return None


# ---- programs that run to their end ----

def sivann_once(guard, path, load, most=120):
    out = os.path.join(guard.folder, "sivann.json")
    cost = to_end(guard, [path, "-kafka-broker", load.bootstrap, "-all", "-summary-json"], most, out=out)
    with open(out, encoding="utf-8") as file:
        told = len(json.load(file))
    if told < load.groups:
        raise Broken("it told of %d of %d groups" % (told, load.groups))
    return cost


def consumer_groups(guard, load, most):
    return to_end(guard, ["java", "-Xmx512m", "-cp", os.path.join(fetch.jars(VERSION), "*"),
                          "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server",
                          load.bootstrap, "--describe", "--all-groups", "--timeout", "60000"], most)


# ---- programs that stay ----

class Kminion(Beside):
    """`mode`: adminApi or offsetsTopic."""

    def __init__(self, guard, path, load, mode):
        self.port = broker.free_ports(1)[0]
        self.rows = load.rows
        super().__init__(guard, [path], env={
            "KAFKA_BROKERS": load.bootstrap, "EXPORTER_HOST": "127.0.0.1", "EXPORTER_PORT": str(self.port),
            "MINION_CONSUMERGROUPS_SCRAPEMODE": mode, "LOGGER_LEVEL": "error"})

    def is_ready(self):
        answer = get(self.port, "/ready")
        return answer is not None and answer[0] == 200

    def scrape(self, most=120):
        """One answer with a lag for each row."""
        answer = get(self.port, "/metrics", most)
        lags = answer[1].count(b"\nkminion_kafka_consumer_group_topic_partition_lag{") if answer else 0
        if lags < self.rows:
            raise Broken("it told of %d of %d rows" % (lags, self.rows))
        return len(answer[1])


class Exporter(Beside):
    def __init__(self, guard, path, load):
        self.port = broker.free_ports(1)[0]
        super().__init__(guard, [path, "--kafka.server=" + load.bootstrap,
                                 "--web.listen-address=127.0.0.1:%d" % self.port])

    def scrape(self, most):
        answer = get(self.port, "/metrics", most)
        return answer is not None and answer[0] == 200


class Burrow(Beside):
    def __init__(self, guard, path, load):
        self.port = broker.free_ports(1)[0]
        self.pending, self.rows, self.groups = None, load.group_rows, load.groups
        folder = os.path.join(guard.folder, "burrow")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "burrow.toml"), "w", encoding="ascii") as file:
            file.write(BURROW.format(folder=folder, bootstrap=load.bootstrap, port=self.port, refresh=BURROW_REFRESH))
        super().__init__(guard, [path, "--config-dir", folder])

    def ask(self, path):
        answer = get(self.port, "/v3/kafka/here" + path)
        return json.loads(answer[1]) if answer and answer[0] == 200 else {}

    def has_all(self):
        """Every partition of every group has a status. A group that has is not asked again."""
        if self.pending is None:
            groups = [one for one in self.ask("/consumer").get("consumers") or () if NAME in one]  # it lists itself
            if len(groups) < self.groups:
                return False
            self.pending = list(groups)
        while self.pending:
            path = "/v3/kafka/here/consumer/%s/" % self.pending[-1]
            told = COUNT.search((get(self.port, path + "status") or (0, b""))[1])
            if not told or int(told.group(1)) < self.rows:
                return False
            lags = get(self.port, path + "lag")
            if not lags or b'"end":null' in lags[1]:
                return False
            self.pending.pop()
        return True
