"""How tests are named, waited for and reported."""

import sys
import threading
import time
import traceback


class Failure(Exception):
    """What was expected did not happen; the text says what was seen."""


_lock = threading.Lock()


def say(line):
    with _lock:
        print(line, flush=True)


def explain(text):
    for line in str(text).splitlines():
        say("# " + line.encode("ascii", "backslashreplace").decode())


def test(name, function, *arguments, **more):
    """Runs one test and reports it; says whether it passed."""
    began = time.monotonic()
    try:
        function(*arguments, **more)
    except Failure as failure:
        explain(failure)
    except Exception:  # a test that breaks is a test that failed
        explain(traceback.format_exc())
    else:
        say("ok - %s" % name)
        explain("%.1f s" % (time.monotonic() - began))
        return True
    say("not ok - %s" % name)
    return False


def skip(name, why):
    say("ok - %s # SKIP %s" % (name, why))


def expect(condition, text, *arguments):
    if not condition:
        raise Failure(text % arguments if arguments else text)


def until(seconds, look, what):
    """Looks again and again until the answer is true, and gives it back."""
    deadline = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failure("after %d s still not: %s" % (seconds, what() if callable(what) else what))
        time.sleep(0.1)  # between two looks


def note(text):
    """Says what goes on, to whoever reads the log."""
    explain(text)
    sys.stdout.flush()
