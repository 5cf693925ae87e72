"""The doctor at every door of a broker: what is wrong has a line of its own, and what it says to do helps."""

import json
import os
import subprocess

from broker import JAVA
from certificates import CLIENT_PRINCIPAL
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType
from doors import AWAY_HOST, GROUP, TOPIC, Doors
from monitor import Run
from situations import commit
from tap import expect, skip, test

HOSTILE = "it's $(touch taken) `id` \033[2J\nend"  # the name of a group
ROUNDS = 4  # of granting what is missing


def words(client):
    """Options of the program for any settings of a client."""
    answer = ["-b", client["bootstrap.servers"]]
    for key, value in sorted(client.items()):
        if key != "bootstrap.servers":
            answer += ["-X", "%s=%s" % (key, value)]
    return answer


class Visit:
    """One run of the doctor: `status`, `steps`."""

    def __init__(self, client, *more, environment=None):
        self.run = Run("--doctor", "--json", "--timeout", "20", *words(client), *more, more=environment)
        try:
            document = json.loads(self.run.out)
        except ValueError:
            document = {"schema": "", "clusters": [{"steps": [], "exit_status": None}]}
        expect(document["schema"] == "kafkatop.doctor/1", "%d: %s %s", self.run.status, self.run.out, self.run.err)
        self.cluster = document["clusters"][0]
        self.steps = self.cluster["steps"]
        self.status = self.run.status
        expect(self.cluster["exit_status"] == self.status, "%s is not %d", self.cluster["exit_status"], self.status)
        secret = client.get("sasl.password")
        expect(not secret or secret not in self.run.out.decode() + self.run.err, "the password is told")

    def brief(self):
        return "exit status %d\n%s\n%s" % (self.status, "\n".join(
            "%(status)s %(step)s: %(text)s -> %(advice)s $ %(command)s" % one for one in self.steps), self.run.err)

    def commands(self):
        return [one["command"] for one in self.steps if one["command"]]

    def expect_ends(self, status, step=None, *says):
        """The first failure is this step's, and its text and advice have these words."""
        failed = [one for one in self.steps if one["status"] == "fail"]
        expect(self.status == status, "not %d, but %s", status, self.brief())
        expect((failed[0]["step"] if failed else None) == step, "it fails elsewhere: %s", self.brief())
        for word in says:
            text = "%s %s" % (failed[0]["text"], failed[0]["advice"])
            expect(word in text, "no %r in %r", word, text)

    def expect_well(self, but=()):
        bad = [one for one in self.steps if one["status"] != "ok" and one["step"] not in but]
        expect(self.status == 0 and not bad, "%s", self.brief())


def well(client, *more, but=()):
    visit = Visit(client, *more)
    visit.expect_well(but)
    return visit


def ends(client, status, step, *says, more=()):
    visit = Visit(client, *more)
    visit.expect_ends(status, step, *says)
    later = [one["status"] for one in visit.steps if one["step"] in ("groups", "commits", "log ends")]
    expect(set(later) <= {"skipped"}, "it went on: %s", visit.brief())


# ---- doors ----

def enter(doors):
    optional = ("records", "settings")
    test("doctor: PLAIN under TLS", well, doors.plain(door="SASLTLS"), but=optional)
    test("doctor: TLS, and all rights", well, doors.tls())
    test("doctor: certificates of both", mutual, doors)
    test("doctor: a name that is advertised and cannot be reached", advertised, doors)
    test("doctor: in words, for people", in_words, doors)


