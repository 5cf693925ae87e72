"""The executable when the world is against it. What it is given to bear is in the other files of this folder."""

import os
import sys
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pty"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import files  # noqa: E402,F401
import limits  # noqa: E402,F401
import locked  # noqa: E402,F401
import weeks  # noqa: E402,F401
from common import PROGRAM, TESTS, Failure  # noqa: E402


def main():
    failures = 0
    chosen = sys.argv[1:]
    for function in TESTS:
        name = function.__name__.replace("_", " ")
        if chosen and not any(word in name for word in chosen):
            continue
        try:
            why = function()
            print("ok - %s%s" % (name, " # SKIP " + why if why else ""), flush=True)
        except Exception as error:  # whatever goes wrong in one test, the others are run
            text = str(error) if isinstance(error, (Failure, AssertionError)) else traceback.format_exc()
            for line in text.splitlines():
                print("# " + line)
            print("not ok - " + name, flush=True)
            failures += 1
    return 1 if failures else 0


if not os.access(PROGRAM, os.X_OK):
    print("not ok - there is no %s" % PROGRAM)
    sys.exit(1)
sys.exit(main())
