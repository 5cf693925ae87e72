"""A TCP proxy before one broker: it lets pass, holds back, cuts, slows, counts and alters what goes through.

A Fronted cluster has one before each broker (`cluster.middlemen[node]`): on a listener of its own that advertises the
middleman's port, so that who starts at `cluster.watched()` meets middlemen only, while brokers and all other clients
talk directly. What goes through is read as Kafka's frames; with frames=False (TLS) as bytes.
"""

import asyncio
import collections
import socket
import struct
import threading
import time

from broker import Cluster, free_ports

KINDS = {0: "Produce", 1: "Fetch", 2: "ListOffsets", 3: "Metadata", 8: "OffsetCommit", 9: "OffsetFetch",
         10: "FindCoordinator", 11: "JoinGroup", 12: "Heartbeat", 13: "LeaveGroup", 14: "SyncGroup",
         15: "DescribeGroups", 16: "ListGroups", 17: "SaslHandshake", 18: "ApiVersions", 19: "CreateTopics",
         20: "DeleteTopics", 21: "DeleteRecords", 22: "InitProducerId", 23: "OffsetForLeaderEpoch",
         24: "AddPartitionsToTxn", 25: "AddOffsetsToTxn", 26: "EndTxn", 27: "WriteTxnMarkers", 28: "TxnOffsetCommit",
         29: "DescribeAcls", 30: "CreateAcls", 31: "DeleteAcls", 32: "DescribeConfigs", 33: "AlterConfigs",
         34: "AlterReplicaLogDirs", 35: "DescribeLogDirs", 36: "SaslAuthenticate", 37: "CreatePartitions",
         42: "DeleteGroups", 43: "ElectLeaders", 44: "IncrementalAlterConfigs", 45: "AlterPartitionReassignments",
         46: "ListPartitionReassignments", 47: "OffsetDelete", 50: "DescribeUserScramCredentials",
         51: "AlterUserScramCredentials", 60: "DescribeCluster", 61: "DescribeProducers", 65: "DescribeTransactions",
         66: "ListTransactions", 68: "ConsumerGroupHeartbeat", 69: "ConsumerGroupDescribe",
         71: "GetTelemetrySubscriptions", 72: "PushTelemetry", 75: "DescribeTopicPartitions",
         77: "ShareGroupDescribe"}

MOST = 64 * 1024 * 1024  # bytes of a frame
CHUNK = 65536
LITTLE = 512  # bytes at once where the speed is limited

Request = collections.namedtuple("Request", "at kind version correlation client_id")


def kind_of(key):
    return KINDS.get(key, "api %d" % key)