def refusals(doors):
    plain, tls = doors.plain(), doors.tls()
    client = ("ssl.certificate.location", "ssl.key.location")
    for name, settings, status, step, *says in (
            ("a wrong password", doors.plain(password="no-such-secret"), 77, "SASL", "refused", "sasl.password right"),
            ("an unknown user", doors.plain(user="stranger", password="another-secret"), 77, "SASL", "refused"),
            ("a mechanism that is not offered", doors.sasl("SCRAM-SHA-256", door="PLAINONLY"), 77, "SASL", "does not offer", "PLAIN"),
            ("no login where one is wanted", doors.at("SASL"), 69, "SASL", "wants a login", "SASL_PLAINTEXT"),
            ("a login where none is", dict(plain, **doors.at("AWAY")), 69, "SASL", "takes no login", "PLAINTEXT"),
            ("plain against TLS", doors.at("TLS"), 69, "protocol", "speaks TLS", "security.protocol=SSL"),
            ("TLS against plain", dict(tls, **doors.at("AWAY")), 69, "protocol", "without TLS", "protocol=PLAINTEXT"),
            ("an unknown authority", doors.tls(authority="other-ca"), 77, "certificate", "not trusted", "ssl.ca.location"),
            ("an expired certificate", doors.tls("EXPIRED"), 77, "certificate", "expired"),
            ("another host's certificate", doors.tls("ELSEWHERE"), 77, "certificate", "not for '127.0.0.1'",
             "elsewhere.example"),
            ("no certificate where one is wanted", doors.tls("MUTUAL"), 77, "our certificate", "none is given", *client),
            ("a stranger's certificate", doors.tls("MUTUAL", certificate="stranger"), 77, "our certificate", "refuses"),
            ("a file that is not there", dict(tls, **{"ssl.ca.location": "/nowhere/ca.pem"}), 78, "TLS", "/nowhere/ca.pem"),
            ("an unknown property", dict(plain, **{"sasl.usrname": "x"}), 78, "configuration", "sasl.username"),
    ):
        test("doctor: " + name, ends, settings, status, step, *says)
    name = "doctor: a mechanism whose plug-in is missing"
    if doors.realm:
        test(name, plug_in_missing, doors)
    else:
        skip(name, "no Kerberos here")


def plug_in_missing(doors):
    """It does not wait for what will not come."""
    visit = Visit(doors.sasl("GSSAPI"), environment=dict(doors.realm.environment(), SASL_PATH="/nonexistent"))
    visit.expect_ends(78, "SASL", "GSSAPI", "plug-in")
    expect(visit.run.seconds < 12, "it took %.1f s", visit.run.seconds)


def mutual(doors):
    """The missing rights are those of the certificate's subject; with them nothing is missing."""
    client = doors.tls("MUTUAL", certificate="client")
    visit = well(client, but=("records", "settings"))
    expect(len(visit.commands()) == 2, "%s", visit.brief())
    for command in visit.commands():
        expect("--allow-principal '%s'" % CLIENT_PRINCIPAL in command, "%s", command)
        grant(doors, command)
    well(client)


def advertised(doors):
    client, port = doors.at("AWAY"), doors.cluster.doors[1, "AWAY"]
    visit = Visit(client)
    visit.expect_ends(69, "advertised", AWAY_HOST, "no such host", "advertised.listeners", "--resolve")
    rule = "%s=127.0.0.1:%d" % (AWAY_HOST, port)
    well(client, "--resolve", rule)
    run = Run("--once", "--json", "--timeout", "30", *words(client), "--resolve", rule)
    names = [group["name"] for group in json.loads(run.out)["clusters"][0]["groups"]]
    expect(run.status == 0 and GROUP in names, "status %d, groups %s: %s", run.status, names, run.err)


def in_words(doors):
    run = Run("--doctor", "--timeout", "20", *words(doors.plain(user="nobody")))
    text = run.out.decode()
    expect(run.status == 0, "status %d: %s %s", run.status, text, run.err)
    for word in ("warn    groups", "$ kafka-acls --bootstrap-server", "--group '*'", "no group is visible",
                 "kafkatop will run on the admin source"):
        expect(word in text, "no %r in %s", word, text)
    expect("\033" not in text, "colours on no terminal: %r", text)


# ---- rights ----

