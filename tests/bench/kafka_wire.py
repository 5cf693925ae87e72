"""The few requests of Kafka's protocol that the load maker sends, as bytes, and connections that keep several of them
under way. Only versions without tagged fields are used, which Apache Kafka 3.9 and 4.1 both take.

A client library would spend more of this machine's time than the programs that are measured beside it.
"""

import collections
import selectors
import socket
import struct
import time

PRODUCE, LIST_OFFSETS, METADATA, OFFSET_COMMIT, OFFSET_FETCH, FIND_COORDINATOR = 0, 2, 3, 8, 9, 10
JOIN_GROUP, SYNC_GROUP, LIST_GROUPS = 11, 14, 16
VERSIONS = {PRODUCE: 7, LIST_OFFSETS: 1, METADATA: 4, OFFSET_COMMIT: 6, OFFSET_FETCH: 5, FIND_COORDINATOR: 2,
            JOIN_GROUP: 3, SYNC_GROUP: 2, LIST_GROUPS: 2}
# Of a broker or a coordinator that is not there yet, or no longer.
PASSING = {3, 5, 6, 7, 9, 14, 15, 16, 22, 27, 72}
LATEST = -1
CLIENT_ID = b"load-maker"


class Refused(Exception):
    """A broker's answer is an error that will not pass."""


def text(word):
    word = word.encode()
    return struct.pack(">h", len(word)) + word


def blob(data):
    return struct.pack(">i", len(data)) + data


def array(items):
    items = list(items)
    return struct.pack(">i", len(items)) + b"".join(items)


def number(value):
    return struct.pack(">i", value)


class Reader:
    """Bytes of an answer, read from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        form = ">" + form
        values = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return values if len(values) > 1 else values[0]

    def text(self):
        length = self.take("h")
        if length < 0:
            return None
        self.at += length
        return self.data[self.at - length:self.at].decode()

    def blob(self):
        length = max(0, self.take("i"))
        self.at += length
        return self.data[self.at - length:self.at]

    def array(self, read):
        return [read() for _ in range(max(0, self.take("i")))]


# ---- records ----

def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


CRC32C = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def varint(value):
    value = value << 1 ^ value >> 63
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def record_batch(count, now_ms, value=b"x"):
    """A batch of so many equal records without keys; it fits any partition, as the broker fills in its offset."""
    records = []
    for index in range(count):
        body = b"\0" + varint(0) + varint(index) + varint(-1) + varint(len(value)) + value + varint(0)
        records.append(varint(len(body)) + body)
    checked = struct.pack(">hiqqqhii", 0, count - 1, now_ms, now_ms, -1, -1, -1, count) + b"".join(records)
    return struct.pack(">qiibI", 0, len(checked) + 9, -1, 2, crc32c(checked)) + checked


# ---- connections ----

class Connection:
    """One connection. `ask` waits for its answer; `send` and `receive` do not."""

    def __init__(self, address):
        self.socket = socket.create_connection(address, 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(60)
        self.received = b""
        self.waiting = collections.deque()  # what to do with each answer, in order

    def send(self, api, body, then=None):
        head = struct.pack(">hhi", api, VERSIONS[api], 0) + struct.pack(">h", len(CLIENT_ID)) + CLIENT_ID
        self.socket.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
        self.waiting.append(then)

    def receive(self):
        """Reads once; hands each whole answer, without its head, to who waits for it."""
        data = self.socket.recv(1 << 20)
        if not data:
            raise Refused("a broker hung up")
        self.received += data
        while len(self.received) >= 4:
            end = 4 + struct.unpack_from(">i", self.received)[0]
            if len(self.received) < end:
                return
            answer, self.received = self.received[8:end], self.received[end:]
            then = self.waiting.popleft()
            if then:
                then(answer)

    def ask(self, api, body):
        answers = []
        self.send(api, body, answers.append)
        while not answers:
            self.receive()
        return Reader(answers[0])

    def close(self):
        self.socket.close()


class Crowd:
    """Several connections to each broker, each with a few requests under way: `submit` waits for room, `drain` for
    all answers. The same `lane` is always the same connection, so that its requests stay in order."""

    def __init__(self, addresses, width, depth=2):
        self.selector = selectors.DefaultSelector()
        self.lanes = {}
        self.depth = depth
        for node, address in addresses.items():
            self.lanes[node] = [Connection(address) for _ in range(width)]
            for connection in self.lanes[node]:
                self.selector.register(connection.socket, selectors.EVENT_READ, connection)

    def submit(self, node, lane, api, body, then=None):
        connections = self.lanes[node]
        connection = connections[lane % len(connections)]
        while len(connection.waiting) >= self.depth:
            self.pump(60)
        connection.send(api, body, then)

    def pump(self, seconds):
        """Takes in the answers that are there or come in that time."""
        for key, _ in self.selector.select(seconds):
            key.data.receive()

    def under_way(self):
        return sum(len(one.waiting) for lanes in self.lanes.values() for one in lanes)

    def drain(self, seconds=60):
        deadline = time.monotonic() + seconds
        while self.under_way():
            if time.monotonic() > deadline:
                raise Refused("no answer in %d s" % seconds)
            self.pump(1)

    def close(self):
        for lanes in self.lanes.values():
            for connection in lanes:
                connection.close()
        self.selector.close()


# ---- what a cluster says of itself ----

def address_of(word):
    host, port = word.rsplit(":", 1)
    return host.strip("[]"), int(port)


class Places:
    """Brokers, and which leads which partition."""

    def __init__(self, connection, topics):
        answer = connection.ask(METADATA, array(text(topic) for topic in topics) + b"\0")
        answer.take("i")
        self.addresses = dict(answer.array(lambda: self.broker(answer)))
        answer.text(), answer.take("i")
        self.leaders = {}
        answer.array(lambda: self.topic(answer))

    @staticmethod
    def broker(answer):
        node, host, port, _ = answer.take("i"), answer.text(), answer.take("i"), answer.text()
        return node, (host, port)

    def topic(self, answer):
        answer.take("h")
        name, _ = answer.text(), answer.take("?")

        def partition():
            error, index, leader = answer.take("hii")
            answer.array(lambda: answer.take("i")), answer.array(lambda: answer.take("i"))
            if error in (0, 9) and leader >= 0:
                self.leaders.setdefault(name, {})[index] = leader
        answer.array(partition)


def log_ends(crowd, node, topics):
    """The log end of the first partition of each topic that is led by this node."""
    ends = {}
    body = number(-1) + array(text(topic) + array([struct.pack(">iq", 0, LATEST)]) for topic in topics)

    def read(answer):
        answer = Reader(answer)

        def topic():
            name = answer.text()
            for _, error, _, offset in answer.array(lambda: answer.take("ihqq")):
                if error:
                    raise Refused("%s: error %d" % (name, error))
                ends[name] = offset
        answer.array(topic)
    crowd.submit(node, 0, LIST_OFFSETS, body, read)
    crowd.drain()
    return ends


def java_hash(word):
    """By which groups are spread over the offsets topic."""
    units = word.encode("utf-16-be")
    value = 0
    for unit in struct.unpack(">%dH" % (len(units) // 2), units):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


def home_of(group, partitions):
    return abs(java_hash(group)) % partitions
