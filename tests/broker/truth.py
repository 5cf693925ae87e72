"""What another client says about every group, and how a snapshot differs from it."""

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

HIDDEN = "console-consumer-"


class Truth:
    """All groups with their states, members and committed offsets, and the two ends of every partition they name."""

    def __init__(self, admin):
        listed = admin.list_consumer_groups(request_timeout=20).result()
        if listed.errors:
            raise KafkaException(listed.errors[0])
        self.groups = {one.group_id: one for one in listed.valid}
        self.offsets = {name: self.ask_offsets(admin, name) for name in self.groups}
        named = [name for name in self.groups if name]
        described = admin.describe_consumer_groups(named, request_timeout=20) if named else {}
        self.described = {name: one.result() for name, one in described.items()}
        self.ask_ends(admin)

    @staticmethod
    def ask_offsets(admin, name):
        asked = [ConsumerGroupTopicPartitions(name)]
        answer = admin.list_consumer_group_offsets(asked, request_timeout=20)[name].result()
        return {(one.topic, one.partition): one.offset for one in answer.topic_partitions if one.offset >= 0}

    def ask_ends(self, admin):
        wanted = sorted({key for offsets in self.offsets.values() for key in offsets})
        ends = []
        for spec in (OffsetSpec.earliest(), OffsetSpec.latest()):
            asked = {TopicPartition(*key): spec for key in wanted}
            told = admin.list_offsets(asked, isolation_level=IsolationLevel.READ_UNCOMMITTED,
                                      request_timeout=20) if asked else {}
            ends.append({(one.topic, one.partition): answer.result().offset for one, answer in told.items()})
        self.starts, self.ends = ends

    def still(self, other):
        """Nothing moved between this truth and the other."""
        return (self.offsets, self.starts, self.ends, self.states()) == \
               (other.offsets, other.starts, other.ends, other.states())

    def states(self):
        return {name: (one.state, len(one.members)) for name, one in self.described.items()}

    def lag(self, name, key):
        """What can still be read: not what retention has deleted, and nothing beyond the end."""
        return max(0, self.ends[key] - max(self.offsets[name][key], self.starts[key]))

    def visible(self):
        return sorted(name for name in self.groups if not name.startswith(HIDDEN))


def plain(word):
    """States are spelt in two ways."""
    return "".join(letter for letter in str(word).lower() if letter.isalpha())


def differences(truth, document, members=True):
    """Lines that say where the snapshot is wrong; none is the aim."""
    wrong = []
    for name in sorted(set(document.groups) - set(truth.visible())):
        wrong.append("group %r is not there" % name)
    for name in truth.visible():
        if name not in document.groups:
            wrong.append("group %r is missing" % name)
            continue
        wrong += compare_offsets(truth, document, name)
        wrong += compare_group(truth, document, name, members)
    return wrong


def compare_offsets(truth, document, name):
    wrong = []
    told = document.partitions(name)
    total = 0
    for key, committed in truth.offsets[name].items():
        total += truth.lag(name, key)
        if key not in told:
            wrong.append("%r %s-%d is missing" % (name, *key))
            continue
        right = {"committed": committed, "log_start": truth.starts[key], "log_end": truth.ends[key],
                 "lag": truth.lag(name, key), "raw_lag": truth.ends[key] - committed}
        wrong += ["%r %s-%d: %s is %s, not %s" % (name, *key, field, told[key][field], value)
                  for field, value in right.items() if told[key][field] != value]
    for key in sorted(set(told) - set(truth.offsets[name])):
        if told[key]["committed"] is not None:
            wrong.append("%r %s-%d: committed is %s, not null" % (name, *key, told[key]["committed"]))
    if document.group(name)["total_lag"] != total and truth.offsets[name]:
        wrong.append("%r: total_lag is %s, not %d" % (name, document.group(name)["total_lag"], total))
    return wrong


def compare_group(truth, document, name, members):
    if name not in truth.described:
        return []
    right, told, wrong = truth.described[name], document.group(name), []
    kind = plain(getattr(truth.groups[name].type, "name", truth.groups[name].type))
    if plain(told["state"]) != plain(right.state.name):
        wrong.append("%r: state is %s, not %s" % (name, told["state"], right.state.name))
    if kind == "consumer" and told["type"] != "consumer":
        wrong.append("%r: type is %s, not consumer" % (name, told["type"]))
    if kind == "classic" and right.members and told["type"] != "classic":
        wrong.append("%r: type is %s, not classic" % (name, told["type"]))
    if not members and kind == "consumer":
        return wrong
    ours = sorted((one["client_id"], one["host"].lstrip("/")) for one in told["members"])
    theirs = sorted((one.client_id, one.host.lstrip("/")) for one in right.members)
    if ours != theirs:
        wrong.append("%r: members are %s, not %s" % (name, ours, theirs))
    return wrong + ([] if kind == "consumer" else compare_owners(right, document.partitions(name), name))


def compare_owners(right, told, name):
    """Who owns what; of groups whose assignment is written with topic names."""
    owners = {(one.topic, one.partition): member.member_id
              for member in right.members for one in member.assignment.topic_partitions}
    return ["%r %s-%d: owner is %s, not %s" % (name, *key, (row["owner"] or {}).get("member_id"), owners.get(key))
            for key, row in told.items() if (row["owner"] or {}).get("member_id") != owners.get(key)]
