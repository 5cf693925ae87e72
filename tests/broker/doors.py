"""A broker that can be entered by every door there is: each mechanism of SASL, with TLS and without, and TLS alone.

    doors = Doors(guard).start()
    doors.plain("reader")                         settings of a client, as librdkafka has them
    doors.sasl("SCRAM-SHA-256", "reader", door="SASLTLS")
    doors.tls("MUTUAL", certificate="client")
    doors.close()

`DOORS` names the listeners. "reader" has what kafkatop needs by every mechanism, "nobody" no right at all, "admin" (and
the plaintext listener, doors.cluster.client()) every one. One group, `GROUP`, has committed on one topic, `TOPIC`.
Kerberos is there when `doors.realm` is; its clients need the environment doors.realm.environment().
"""

import os

import kerberos
from broker import Cluster, Listener, free_ports
from certificates import CLIENT_PRINCIPAL, PASSWORD, Certificates
from confluent_kafka.admin import (AclBinding, AclOperation, AclPermissionType, NewTopic, ResourcePatternType,
                                   ResourceType)
from situations import commit

USERS = {"admin": "admin-secret", "reader": "reader-secret", "nobody": "nobody-secret"}
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER", "GSSAPI")
TOPIC, GROUP = "work", "workers"
DOORS = {
    "SASL": "every mechanism without TLS",
    "SASLTLS": "every mechanism under TLS",
    "PLAINONLY": "PLAIN without TLS, and no other mechanism",
    "SCOPED": "OAUTHBEARER without TLS, for tokens with the scope \"kafka\" only",
    "TLS": "TLS, the server's certificate only",
    "MUTUAL": "TLS with client certificates required",
    "EXPIRED": "TLS with a certificate of last year",
    "ELSEWHERE": "TLS with a certificate for another host name",
    "TUNNEL": "TLS with that certificate; the broker advertises ELSEWHERE_HOST, which nobody knows",
    "AWAY": "no security; the broker advertises AWAY_HOST, which nobody knows",
}
AWAY_HOST = "broker-1.nowhere.invalid"
ELSEWHERE_HOST = "elsewhere.example"  # as its certificate says
RIGHTS = (
    (ResourceType.TOPIC, "*", AclOperation.DESCRIBE),
    (ResourceType.TOPIC, "__consumer_offsets", AclOperation.READ),
    (ResourceType.GROUP, "*", AclOperation.DESCRIBE),
)


