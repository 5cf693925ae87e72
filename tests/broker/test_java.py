"""A client.properties of Java connects as it is: by password, and with each kind of store."""

import os
import subprocess

from certificates import PASSWORD
from doors import GROUP
from monitor import Document, Run
from tap import expect, test

MODULE = "org.apache.kafka.common.security.%s required username=\"reader\" password=\"%s\";"
USUAL = {"group.id": "somebody", "key.deserializer": "org.apache.kafka.common.serialization.StringDeserializer",
         "ssl.enabled.protocols": "TLSv1.2,TLSv1.3", "request.timeout.ms": "30000"}


def write(doors, name, settings):
    path = os.path.join(doors.folder, name + ".properties")
    with open(path, "w", encoding="utf-8") as file:
        file.write("# " + name + "\r\n")
        file.writelines("%s=%s\r\n" % pair for pair in settings.items())
    os.chmod(path, 0o600)
    return path


def connects(doors, door, name, settings, *arguments, warnings=0):
    path = write(doors, name, dict(USUAL, **settings))
    run = Run("-b", doors.cluster.at(door), "--command-config", path, "--once", "--json", *arguments)
    document = run.document()
    expect(list(document.groups) == [GROUP], "groups %s; problems %s", list(document.groups), document.problems())
    expect(len(run.err.splitlines()) == warnings, "it said %r", run.err)
    expect(PASSWORD not in run.err and "reader-secret" not in run.err, "a secret in %r", run.err)
    return document


def password(doors, module, mechanism, tls=False):
    answer = {"security.protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
              "sasl.jaas.config": MODULE % (module, doors.users["reader"])}
    return dict(answer, **(trust(doors, "PEM", "ca.pem") if tls else {}))


def trust(doors, kind, name):
    answer = {"ssl.truststore.type": kind, "ssl.truststore.location": doors.certificates.path(name)}
    return answer if kind == "PEM" else dict(answer, **{"ssl.truststore.password": PASSWORD})


def keys(doors, kind, name):
    answer = {"security.protocol": "SSL", "ssl.keystore.type": kind,
              "ssl.keystore.location": doors.certificates.path(name)}
    return answer if kind == "PEM" else dict(answer, **{"ssl.keystore.password": PASSWORD})


def inline(path):
    with open(path, encoding="utf-8") as file:
        return "".join("\\\r\n  " + line.rstrip("\n") + "\\n" for line in file)


def make_stores(doors):
    """What the certificates of the tests lack: JKS, and a file with key and certificate."""
    path = doors.certificates.path
    for name, store in (("trust.p12", "trust.jks"), ("client.p12", "client.jks")):
        subprocess.run(["keytool", "-importkeystore", "-noprompt", "-srckeystore", path(name), "-srcstorepass", PASSWORD,
                        "-destkeystore", path(store), "-deststoretype", "JKS", "-deststorepass", PASSWORD],
                       stdin=subprocess.DEVNULL, capture_output=True, check=True)
    with open(path("both.pem"), "w", encoding="utf-8") as both:
        for name in ("client.locked.key", "client.pem"):
            with open(path(name), encoding="utf-8") as part:
                both.write(part.read())


def unchecked(doors):
    """Neither the file nor --tls-insecure turn a check off without a word."""
    nameless = dict({"security.protocol": "SSL", "ssl.endpoint.identification.algorithm": ""},
                    **trust(doors, "PEM", "ca.pem"))
    document = connects(doors, "ELSEWHERE", "nameless", nameless, warnings=1)
    expect(document.cluster["tls_unchecked"] == "name", "%s", document.cluster["tls_unchecked"])
    run = Run("-b", doors.cluster.at("EXPIRED"), "-X", "security.protocol=SSL", "--tls-insecure", "--once", "--json")
    cluster = Document(run.out).cluster
    expect(run.status == 0 and cluster["tls_unchecked"] == "certificate", "%s %s", run.err, cluster["tls_unchecked"])


def enter(doors):
    plain = password(doors, "plain.PlainLoginModule", "PLAIN")
    test("java: PLAIN", connects, doors, "SASL", "plain", plain)
    test("java: a key that is not understood is told once", connects, doors, "SASL", "odd", dict(plain, odd="x"),
         warnings=1)
    make_stores(doors)
    test("java: PLAIN under TLS, authority in PEM", connects, doors, "SASLTLS", "plain-tls",
         password(doors, "plain.PlainLoginModule", "PLAIN", tls=True))
    for kind, name in (("PKCS12", "trust.p12"), ("JKS", "trust.jks")):
        test("java: TLS, authority in %s" % kind, connects, doors, "TLS", "trust-" + kind,
             dict({"security.protocol": "SSL"}, **trust(doors, kind, name)))
    for kind, name, more in (("PEM", "both.pem", {"ssl.key.password": PASSWORD}), ("PKCS12", "client.p12", {}),
                             ("JKS", "client.jks", {})):
        test("java: certificates of both, ours in %s" % kind, connects, doors, "MUTUAL", "keys-" + kind,
             dict(keys(doors, kind, name), **trust(doors, "PEM", "ca.pem"), **more))
    path = doors.certificates.path
    test("java: certificates of both in the file itself", connects, doors, "MUTUAL", "inline",
         {"security.protocol": "SSL", "ssl.truststore.type": "PEM", "ssl.keystore.type": "PEM",
          "ssl.truststore.certificates": inline(path("ca.pem")), "ssl.keystore.key": inline(path("client.locked.key")),
          "ssl.keystore.certificate.chain": inline(path("client.pem")), "ssl.key.password": PASSWORD})
    test("java: what nobody checks is told", unchecked, doors)


def enter_by_scram(doors):
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
        test("java: %s under TLS" % mechanism, connects, doors, "SASLTLS", mechanism,
             password(doors, "scram.ScramLoginModule", mechanism, tls=True))
