"""What the tests of this folder share: runs of the executable, their ends, and the library that lets things fail."""

import os
import resource
import shlex
import shutil
import subprocess

from common import PROGRAM, WORK, environment, require

SOURCE = os.environ["SRCDIR"]
PATIENCE = 60
ENDS = {0, 64, 69, 70, 74, 77, 78}
UNLUCKY = os.path.join(WORK, "unlucky.so")


def recording(name="healthy"):
    return os.path.join(SOURCE, "tests", "replay", name + ".trace")


def played(*options, name="healthy"):
    return [PROGRAM, "--replay", recording(name), *options]


# One broker of the client library's own, which answers.
MOCK = [PROGRAM, "-b", "mock:1", "-X", "test.mock.num.brokers=1", "--once", "--timeout", "3"]


def unlucky():
    """True when the library stands; built once."""
    if not os.path.exists(UNLUCKY):
        compiler = shlex.split(os.environ.get("CC", "cc"))
        subprocess.run([*compiler, "-shared", "-fPIC", "-O1", "-o", UNLUCKY,
                        os.path.join(SOURCE, "tests", "process", "unlucky.c"), "-ldl"], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
    return os.path.exists(UNLUCKY)


def bad_luck(**what):
    """An environment in which something fails."""
    return dict({"LD_PRELOAD": UNLUCKY}, **{"UNLUCKY_" + name.upper(): str(value) for name, value in what.items()})


def run(argv, limits=None, cwd=None, stdout=subprocess.PIPE, close=(), umask=None, **changes):
    """Runs it with (resource, limit) pairs, and with standard streams closed."""
    def prepare():
        if umask is not None:
            os.umask(umask)
        for what, most in limits or ():
            resource.setrlimit(what, (most, most))
        for fd in close:
            os.close(fd)
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, timeout=PATIENCE,
                          check=False, cwd=cwd, preexec_fn=prepare, env=environment(**changes))


def ended_well(done, what, ends=frozenset(ENDS)):
    """A status of the contract, and a line that says why if it is not 0."""
    said = done.stderr.decode(errors="replace")
    require(done.returncode in ends, "%s: status %d: %s" % (what, done.returncode, said))
    if done.returncode != 0:
        lines = [line for line in said.splitlines() if line.startswith("kafkatop: ")]
        require(lines, "%s: status %d without a word: %r" % (what, done.returncode, said))


def folder(name):
    path = os.path.join(WORK, name)
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    return path


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()
