"""How many requests a broker was sent, as it counts them itself.

The broker's meters are read by Kafka's own JmxTool, half a second of a virtual machine, before and after what is
counted. No proxy stands in the way, so that what is counted can be timed as well.
"""

import os
import re
import subprocess

import broker
import fetch

COUNTED = re.compile(r"request=(\w+),version=\d+(?:[^=]*):Count=(\d+)")
# What brokers ask of each other and of their controller, and the two that say again of whom a Fetch came.
OWN = {"BrokerHeartbeat", "BrokerRegistration", "ControllerRegistration", "FetchFollower", "FetchConsumer", "Vote",
       "BeginQuorumEpoch", "EndQuorumEpoch", "FetchSnapshot", "AllocateProducerIds", "AlterPartition", "UpdateMetadata",
       "DescribeQuorum", "AssignReplicasToDirs", "UpdateFeatures"}
LOAD = {"Produce", "OffsetCommit"}  # sent by who moves the load


def java(port):
    """Words for a broker's virtual machine that open its meters at this port, on loopback."""
    return ["-Dcom.sun.management.jmxremote.port=%d" % port, "-Dcom.sun.management.jmxremote.rmi.port=%d" % port,
            "-Dcom.sun.management.jmxremote.authenticate=false", "-Dcom.sun.management.jmxremote.ssl=false",
            "-Dcom.sun.management.jmxremote.host=127.0.0.1", "-Djava.rmi.server.hostname=127.0.0.1"]


def between(before, after):
    """How many requests came between two reads."""
    return sum(kinds(before, after).values())


def kinds(before, after):
    """{kind: requests} of those that came between two reads."""
    return {kind: count - before.get(kind, 0) for kind, count in after.items() if count != before.get(kind, 0)}


class Meters:
    """Of the one broker whose virtual machine got java(port)."""

    def __init__(self, port, version):
        self.command = broker.JAVA + [
            "-cp", os.path.join(fetch.jars(version), "*"), "org.apache.kafka.tools.JmxTool", "--jmx-url",
            "service:jmx:rmi:///jndi/rmi://127.0.0.1:%d/jmxrmi" % port, "--object-name",
            "kafka.network:type=RequestMetrics,name=RequestsPerSec,*", "--attributes", "Count", "--one-time",
            "--report-format", "properties"]

    def read(self):
        """{kind: requests of clients so far}, without those that move the load."""
        done = subprocess.run(self.command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=True)
        counts = {}
        for kind, count in COUNTED.findall(done.stdout):
            if kind not in OWN and kind not in LOAD:
                counts[kind] = counts.get(kind, 0) + int(count)
        return counts

    def since(self, before):
        """How many requests since an earlier read."""
        return between(before, self.read())
