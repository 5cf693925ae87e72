"""Every way to log in, and every way to be refused, on a real broker."""

import concurrent.futures
import os
import socket
import threading

import test_java
from broker import free_ports
from confluent_kafka.admin import ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion
from doors import ELSEWHERE_HOST, GROUP, TOPIC, Doors
from monitor import Run, Stream, once, options
from tap import expect, note, skip, test

MOST_REFUSALS = 8  # in 12 seconds, of all handles together: after 1, 2, 4 and 8 s
AT_ONCE = 15  # seconds on a loaded machine; the default of --timeout is 30


# ---- let in ----

def connects(client, *arguments, more=None):
    document = once(client, *arguments, more=more)
    expect(list(document.groups) == [GROUP], "groups %s; problems %s", list(document.groups), document.problems())
    row = document.partitions(GROUP).get((TOPIC, 0))
    expect(row is not None and row["committed"] == 0 and row["lag"] == 0, "%s", document.brief(GROUP))
    expect(document.cluster["source"] == "log", "source is %s", document.cluster["source"])
    expect(not document.problems(), "%s", document.problems())


def enter(doors):
    for door in ("SASL", "SASLTLS"):
        for mechanism in ("PLAIN", "OAUTHBEARER"):
            test("logins: %s at the door %s" % (mechanism, door), connects, doors.sasl(mechanism, door=door))
    test("logins: TLS with the server's certificate", connects, doors.tls())
    test("logins: TLS with certificates of both", connects, doors.tls("MUTUAL", certificate="client"))


def through_a_tunnel(doors):
    """--resolve leads to another address; certificates still have to be for the name."""
    advertised = {"bootstrap.servers": ELSEWHERE_HOST + ":9093"}
    door = "%s=%s" % (ELSEWHERE_HOST, doors.cluster.at("TUNNEL"))
    test("logins: TLS through a tunnel", connects, dict(doors.tls(), **advertised), "--resolve", door)
    is_refused("through a tunnel, by a name that the certificate has not", dict(doors.tls(), **advertised), 77,
               "certificate", "another host name",
               arguments=("--resolve", "%s=%s" % (ELSEWHERE_HOST, doors.cluster.at("TLS"))))
    test("refused: a certificate that is not for the name that the broker advertises", advertised_otherwise, doors)


def advertised_otherwise(doors):
    """The bootstrap connection is good; all others are refused."""
    client = dict(doors.tls(), **{"bootstrap.servers": ELSEWHERE_HOST + ":9093"})
    run = Run(*options(client), "--once", "--json", "--timeout", "8",
              "--resolve", "%s=%s" % (ELSEWHERE_HOST, doors.cluster.at("ELSEWHERE")))
    run.refused(77, "another host name", "advertises")


def enter_by_scram(doors):
    for door in ("SASL", "SASLTLS"):
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
            test("logins: %s at the door %s" % (mechanism, door), connects, doors.sasl(mechanism, door=door))


# ---- refused ----

class Stranger:
    """A port that is none of Kafka's: it says `greeting` to whoever sends something, or nothing at all."""

    def __init__(self, greeting):
        self.greeting = greeting
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.at = {"bootstrap.servers": "127.0.0.1:%d" % self.socket.getsockname()[1]}
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                caller, _ = self.socket.accept()
            except OSError:
                return
            with caller:
                caller.settimeout(5)
                try:
                    caller.recv(1000)
                    caller.sendall(self.greeting)
                except OSError:
                    pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


SECRETS = ("reader-secret", "store-secret", "not-the-secret")


def refused(client, status, *words, more=None, arguments=()):
    """One line with these words and this status, soon, without a secret."""
    run = Run(*options(client), "--once", "--json", "--timeout", "60", *arguments, more=more)
    run.refused(status, *words, within=AT_ONCE)
    expect(len(run.err.splitlines()) == 1, "more than a line: %r", run.err)
    for secret in SECRETS:
        expect(secret not in run.err and secret.encode() not in run.out, "the secret %s is told: %r", secret, run.err)
    return run.err


def without(client, *keys):
    return {key: value for key, value in client.items() if key not in keys}


lanes = concurrent.futures.ThreadPoolExecutor(4)  # most of a refusal is waiting
begun = []


def is_refused(name, *arguments, **more):
    begun.append(lanes.submit(test, "refused: " + name, refused, *arguments, **more))


def wait_for_refusals():
    while begun:
        begun.pop().result()


