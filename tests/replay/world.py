"""A small cluster over simulated time, told as a recording (docs/TRACE.md).

Times are milliseconds since the recording began. At every refresh it tells, as a source does: the commits made since
the last one, that the offsets topic has been read to its end, the groups, the log ends, and that the collection is
complete.
"""

WALL = 1700000000000  # of instant 0: 2023-11-14T22:13:20Z
REFRESH = 2000
LISTING = 10000  # the coordinators' listing comes so often
NOT_GIVEN = "~"


def escape(name):
    """A text as a recording spells it; None: not given."""
    if name is None:
        return NOT_GIVEN
    raw = name if isinstance(name, bytes) else name.encode()
    out = ""
    for place, byte in enumerate(raw):
        plain = 0x20 <= byte <= 0x7e and byte != 0x5c and not (place == 0 and byte == 0x7e)
        out += chr(byte) if plain else "\\x%02x" % byte
    return out


def flag(value):
    return "1" if value else "0"


def numbers(items):
    return [str(len(items))] + [str(item) for item in items]


class Partition:
    """One partition; `rate` messages a second from `base` on, or `end`, a function of the time."""

    def __init__(self, base=1000, rate=10, end=None, start=None, leader=1, replicas=(1,), isr=None,
                 stable=None):
        self.end = end or (lambda t: base + rate * t // 1000)
        self.start = start or (lambda t: 0)
        self.stable = stable  # a function of the time: the last stable offset; None: not told
        self.leader = leader
        self.replicas = replicas
        self.isr = replicas if isr is None else isr
        self.error = lambda t: None  # the name of the error that the question for its end gets

    def answer(self, name, number, t):
        error = self.error(t)
        if error:
            return [name, str(number), "0", "0", "0", error]
        return [name, str(number), "1", str(self.end(t)), "1", str(self.start(t)),
                *(["1", str(self.stable(t))] if self.stable else ["0"]), NOT_GIVEN]


def member(member_id, topic=None, partitions=(), client="client", host="10.0.0.1", instance=None, epoch=1,
           subscription=(), subscribed=True, readable=True, topic_id=None):
    """The fields of a member. topic None and topic_id given: assigned by an id."""
    fields = [escape(member_id), escape(client), escape(host), escape(instance), str(epoch), flag(subscribed)]
    if subscribed:
        names = list(subscription) or ([topic] if topic is not None else [])
        fields += [str(len(names))] + [escape(name) for name in names]
    fields.append(flag(readable))
    if readable:
        if topic is None and topic_id is None:
            return fields + ["0"]
        fields += ["1", escape(topic), flag(topic_id)]
        fields += [topic_id] if topic_id else []
        fields += numbers(partitions)
    return fields


class Group:
    """A group of the listing; change `state` and `members` over time, None: not told (any more)."""

    def __init__(self, name, state="Stable", members=(), kind="classic", coordinator=1, told=True):
        self.name = name
        self.state = state
        self.members = None if members is None else list(members)
        self.kind = kind
        self.coordinator = coordinator
        self.told = told

    def fields(self):
        fields = [escape(self.name), self.kind, self.state or "unknown", str(self.coordinator), "1", "0"]
        if self.members is None:
            return fields + ["0"]
        fields += ["1", str(len(self.members))]
        for one in self.members:
            fields += one
        return fields


class World:
    def __init__(self, source="log", reason="test", brokers=(1,), offsets_partitions=1):
        self.lines = ["kafkatop-trace\t1\t%d" % WALL]
        self.source = source
        self.reason = reason
        self.brokers = list(brokers)
        self.offsets_partitions = offsets_partitions
        self.topics = {}
        self.groups = []
        self.hooks = []
        self.commits = []  # (time, group, topic, partition, offset)
        self.order = 1000
        self.fresh = True
        self.complete = True
        self.now = 0
        self.internal = set()

    # ---- lines ----

    def tell(self, kind, *fields):
        self.lines.append("\t".join([kind, str(self.now)] + list(fields)))

    def tell_commit(self, group, topic, partition, offset, at, backfilled=False, order=None, exact=True):
        if order is None:
            self.order += 1
            order = self.order
        self.tell("commit", escape(group), escape(topic), str(partition), str(offset), str(WALL + at), str(order),
                  flag(exact), flag(backfilled))

    def tell_topic(self, name):
        partitions = self.topics[name]
        self.tell("topic", escape(name), str(len(partitions)), flag(name in self.internal))
        for number, one in enumerate(partitions):
            self.tell("partition", escape(name), str(number), str(one.leader), *numbers(one.replicas),
                      *numbers(one.isr))

    def tell_metadata(self):
        self.tell("list-begin", "brokers")
        for broker in self.brokers:
            self.tell("broker", str(broker), "broker-%d" % broker, "9092", NOT_GIVEN, "1", "500")
        self.tell("list-end", "brokers", "1")
        self.tell("list-begin", "topics")
        for name in sorted(self.topics):
            self.tell_topic(name)
        self.tell("list-end", "topics", "1")

    def tell_groups(self):
        self.tell("list-begin", "groups")
        for group in self.groups:
            if group.told:
                self.tell("group", *group.fields())
        self.tell("list-end", "groups", "1")

    def tell_record(self, topic, partition, asked, offset, found=True, age=0, stamp="create", error=None):
        """What a look for the next record gave; its timestamp lies `age` before now."""
        self.tell("record", escape(topic), str(partition), str(asked), flag(found), str(offset),
                  stamp if found else "none", str(WALL + self.now - age if found else 0), escape(error))

    def tell_problem(self, scope, name, error, text, over=False):
        self.tell("problem", scope, escape(name), escape(error), escape(text), flag(over))

    def tell_fresh(self, held=False):
        for number in range(self.offsets_partitions):
            self.tell("fresh", NOT_GIVEN, str(number), flag(held))

    def tell_ends(self):
        for name in sorted(self.topics):
            for number, one in enumerate(self.topics[name]):
                if one.leader >= 0 or one.error(self.now):
                    self.tell("end", *one.answer(escape(name), number, self.now))

    # ---- what happens ----

    def at(self, t, hook):
        """Calls the hook at that time, before the refresh that follows it."""
        self.hooks.append((t, len(self.hooks), hook))

    def commit(self, t, group, topic, partition, offset):
        self.commits.append((t, len(self.commits), group, topic, partition, offset))

    def consume(self, group, topic, partition=0, position=None, since=0, until=10**9, every=2000, seconds=600):
        """Commits `position(t)` (None: the log end) every so often, a little after the refreshes."""
        where = position or self.topics[topic][partition].end
        t = 700
        while t <= seconds * 1000:
            if since <= t < until:
                self.commit(t, group, topic, partition, where(t))
            t += every

    # ---- the play ----

    def open(self):
        self.tell("source", self.source, escape(self.reason))
        self.tell("cluster", "test-cluster", "1", str(self.offsets_partitions))
        self.tell_metadata()
        self.tell_groups()

    def refresh(self, t):
        happening = [(when, number, "hook", hook) for when, number, hook in self.hooks if when <= t]
        happening += [(one[0], one[1], "commit", one[2:]) for one in self.commits if one[0] <= t]
        self.hooks = [one for one in self.hooks if one[0] > t]
        self.commits = [one for one in self.commits if one[0] > t]
        for when, _, what, detail in sorted(happening, key=lambda one: (one[0], one[2], one[1])):
            self.now = when
            if what == "hook":
                detail()
            elif self.source == "log":
                self.now = when + 20
                self.tell_commit(*detail, when)
            else:
                self.asked[detail[:3]] = detail[3]
        self.now = t
        if t % LISTING == 0:
            self.tell_groups()
        if self.source == "admin":
            self.ask()
        elif self.fresh:
            self.tell_fresh(self.held)
        self.now = t + 5
        self.tell_ends()
        self.now = t + 6
        self.tell("pass", flag(self.complete))

    asked = {}
    held = False

    def ask(self):
        """The coordinator's answers: the last commit of each partition, without time or place."""
        for group in self.groups:
            for (name, topic, partition), offset in sorted(self.asked.items(), key=lambda item: str(item[0])):
                if name == group.name:
                    self.tell_commit(name, topic, partition, offset, self.now, order=-1, exact=False)
            self.tell("fresh", escape(group.name), "0", "0")

    def play(self, seconds):
        self.asked = {}
        self.open()
        for t in range(REFRESH, seconds * 1000 + 1, REFRESH):
            self.refresh(t)
        return self

    def text(self):
        return "\n".join(self.lines) + "\n"
