#!/usr/bin/env python3
"""Writes the saved inputs of fuzz_decode, one for each version of each record, as Kafka 3.9 and 4.1 write them.

    make_corpus.py [FOLDER]        FOLDER: corpus/decode beside this script

A file is the key's length in two bytes, big endian; the key; the value (none: a tombstone). It is named
key<type>-v<version of the value>[-<what is special>]. The layouts are those of Kafka's own definitions
(group-coordinator, common/message/*.json).
"""
import os
import struct
import sys


def i8(n):
    return struct.pack(">b", n)


def i16(n):
    return struct.pack(">h", n)


def i32(n):
    return struct.pack(">i", n)


def i64(n):
    return struct.pack(">q", n)


def uvarint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def uuid(n):
    return bytes((n * 37 + i * 11) & 0xFF for i in range(16))


NO_TAGS = uvarint(0)


def tags(**fields):
    """tags(t0=bytes, t7=bytes)"""
    numbered = sorted((int(name[1:]), data) for name, data in fields.items())
    return uvarint(len(numbered)) + b"".join(uvarint(n) + uvarint(len(d)) + d for n, d in numbered)


class Plain:
    """Lengths of fixed width; no tagged fields."""

    tags = b""

    @staticmethod
    def text(s):
        return i16(-1) if s is None else i16(len(s.encode())) + s.encode()

    @staticmethod
    def blob(b):
        return i32(-1) if b is None else i32(len(b)) + b

    @staticmethod
    def array(items):
        return i32(len(items)) + b"".join(items)


class Flexible:
    """Compact lengths, and a section of tagged fields behind each struct."""

    tags = NO_TAGS

    @staticmethod
    def text(s):
        return uvarint(0) if s is None else uvarint(len(s.encode()) + 1) + s.encode()

    @staticmethod
    def blob(b):
        return uvarint(0) if b is None else uvarint(len(b) + 1) + b

    @staticmethod
    def array(items):
        return uvarint(len(items) + 1) + b"".join(items)


F = Flexible


def key(kind, *names):
    return i16(kind) + b"".join(Plain.text(name) for name in names)


def commit_key(kind, group="payments", topic="orders", partition=7):
    return key(kind, group, topic) + i32(partition)


def commit(version, offset=1234567, metadata="", tagged=NO_TAGS):
    form = Flexible if version >= 4 else Plain
    out = i16(version) + i64(offset)
    if version >= 3:
        out += i32(12)  # leader epoch
    out += form.text(metadata) + i64(1700000000123)
    if version == 1:
        out += i64(1700086400123)  # expiry
    return out + (tagged if version >= 4 else b"")


def subscription(version, topics):
    out = i16(version) + Plain.array([Plain.text(t) for t in topics]) + Plain.blob(b"user")
    if version >= 1:
        out += Plain.array([Plain.text(topics[0]) + Plain.array([i32(0)])])
    if version >= 2:
        out += i32(4)
    if version >= 3:
        out += Plain.text("rack-a")
    return out


def assignment(topics):
    return (
        i16(1)
        + Plain.array([Plain.text(t) + Plain.array([i32(p) for p in partitions]) for t, partitions in topics.items()])
        + Plain.blob(None)
    )


def classic_member(version, number, blobs):
    form = Flexible if version >= 4 else Plain
    out = form.text("consumer-%d-5f1c2a9e" % number)
    if version >= 3:
        out += form.text("static-%d" % number if number % 2 else None)
    out += form.text("consumer-%d" % number) + form.text("/10.1.2.%d" % number)
    if version >= 1:
        out += i32(300000)
    return out + i32(45000) + form.blob(blobs[0]) + form.blob(blobs[1]) + form.tags


def classic_group(version, protocol_type="consumer", members=2, blobs=None):
    form = Flexible if version >= 4 else Plain
    out = i16(version) + form.text(protocol_type) + i32(17)
    out += form.text("range" if members else None) + form.text("consumer-0-5f1c2a9e" if members else None)
    if version >= 2:
        out += i64(1700000000000)
    blobs = blobs or (subscription(min(version, 3), ["orders", "clicks"]), assignment({"orders": [0, 1, 2], "clicks": []}))
    return out + form.array([classic_member(version, n, blobs) for n in range(members)]) + form.tags