def shell(doors, body, command):
    """A command that the doctor printed, run as it stands, with kafka-acls being this function of the shell."""
    folder = doors.folder + "-admin"
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "admin.properties"), "w", encoding="utf-8") as file:
        module = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        file.write("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
                   'sasl.jaas.config=%s username="admin" password="%s";\n' % (module, doors.users["admin"]))
    done = subprocess.run(["bash", "-c", "kafka-acls() { %s; }; %s" % (body, command)], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    expect(done.returncode == 0, "%s: %d\n%s\n%s", command, done.returncode, done.stdout, done.stderr)
    expect(os.listdir(folder) == ["admin.properties"], "the shell took a name for a command: %s", os.listdir(folder))
    return done.stdout


def obey(doors, command):
    """Grants it by Kafka's own tool: slow, so once is enough."""
    java = " ".join(JAVA + ["-cp", "'%s'" % doors.cluster.classpath(), "org.apache.kafka.tools.AclCommand"])
    shell(doors, java + ' "$@"', command)


def grant(doors, command):
    """The same by the words that the shell makes of it, and a client."""
    said = shell(doors, "printf '%s\\0' \"$@\"", command).split("\0")[:-1]
    expect("--add" in said and "--bootstrap-server" in said, "%s", said)
    value = {option: said[said.index(option) + 1] for option in ("--allow-principal", "--operation")}
    operation = {"Describe": AclOperation.DESCRIBE, "Read": AclOperation.READ,
                 "DescribeConfigs": AclOperation.DESCRIBE_CONFIGS}[value["--operation"]]
    bindings = [AclBinding(kind, name, ResourcePatternType.LITERAL, value["--allow-principal"], "*", operation,
                           AclPermissionType.ALLOW)
                for option, kind in (("--topic", ResourceType.TOPIC), ("--group", ResourceType.GROUP))
                for before, name in zip(said, said[1:]) if before == option]
    expect(bindings, "nothing is granted by %s", said)
    for answer in doors.admin.create_acls(bindings, request_timeout=20).values():
        answer.result()


def see_names(doors):
    """From here on "nobody" sees that there are groups, and may not look at them."""
    one = AclBinding(ResourceType.BROKER, "kafka-cluster", ResourcePatternType.LITERAL, "User:nobody", "*",
                     AclOperation.DESCRIBE, AclPermissionType.ALLOW)
    for answer in doors.admin.create_acls([one], request_timeout=20).values():
        answer.result()
    commit(doors, HOSTILE, TOPIC, {0: 0})


def nothing_visible(doors):
    visit = Visit(doors.plain(user="nobody"))
    expect(visit.status == 0, "%s", visit.brief())
    warned = {one["step"] for one in visit.steps if one["status"] == "warn"}
    expect(warned == {"topics", "groups", "offsets topic"}, "%s", visit.brief())
    for right in ("--operation Describe --topic '*'", "--operation Describe --group '*'",
                  "--operation Read --topic __consumer_offsets"):
        expect(any(right in command for command in visit.commands()), "no %s in %s", right, visit.brief())
    visit = Visit(doors.plain(user="nobody"), "--source", "log")
    visit.expect_ends(77, "offsets topic", "--source is log")


def grants(doors):
    """Again and again, until nothing is missing."""
    client = doors.plain(user="nobody")
    see_names(doors)
    visit = Visit(client)
    visit.expect_ends(77, "describe", "no DESCRIBE")
    expect(any("taken" in command for command in visit.commands()), "%s", visit.brief())
    for _ in range(ROUNDS):
        if not visit.commands():
            break
        for command in visit.commands():
            (obey if "taken" in command else grant)(doors, command)
        visit = Visit(client)
    visit.expect_well()


def run_all(guard):
    doors = Doors(guard)
    try:
        doors.start()
        enter(doors)
        refusals(doors)
        test("doctor: no right at all", nothing_visible, doors)
        test("doctor: what it prints grants what is missing", grants, doors)
    finally:
        doors.close()
