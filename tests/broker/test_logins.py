"""Every way to log in, and every way to be refused, on a real broker."""

from doors import GROUP, TOPIC, Doors
from monitor import once
from tap import expect, skip, test


def connects(client, more=None, source="log"):
    document = once(client, more=more)
    expect(list(document.groups) == [GROUP], "groups %s; problems %s", list(document.groups), document.problems())
    row = document.partitions(GROUP).get((TOPIC, 0))
    expect(row is not None and row["committed"] == 0 and row["lag"] == 0, "%s", document.brief(GROUP))
    expect(document.cluster["source"] == source, "source is %s", document.cluster["source"])
    expect(not document.problems(), "%s", document.problems())


def enter(doors):
    """Every mechanism that this library has in common with this broker."""
    for door in ("SASL", "SASLTLS"):
        for mechanism in ("PLAIN", "OAUTHBEARER"):
            test("logins: %s at the door %s" % (mechanism, door), connects, doors.sasl(mechanism, door=door))
    test("logins: TLS with the server's certificate", connects, doors.tls())
    test("logins: TLS with certificates of both", connects, doors.tls("MUTUAL", certificate="client"))
    for door in ("SASL", "SASLTLS"):
        name = "logins: GSSAPI at the door %s" % door
        if doors.realm:
            test(name, connects, doors.sasl("GSSAPI", door=door), more=doors.realm.environment())
        else:
            skip(name, "no Kerberos here")


def run_all(guard):
    doors = Doors(guard)
    try:
        enter(doors.start())
    finally:
        doors.close()