def assigned(number, partitions):
    return uuid(number) + F.array([i32(p) for p in partitions]) + F.tags


def consumer_member(pattern=None, tagged=NO_TAGS):
    return (
        i16(0) + F.text("static-1") + F.text(None) + F.text("consumer-1") + F.text("/10.1.2.3")
        + F.array([F.text("orders"), F.text("clicks")]) + F.text(pattern) + i32(300000) + F.text("uniform") + tagged
    )


def topic_metadata(number, name, racks):
    partitions = [i32(p) + F.array([F.text(r) for r in racks]) + F.tags for p in range(2 if racks else 0)]
    return uuid(number) + F.text(name) + i32(12) + F.array(partitions) + F.tags


def named_partitions(number, name):
    return uuid(number) + F.text(name) + F.array([i32(0), i32(1)]) + F.tags


def tasks(*partitions):
    return F.array([F.text("0") + F.array([i32(p) for p in partitions]) + F.tags])


def records():
    """Yields name, key, value."""
    for kind in (0, 1):
        for version in range(5):
            yield "key%02d-v%d" % (kind, version), commit_key(kind), commit(version)
        yield "key%02d-tombstone" % kind, commit_key(kind), b""
    for length in (126, 127, 128, 300):
        yield "key01-v4-metadata-%d" % length, commit_key(1), commit(4, metadata="m" * length)
    yield "key01-v4-topic-id", commit_key(1), commit(4, tagged=tags(t0=uuid(3)))
    yield "key01-v4-unknown-tags", commit_key(1), commit(4, tagged=tags(t0=uuid(3), t5=b"later", t900=b""))
    yield "key01-v3-trailing-bytes", commit_key(1), commit(3) + b"later"
    yield "key01-v3-empty-group", commit_key(1, group=""), commit(3)
    yield "key01-v3-strange-group", commit_key(1, group="\x1b[2J\n\0\u202e\U0001f418"), commit(3)
    yield "key01-v3-minus-one", commit_key(1), commit(3, offset=-1)

    for version in range(5):
        yield "key02-v%d" % version, key(2, "payments"), classic_group(version)
        yield "key02-v%d-empty" % version, key(2, "payments"), classic_group(version, "", 0)
    yield "key02-v3-connect", key(2, "connect-a"), classic_group(3, "connect", 1, (b"\0\1connect", b"\0\1task"))
    yield "key02-v3-undecodable", key(2, "payments"), classic_group(3, blobs=(b"\0\1\xff\xff", b""))
    yield "key02-tombstone", key(2, "payments"), b""

    yield "key03-v0", key(3, "next"), i16(0) + i32(41) + NO_TAGS
    yield "key03-v0-hash", key(3, "next"), i16(0) + i32(41) + tags(t0=i64(987654321))
    yield "key03-tombstone", key(3, "next"), b""
    topics = [topic_metadata(1, "orders", ["rack-a", "rack-b"]), topic_metadata(2, "clicks", [])]
    yield "key04-v0", key(4, "next"), i16(0) + F.array(topics) + F.tags
    yield "key04-tombstone", key(4, "next"), b""
    classic = i32(45000) + F.array([F.text("range") + F.blob(subscription(1, ["orders"])) + F.tags]) + F.tags
    yield "key05-v0", key(5, "next", "member-1"), consumer_member()
    yield "key05-v0-pattern", key(5, "next", "member-1"), consumer_member("or.*")
    yield "key05-v0-classic", key(5, "next", "member-1"), consumer_member(tagged=tags(t0=i8(1) + classic))
    yield "key05-tombstone", key(5, "next", "member-1"), b""
    yield "key06-v0", key(6, "next"), i16(0) + i32(41) + F.tags
    target = F.array([assigned(1, [0, 1, 2]), assigned(2, [])])
    yield "key07-v0", key(7, "next", "member-1"), i16(0) + target + F.tags
    current = i16(0) + i32(41) + i32(40) + i8(0) + target
    yield "key08-v0", key(8, "next", "member-1"), current + F.array([assigned(3, [70000])]) + F.tags
    yield "key08-tombstone", key(8, "next", "member-1"), b""

    share_member = i16(0) + F.text(None) + F.text("share-1") + F.text("/10.1.2.3") + F.array([F.text("orders")]) + F.tags
    share_topics = [named_partitions(1, "orders")]
    yield "key09-v0", key(9, "share"), i16(0) + F.array(share_topics) + F.array([]) + F.tags
    yield "key10-v0", key(10, "share", "member-1"), share_member
    yield "key10-tombstone", key(10, "share", "member-1"), b""
    yield "key11-v0", key(11, "share"), i16(0) + i32(5) + i64(987654321) + F.tags
    yield "key11-v0-of-3.9", key(11, "share"), i16(0) + i32(5) + F.tags
    yield "key11-tombstone", key(11, "share"), b""
    yield "key12-v0", key(12, "share"), i16(0) + i32(5) + F.tags
    yield "key13-v0", key(13, "share", "member-1"), i16(0) + target + F.tags
    yield "key14-v0", key(14, "share", "member-1"), current + F.tags
    deleting = F.array([uuid(4) + F.text("old") + F.tags])
    yield "key15-v0", key(15, "share"), (
        i16(0) + F.array(share_topics) + F.array([named_partitions(2, "clicks")]) + deleting + F.tags)
    yield "key16-v0", key(16, "next", "or.*"), i16(0) + F.array([F.text("orders")]) + i64(3) + i64(1700000000000) + F.tags

    yield "key17-v0", key(17, "streams"), i16(0) + i32(5) + i64(987654321) + F.tags
    yield "key17-tombstone", key(17, "streams"), b""
    yield "key18-v0", key(18, "streams"), i16(0) + F.array(topics) + F.tags
    yield "key19-v0", key(19, "streams", "member-1"), (
        i16(0) + F.text(None) + F.text(None) + F.text("streams-1") + F.text("/10.1.2.3") + i32(300000) + i32(0)
        + F.text("process-1") + i8(-1) + F.array([]) + F.tags)
    yield "key20-v0", key(20, "streams"), i16(0) + i32(5) + F.tags
    yield "key21-v0", key(21, "streams", "member-1"), i16(0) + tasks(0, 1) + tasks() + tasks() + F.tags
    yield "key22-v0", key(22, "streams", "member-1"), i16(0) + i32(5) + i32(4) + i8(1) + tasks(0, 1) + 5 * tasks() + F.tags
    yield "key23-v0", key(23, "streams"), i16(0) + i32(0) + F.array([
        subtopology("0", ["orders"], repartition=["app-repartition"]), subtopology("1", ["clicks"], ["or.*"])]) + F.tags
    yield "key23-v0-empty", key(23, "streams"), i16(0) + i32(0) + F.array([]) + F.tags
    yield "key24-v0", key(24, "later"), i16(0) + b"whatever"
    yield "key01-v5", commit_key(1), i16(5) + b"whatever"


def subtopology(name, sources, patterns=(), repartition=()):
    setting = F.text("cleanup.policy") + F.text("compact") + F.tags
    infos = [F.text(one) + i32(0) + i16(1) + F.array([setting]) + F.tags for one in repartition]
    together = F.array([i16(0)]) + F.array([]) + F.array([i16(0)]) + F.tags
    return (F.text(name) + F.array([F.text(one) for one in sources]) + F.array([F.text(one) for one in patterns])
            + F.array(infos) + F.array([F.text("written")]) + F.array(infos) + F.array([together]) + F.tags)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "corpus", "decode")
    os.makedirs(folder, exist_ok=True)
    for name, record_key, value in records():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(i16(len(record_key)) + record_key + value)


if __name__ == "__main__":
    main()
