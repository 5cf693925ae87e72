"""--secure: every key there is, clicks and pastes, in a place where nothing may come to be and nothing be run."""

import os

from common import replay, require, restored, start, test
from world import folder

LETTERS = [chr(code) for code in range(33, 127) if chr(code) != "q"]
CONTROLS = [chr(code) for code in (1, 2, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 16, 18, 20, 21, 22, 23, 24, 25)]
FUNCTIONS = (["\x1bO" + letter for letter in "PQRSABCDHF"]
             + ["\x1b[%d~" % n for n in (1, 2, 3, 4, 5, 6, 15, 17, 18, 19, 20, 24)])
CLICKS = ["\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (x, y, x, y) for x, y in ((3, 4), (12, 4), (5, 8), (5, 24), (40, 5))]
PASTES = ["\x1b[200~;touch pasted;`touch pasted`\r\n$(touch pasted)\x1b[201~"]
COMMANDS = ("sh", "bash", "xclip", "xsel", "wl-copy", "pbcopy", "vi", "less", "kafka-consumer-groups.sh", "kafkatop")


def everything_under(*places):
    return sorted((path, name, os.lstat(os.path.join(path, name)).st_mtime_ns)
                  for place in places for path, folders, names in os.walk(place) for name in folders + names)


def play(options):
    """All keys, alone and behind what opens a prompt; what has come to be, and what the terminal was told."""
    place, tools, config = folder("locked"), folder("locked-tools"), folder("locked-config")
    for name in COMMANDS:
        path = os.path.join(tools, name)
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\n: >'%s/run-%s'\n" % (place, name))
        os.chmod(path, 0o755)
    before, here = everything_under(place, config), os.getcwd()
    os.chdir(place)
    try:
        with start(replay() + options, size=(100, 26), HOME=place, TMPDIR=place, PWD=place, XDG_CONFIG_HOME=config,
                   XDG_CACHE_HOME=place, XDG_DATA_HOME=place, XDG_STATE_HOME=place, XDG_RUNTIME_DIR=place,
                   PATH=tools) as s:
            s.wait_text("group-00")
            for keys in LETTERS + CONTROLS + FUNCTIONS + CLICKS + PASTES:
                s.type(keys)
                s.pump(0.005)
                s.type("\r" if keys in "fFdE/:" else "\x1b")
                s.settle(0.02)
                s.type("\x1b")
                s.settle(0.02)
            for prompt in "f/d":
                for text in PASTES + [";touch typed\r", "a\r"]:
                    s.type(prompt + text)
                    s.settle(0.02)
                    s.type("\r\x1b")
                    s.settle(0.02)
            require(s.state == "running", s.state)
            for keys in "1HWyq":  # once more, with time for an Escape to be one
                s.type("\x1b")
                s.settle(0.15)
                s.type(keys)
            require(s.wait_end() == "exit 0", s.state)
            restored(s)
            copied = b"\x1b]52" in s.output
            mice = s.terminal.switched_on & {9, 1000, 1001, 1002, 1003, 1005, 1006, 1015}
    finally:
        os.chdir(here)
    after = everything_under(place, config)
    return [os.path.join(path, name) for path, name, _ in set(after) - set(before)], copied, mice


@test
def secure_writes_runs_and_changes_nothing():
    made, copied, _ = play(["--secure", "--mouse", "--on-change", "touch changed"])
    require(not made, "made or changed: %r" % made)
    require(not copied, "it wrote to the clipboard")


@test
def without_secure_the_same_keys_do_write():
    """Else the test before could not fail. No mouse: M takes it, and nothing else does."""
    made, copied, _ = play([])
    require(any("kafkatop-" in name for name in made), "no ticket: %r" % made)
    require(any(name.endswith("screen") for name in made), "no saved screen: %r" % made)
    require(copied, "nothing was copied")
