"""What all tests of this layer share: the list of them, the program, its environment, and what it must leave behind."""

import os

import recording
from session import Failure, Session

PROGRAM = os.environ["KAFKATOP"]
REST = 0.25  # longer than what follows the cursor waits
WORK = os.environ.get("TMPDIR", "/tmp")
UNREACHABLE = [PROGRAM, "-b", "127.0.0.1:1"]
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def environment(**changes):
    env = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "HOME": WORK, "TMPDIR": WORK,
           # A build with sanitizers leaves faults to the program, as any other does.
           "ASAN_OPTIONS": "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0"}
    env.update(changes)
    for name in [name for name in env if env[name] is None]:
        del env[name]
    return env


def start(argv=None, size=(80, 24), ignore=(), stdin=None, **changes):
    return Session(argv or UNREACHABLE, size, environment(**changes), ignore, stdin)


def replay(passes=1):
    """With one pass the recording is over at once, and nothing moves any more."""
    path = os.path.join(WORK, "small-%d.trace" % passes)
    if not os.path.exists(path):
        recording.write(path, passes=passes)
    return [PROGRAM, "--replay", path]


def described(term):
    """Whether this machine's terminfo has the type: packages with few are common."""
    return any(os.path.exists(os.path.join(folder, name, term))
               for folder in ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo")
               for name in (term[0], "%x" % ord(term[0])))


def require(holds, what):
    if not holds:
        raise Failure(what)


def restored(session, before=None):
    left = session.terminal.left_behind()
    require(not left, "left behind: " + ", ".join(left))
    require(session.modes() == (before or session.before), "the terminal's modes are not what they were")
    require(not session.terminal.unknown, "strange sequences: %r" % session.terminal.unknown[:5])


def first_frame(session):
    session.wait_text("Quit")
    session.wait_text("kafkatop")


class Stage(Session):
    """The real loop and terminal on snapshots made to order (stage.c): `order` one by its letter."""

    program = os.path.join(os.environ["BUILDDIR"], "build/tests/pty/stage")

    def __init__(self, size=(80, 24), options=(), **changes):
        self.open(size, options, **changes)
        first_frame(self)

    def open(self, size, options=(), **changes):
        """Without waiting for a first frame, of which small screens show little."""
        orders, self.order_end = os.pipe()
        super().__init__([self.program, "-b", "nowhere:1", *options], size, environment(**changes), control=orders)
        os.close(orders)

    def order(self, letters):
        os.write(self.order_end, letters.encode())

    def close(self):
        os.close(self.order_end)
        super().close()