def refuse_logins(doors):
    wrong = ("password", "sasl.username")
    is_refused("a wrong password", doors.plain(password="not-the-secret"), 77, *wrong)
    is_refused("a wrong password under TLS", doors.plain(password="not-the-secret", door="SASLTLS"), 77, *wrong)
    is_refused("an unknown user", doors.plain("stranger", "not-the-secret"), 77, *wrong)
    is_refused("a wrong password by SCRAM", doors.sasl("SCRAM-SHA-512", password="not-the-secret"), 77, "SCRAM",
               "password")
    is_refused("an unknown user by SCRAM", doors.sasl("SCRAM-SHA-256", "stranger", "not-the-secret"), 77, "SCRAM",
               "password")
    is_refused("a mechanism that is not offered", doors.sasl("SCRAM-SHA-256", door="PLAINONLY"), 77, "sasl.mechanism",
               "it offers: PLAIN")
    is_refused("a token without the scope that is wanted", doors.sasl("OAUTHBEARER", door="SCOPED"), 77, "token",
               "insufficient_scope")
    is_refused("PLAIN without a user", without(doors.plain(), "sasl.username", "sasl.password"), 78, "sasl.username")


def refuse_certificates(doors):
    is_refused("a certificate for another host name", doors.tls("ELSEWHERE"), 77, "certificate", "another host name")
    is_refused("an expired certificate", doors.tls("EXPIRED"), 77, "certificate has expired")
    is_refused("an unknown authority", doors.tls(authority="other-ca"), 77, "unknown authority", "ssl.ca.location")
    is_refused("an authority that only this broker knows", without(doors.tls(), "ssl.ca.location"), 77,
               "unknown authority", "ssl.ca.location")
    is_refused("no certificate where one is demanded", doors.tls("MUTUAL"), 77, "ssl.certificate.location", "demands")
    is_refused("a client's certificate by another authority", doors.tls("MUTUAL", certificate="stranger"), 77,
               "does not accept our certificate")
    is_refused("a client's certificate of last year", doors.tls("MUTUAL", certificate="expired"), 77,
               "does not accept our certificate")


def refuse_protocols(doors):
    plaintext = {"bootstrap.servers": doors.cluster.bootstrap}
    trusting = doors.trusting()
    is_refused("plaintext where TLS is spoken", doors.at("TLS"), 69, "speaks TLS", "security.protocol")
    is_refused("plaintext where a login is wanted", doors.at("SASL"), 69, "log in", "SASL_PLAINTEXT")
    is_refused("a login without TLS where TLS is spoken", dict(doors.plain(), **doors.at("SASLTLS")), 69, "speaks TLS",
               "SASL_SSL")
    is_refused("a login where none is taken", dict(doors.plain(), **plaintext), 69, "takes no SASL")
    is_refused("TLS where plaintext is spoken", dict(doors.tls(), **plaintext), 69, "does not speak TLS")
    is_refused("a login under TLS where TLS is not spoken",
               doors.plain(**dict(trusting, **{"security.protocol": "SASL_SSL"})), 69, "does not speak TLS")
    is_refused("TLS without the login that is wanted", dict(doors.tls(), **doors.at("SASLTLS")), 69, "log in",
               "SASL_SSL")