class Wire:
    """One connection, and the one to the broker that belongs to it."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.broker_reader = self.broker_writer = None
        self.asked = {}  # correlation id: Request
        self.answers = asyncio.Queue()

    def close(self):
        for writer in (self.writer, self.broker_writer):
            if writer:
                writer.transport.abort()


class Middleman:
    """`target` is the broker's port on loopback, `port` the one that clients use. Its setters may be called any time."""

    def __init__(self, target, port=0, frames=True):
        self.target, self.frames = target, frames
        self.delay = 0.0  # seconds by which each answer is late
        self.speed = None  # bytes a second, each way
        self.alter = None  # function (request, answer): other bytes for the answer, or None to withhold it
        self.requests = []  # of Request
        self.attempts = []  # instants at which somebody connected
        self.sent = 0  # bytes of answers handed on
        self.wires = set()
        self.refusing = False
        self.server = None
        self.loop = asyncio.new_event_loop()
        self.flowing = asyncio.Event()
        threading.Thread(target=self.loop.run_forever, daemon=True, name="middleman").start()
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            self.port = probe.getsockname()[1]
        self.let_pass()

    # ---- what a test says; each holds when the call returns ----

    def let_pass(self):
        """Listens, and hands on what was held back."""
        self.do(self.open_up())

    def hold(self):
        """A network that loses everything: connections stay, nothing moves, new ones get no answer."""
        self.do(self.stop_flow())

    def cut(self, refuse=True):
        """Ends all connections and refuses new ones; with refuse=False new ones are taken, counted and ended."""
        self.do(self.shut(refuse))

    def forget(self):
        """Counts anew."""
        self.requests, self.attempts, self.sent = [], [], 0

    def close(self):
        self.do(self.shut(True))
        self.loop.call_soon_threadsafe(self.loop.stop)

    # ---- what a test may ask ----

    def kinds(self):
        """How many requests of which kind and version came: {("Metadata", 12): 3}."""
        return collections.Counter((one.kind, one.version) for one in list(self.requests))

    def by_second(self, kind=None, since=0.0):
        """How many requests (of a kind) came in each second after an instant."""
        return collections.Counter(int(one.at - since) for one in list(self.requests)
                                   if one.at >= since and kind in (None, one.kind))

    # ---- its thread ----

    def do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def open_up(self):
        self.refusing = False
        self.flowing.set()
        if not self.server:
            self.server = await asyncio.start_server(self.accept, "127.0.0.1", self.port, reuse_address=True)

    async def stop_flow(self):
        self.flowing.clear()

    async def shut(self, refuse):
        if refuse and self.server:
            self.server.close()
            self.server = None
        self.refusing = True
        for wire in list(self.wires):
            wire.close()

    async def accept(self, reader, writer):
        self.attempts.append(time.monotonic())
        wire = Wire(reader, writer)
        self.wires.add(wire)
        try:
            if not self.refusing:
                await self.serve(wire)
        finally:
            wire.close()
            self.wires.discard(wire)

    async def serve(self, wire):
        await self.flowing.wait()
        try:
            wire.broker_reader, wire.broker_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return
        work = [asyncio.ensure_future(one) for one in (self.ask(wire), self.listen(wire), self.answer(wire))]
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    async def frame(self, reader):
        if not self.frames:
            return await reader.read(CHUNK) or None
        try:
            head = await reader.readexactly(4)
            size = struct.unpack(">i", head)[0]
            return head + await reader.readexactly(size) if 0 <= size <= MOST else None
        except (asyncio.IncompleteReadError, OSError):
            return None

    async def ask(self, wire):
        while frame := await self.frame(wire.reader):
            if self.frames:
                self.note(wire, frame)
            await self.hand_on(wire.broker_writer, frame)

    def note(self, wire, frame):
        key, version, correlation = struct.unpack(">hhi", frame[4:12])
        length = struct.unpack(">h", frame[12:14])[0] if len(frame) >= 14 else -1
        client_id = frame[14:14 + max(length, 0)].decode("utf-8", "replace")
        request = Request(time.monotonic(), kind_of(key), version, correlation, client_id)
        self.requests.append(request)
        wire.asked[correlation] = request

    async def listen(self, wire):
        while frame := await self.frame(wire.broker_reader):
            wire.answers.put_nowait((time.monotonic() + self.delay, frame))
        wire.answers.put_nowait((0, None))

    async def answer(self, wire):
        while True:
            due, frame = await wire.answers.get()
            await asyncio.sleep(max(0, due - time.monotonic()))
            if frame and self.frames:
                frame = self.altered(wire, frame)
            elif frame is None:
                return
            if frame:
                self.sent += len(frame)
                await self.hand_on(wire.writer, frame)

    def altered(self, wire, frame):
        request = wire.asked.pop(struct.unpack(">i", frame[4:8])[0], None)
        if not self.alter or not request:
            return frame
        body = self.alter(request, frame[4:])
        return None if body is None else struct.pack(">i", len(body)) + body

    async def hand_on(self, writer, frame):
        step = LITTLE if self.speed else len(frame)
        for begin in range(0, len(frame), step):
            await self.flowing.wait()
            writer.write(frame[begin:begin + step])
            await writer.drain()
            if self.speed:
                await asyncio.sleep(step / self.speed)


class Fronted(Cluster):
    """A cluster with a middleman before each broker."""

    def __init__(self, guard, version, name, nodes=1, **more):
        super().__init__(guard, version, name, nodes=nodes, **more)
        self.middlemen = {node: Middleman(port) for node, port in zip(self.nodes, free_ports(nodes))}

    def watched(self, user="admin", nodes=None, **more):
        """Settings of a client that meets middlemen only; it starts at those of these nodes."""
        ports = [self.middlemen[node].port for node in nodes or self.nodes]
        return dict(self.client(user, **more), **{
            "bootstrap.servers": ",".join("127.0.0.1:%d" % port for port in ports)})

    def properties(self, node):
        answer = super().properties(node)
        middleman = self.middlemen[node]
        protocol = next(word.partition(":")[2] for word in answer["listener.security.protocol.map"].split(",")
                        if word.startswith("CLIENTS:"))
        answer["listeners"] += ",FRONT://127.0.0.1:%d" % middleman.target
        answer["advertised.listeners"] += ",FRONT://127.0.0.1:%d" % middleman.port
        answer["listener.security.protocol.map"] += ",FRONT:" + protocol
        for key in [key for key in answer if key.startswith("listener.name.clients.")]:
            answer[key.replace(".clients.", ".front.", 1)] = answer[key]
        return answer

    def close(self):
        super().close()
        for middleman in self.middlemen.values():
            middleman.close()
