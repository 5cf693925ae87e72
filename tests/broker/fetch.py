"""Fetches what the tests need beyond the system's packages, once, into a folder that outlives them.

    python3 fetch.py

makes sure of the jars of each version of Apache Kafka (by Maven) and of a virtual environment with a client library
that is not the one under test, and prints the environment's Python. Where that is impossible, the line on standard
output is a failed test, or a skipped one when KAFKATOP_TESTS_OFFLINE=1 says that no network is expected.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time

VERSIONS = ("4.1.0", "3.9.1")
CLIENT = "confluent-kafka==2.16.1"
ATTEMPTS = 4
LONGEST = 600  # seconds that one attempt may take
SKIPPED = 75

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kafkatop.tests</groupId>
  <artifactId>broker</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{0}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>{0}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""


# Kafka's library for streams applications, without what it would bring along: brokers have most of it, and the rest
# (a database in native code) is for applications with a state.
STREAMS = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kafkatop.tests</groupId>
  <artifactId>streams</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-streams</artifactId><version>{0}</version>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>
  </dependencies>
</project>
"""


class Unfetched(Exception):
    """Not there and not to be had."""


def cache():
    return os.environ.get("KAFKATOP_CACHE") or os.path.expanduser("~/.cache/kafkatop-tests")


def jars(version):
    """The folder with the jars of this version."""
    return os.path.join(cache(), "kafka-" + version)


def environment():
    """The folder of the virtual environment, a different one for each Python and each client."""
    return os.path.join(cache(), "venv-%d.%d-%s" % (*sys.version_info[:2], CLIENT.replace("==", "-")))


@contextlib.contextmanager
def alone():
    """Two test runs that start together do not fetch the same things."""
    os.makedirs(cache(), exist_ok=True)
    with open(os.path.join(cache(), "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def insist(command, folder):
    """Runs a command that uses the network until it succeeds, a few times."""
    said = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(3 * attempt)  # what refused us a moment ago is given one
        try:
            done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=LONGEST, check=False)
        except FileNotFoundError:
            raise Unfetched("%s is not installed" % command[0]) from None
        except subprocess.TimeoutExpired:
            said = "no end after %d s" % LONGEST
            continue
        if done.returncode == 0:
            return
        said = done.stdout.decode("utf-8", "replace")
    raise Unfetched("%s failed %d times: %s" % (" ".join(command[:4]), ATTEMPTS, said[-2000:]))


def streams(version):
    """The folder with the jar for streams applications."""
    return os.path.join(cache(), "streams-" + version)


def fetch_jars(version, target, project):
    if os.path.isdir(target):
        return
    with tempfile.TemporaryDirectory(dir=cache()) as folder:
        with open(os.path.join(folder, "pom.xml"), "w", encoding="ascii") as pom:
            pom.write(project.format(version))
        insist(["mvn", "-B", "-q", "dependency:copy-dependencies", "-DoutputDirectory=" + os.path.join(folder, "jars")],
               folder)
        os.rename(os.path.join(folder, "jars"), target)


def fetch_client():
    ready = os.path.join(environment(), "ready")
    if os.path.exists(ready):
        return
    shutil.rmtree(environment(), ignore_errors=True)
    insist([sys.executable, "-m", "venv", environment()], cache())
    insist([python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", CLIENT], cache())
    with open(ready, "w", encoding="ascii"):
        pass


def python():
    return os.path.join(environment(), "bin", "python")


def main():
    try:
        with alone():
            for version in VERSIONS:
                fetch_jars(version, jars(version), POM)
            fetch_jars(VERSIONS[0], streams(VERSIONS[0]), STREAMS)
            fetch_client()
    except (Unfetched, OSError) as failure:
        offline = os.environ.get("KAFKATOP_TESTS_OFFLINE") == "1"
        for line in str(failure).splitlines():
            print("#", line)
        print("ok - broker # SKIP cannot be fetched" if offline else "not ok - broker: cannot be fetched")
        return SKIPPED if offline else 1
    print(python())
    return 0


if __name__ == "__main__":
    sys.exit(main())