def refuse_ports(doors):
    closed = {"bootstrap.servers": "127.0.0.1:%d" % free_ports(1)[0]}
    is_refused("a closed port", closed, 69, closed["bootstrap.servers"], "connection refused")
    is_refused("a name that is not known", {"bootstrap.servers": "no-such-host.invalid:9092"}, 69,
               "no-such-host.invalid", "cannot be resolved")
    http, ssh = Stranger(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Stranger(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    try:
        is_refused("a port that speaks HTTP", http.at, 69, "speaks HTTP")
        is_refused("a port that speaks SSH", ssh.at, 69, "speaks SSH")
        is_refused("a port that speaks SSH, to TLS", dict(doors.tls(), **ssh.at), 69, "does not speak TLS")
        wait_for_refusals()
    finally:
        http.close()
        ssh.close()
    silent = socket.create_server(("127.0.0.1", 0))
    try:
        test("refused: a port that says nothing", says_nothing, silent.getsockname()[1])
    finally:
        silent.close()


def says_nothing(port):
    """The library gives up after ten seconds, which is soon enough for who has no shorter one."""
    run = Run("-b", "127.0.0.1:%d" % port, "--once", "--json")
    run.refused(69, "answers nothing", within=25)


# ---- Kerberos ----

def kerberos(doors):
    if not doors.realm:
        skip("logins: GSSAPI", "no Kerberos here")
        return
    realm = doors.realm
    for door in ("SASL", "SASLTLS"):
        test("logins: GSSAPI at the door %s" % door, connects, doors.sasl("GSSAPI", door=door),
             more=realm.environment())
    client = doors.sasl("GSSAPI")
    realm.run("kinit", "-c", realm.environment(tickets="own")["KRB5CCNAME"], "-k", "-t", doors.keytabs["reader"],
              client["sasl.kerberos.principal"])
    test("logins: GSSAPI with a ticket that is there", connects,
         without(client, "sasl.kerberos.keytab", "sasl.kerberos.principal"), more=realm.environment(tickets="own"))

    def is_refused_there(name, changes, status, *words, **more):
        surroundings = dict(realm.environment(tickets="none"), **more)
        is_refused(name, dict(client, **changes), status, *words, more=surroundings)

    is_refused_there("no key table", {"sasl.kerberos.keytab": os.path.join(doors.folder, "none")}, 77,
                     "no valid Kerberos ticket")
    is_refused_there("a principal that is not in the key table", {"sasl.kerberos.principal": "stranger@KAFKATOP.TEST"},
                     77, "no valid Kerberos ticket", "sasl.kerberos.principal")
    is_refused_there("no KDC", {}, 77, "no valid Kerberos ticket", KRB5_CONFIG=realm.path("nowhere.conf"))
    is_refused_there("no key table and no ticket", {"sasl.kerberos.keytab": ""}, 77, "no valid Kerberos ticket")
    is_refused_there("no plug-in of libsasl2", {}, 78, "libsasl2-modules-gssapi-mit", SASL_PATH=realm.folder)
    is_refused_there("no kinit", {}, 78, "kinit", PATH=realm.folder)
    is_refused_there("a service that is not known", {"sasl.kerberos.service.name": "coffee"}, 77,
                     "sasl.kerberos.service.name", KRB5CCNAME="FILE:" + realm.path("coffee"))


def give_password(doors, user, password):
    upsertion = UserScramCredentialUpsertion(user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096),
                                             password.encode())
    for answer in doors.cluster.admin().alter_user_scram_credentials([upsertion]).values():
        answer.result()


def refused_mid_way(guard, doors):
    """What was known stays and grows old, the login is tried less and less often, and it comes back by itself."""
    stream = Stream(guard, doors.sasl("SCRAM-SHA-512"), "-d", "1", title="refused mid-way")

    def refused_now(document):
        return any("invalid credentials" in problem for problem in document.problems())

    def whole(document):
        return GROUP in document.groups and not document.cluster["partial"] and not document.problems()
    try:
        stream.wait(60, whole, "the group")
        give_password(doors, "reader", "another-secret")
        doors.cluster.stop()
        doors.cluster.restart()
        stream.wait(60, refused_now, lambda document: "refused: %s" % document.problems())
        before, count = doors.refusals(), stream.count
        document = stream.wait(60, lambda _: stream.count >= count + 12, "12 documents")
        refusals = doors.refusals() - before
        note("%d logins refused in 12 s" % refusals)
        expect(refusals <= MOST_REFUSALS, "%d logins refused in 12 s", refusals)
        expect(refused_now(document), "problems %s", document.problems())
        marks = [row["marks"] for row in document.partitions(GROUP).values()]
        expect(marks and all("STALE" in one for one in marks), "%s", document.brief(GROUP))
        give_password(doors, "reader", doors.users["reader"])
        stream.wait(90, whole, lambda document: "all well: %s\n%s" % (document.problems(), document.brief(GROUP)))
    finally:
        stream.end()


def run_all(guard):
    doors = Doors(guard).start()
    try:
        enter(doors)
        through_a_tunnel(doors)
        test_java.enter(doors)
        kerberos(doors)
        refuse_logins(doors)
        refuse_certificates(doors)
        refuse_protocols(doors)
        refuse_ports(doors)
        wait_for_refusals()
    finally:
        doors.close()
    older = Doors(guard, "3.9.1", name="older-doors").start()
    try:
        enter_by_scram(older)
        test_java.enter_by_scram(older)
        test("logins: a password that is taken away and given back", refused_mid_way, guard, older)
    finally:
        older.close()
