"""What is refused, and how: no cluster is needed."""

import broker
from monitor import Run
from tap import expect, test


def unknown_property():
    Run("-b", "127.0.0.1:9", "--once", "--json", "-X", "sesion.timeout.ms=6000").refused(
        78, "sesion.timeout.ms", "session.timeout.ms", within=3)


def unreachable():
    port = broker.free_ports(1)[0]
    run = Run("-b", "127.0.0.1:%d" % port, "--once", "--json", "--timeout", "5")
    expect(run.status == 69, "exit status %d: %s", run.status, run.err)
    expect(run.seconds < 9, "it took %.1f s", run.seconds)
    expect("127.0.0.1:%d" % port in run.err or "refused" in run.err.lower(), "it said %r", run.err)


def unresolved():
    run = Run("-b", "no-such-host.invalid:9092", "--once", "--json", "--timeout", "5")
    expect(run.status == 69, "exit status %d: %s", run.status, run.err)
    expect("no-such-host.invalid" in run.err, "it said %r", run.err)


def run_all():
    test("an unknown property is refused and the nearest named", unknown_property)
    test("a closed port ends with 69", unreachable)
    test("an unknown host ends with 69", unresolved)