class Doors:
    def __init__(self, guard, version="4.1.0", name="doors", settings=None, users=None):
        self.users = dict(USERS, **(users or {}))
        self.folder = os.path.join(guard.folder, name)
        self.certificates = Certificates(os.path.join(guard.folder, name + "-certificates"))
        self.realm = None
        if not kerberos.missing():
            self.realm = kerberos.Realm(guard, os.path.join(guard.folder, name + "-realm"), free_ports(1)[0])
        self.keytabs = {}
        self.settings = dict({
            "offsets.topic.num.partitions": 5,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:ANONYMOUS",
        }, **(settings or {}))
        self.cluster = Cluster(guard, version, name, settings=self.settings, listeners=self.listeners(),
                               scram=self.users, java=self.java())

    # ---- the broker's side ----

    def java(self):
        words = ["-Dorg.slf4j.simpleLogger.log.org.apache.kafka.common.network.Selector=info"]  # tells refused logins
        return words + (["-Djava.security.krb5.conf=" + self.realm.path("krb5.conf")] if self.realm else [])

    def refusals(self):
        """How many logins the broker has refused so far."""
        with open(self.cluster.path(1, "log"), encoding="utf-8", errors="replace") as log:
            return log.read().count("Failed authentication")

    def mechanisms(self):
        return [one for one in MECHANISMS if one != "GSSAPI" or self.realm]

    def logins(self, mechanisms, token=""):
        """Settings of a listener with these mechanisms of SASL; `token` is what it wants of a token."""
        common = "org.apache.kafka.common.security."
        users = " ".join('user_%s="%s"' % pair for pair in sorted(self.users.items()))
        modules = {
            "PLAIN": common + "plain.PlainLoginModule required %s;" % users,
            "SCRAM-SHA-256": common + "scram.ScramLoginModule required;",
            "SCRAM-SHA-512": common + "scram.ScramLoginModule required;",
            "OAUTHBEARER": common + 'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin" %s;'
                           % token,
        }
        if self.realm:
            modules["GSSAPI"] = ("com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true "
                                 'keyTab="%s" principal="%s";' % (self.realm.path("service.keytab"), kerberos.SERVICE))
        answer = {"%s.sasl.jaas.config" % one.lower(): modules[one] for one in mechanisms}
        answer.update({"sasl.enabled.mechanisms": ",".join(mechanisms), "sasl.kerberos.service.name": "kafka"})
        return answer

    def certified(self, name, client="none"):
        """Settings of a listener that shows this certificate."""
        return {
            "ssl.keystore.type": "PKCS12",
            "ssl.keystore.location": self.certificates.path(name + ".p12"),
            "ssl.keystore.password": PASSWORD,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.certificates.path("ca.pem"),
            "ssl.client.auth": client,
        }

    def listeners(self):
        every = self.logins(self.mechanisms())
        return [
            Listener("SASL", "SASL_PLAINTEXT", every),
            Listener("SASLTLS", "SASL_SSL", dict(every, **self.certified("server"))),
            Listener("PLAINONLY", "SASL_PLAINTEXT", self.logins(["PLAIN"])),
            Listener("SCOPED", "SASL_PLAINTEXT",
                     self.logins(["OAUTHBEARER"], 'unsecuredValidatorRequiredScope="kafka"')),
            Listener("TLS", "SSL", self.certified("server")),
            Listener("MUTUAL", "SSL", self.certified("server", "required")),
            Listener("EXPIRED", "SSL", self.certified("expired")),
            Listener("ELSEWHERE", "SSL", self.certified("elsewhere")),
            Listener("TUNNEL", "SSL", self.certified("elsewhere"), advertised=ELSEWHERE_HOST + ":9093"),
            Listener("AWAY", "PLAINTEXT", advertised=AWAY_HOST + ":9092"),
        ]

    # ---- life ----

    def start(self):
        if self.realm:
            self.realm.start()
            self.realm.keytab(kerberos.SERVICE, "service")
            self.keytabs = {user: self.realm.keytab("%s@%s" % (user, kerberos.REALM), user)
                            for user in ("reader", "nobody")}
        self.cluster.start()
        self.admin = self.cluster.admin()
        for answer in self.admin.create_topics([NewTopic(TOPIC, 1, 1)], request_timeout=20).values():
            answer.result()
        bindings = [AclBinding(kind, name, ResourcePatternType.LITERAL, principal, "*", operation,
                               AclPermissionType.ALLOW)
                    for principal in ("User:reader", CLIENT_PRINCIPAL) for kind, name, operation in RIGHTS]
        for answer in self.admin.create_acls(bindings, request_timeout=20).values():
            answer.result()
        commit(self, GROUP, TOPIC, {0: 0})
        return self

    def close(self):
        self.cluster.close()
        if self.realm:
            self.realm.close()

    # ---- settings of a client ----

    def at(self, door, **more):
        """Without any security: what is wrong at most doors."""
        return dict({"bootstrap.servers": self.cluster.at(door)}, **more)

    def trusting(self, authority="ca"):
        return {"ssl.ca.location": self.certificates.path(authority + ".pem")}

    def sasl(self, mechanism, user="reader", password=None, door="SASL", **more):
        tls = door == "SASLTLS"
        answer = self.at(door)
        answer.update({"security.protocol": "SASL_SSL" if tls else "SASL_PLAINTEXT", "sasl.mechanism": mechanism})
        if tls:
            answer.update(self.trusting())
        if mechanism == "OAUTHBEARER":
            answer.update({"enable.sasl.oauthbearer.unsecure.jwt": "true",
                           "sasl.oauthbearer.config": "principal=%s lifeSeconds=3600" % user})
        elif mechanism == "GSSAPI":
            answer.update({"sasl.kerberos.service.name": "kafka", "sasl.kerberos.keytab": self.keytabs[user],
                           "sasl.kerberos.principal": "%s@%s" % (user, kerberos.REALM)})
        else:
            answer.update({"sasl.username": user, "sasl.password": password or self.users[user]})
        return dict(answer, **more)

    def plain(self, user="reader", password=None, door="SASL", **more):
        return self.sasl("PLAIN", user, password, door, **more)

    def tls(self, door="TLS", certificate=None, authority="ca", **more):
        answer = self.at(door, **{"security.protocol": "SSL"})
        answer.update(self.trusting(authority))
        if certificate:
            answer.update({"ssl.certificate.location": self.certificates.path(certificate + ".pem"),
                           "ssl.key.location": self.certificates.path(certificate + ".key")})
        return dict(answer, **more)
