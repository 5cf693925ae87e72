"""The screen set up by its user: the mouse, what W saves and what never gets into that file, and --secure."""

import os
import shutil

from common import WORK, replay, require, restored, start, test

MICE = {9, 1000, 1001, 1002, 1003, 1005, 1006, 1015}


def home(name):
    """An empty folder for settings."""
    path = os.path.join(WORK, name)
    shutil.rmtree(path, ignore_errors=True)
    os.mkdir(path)
    return path


def saved(config):
    with open(os.path.join(config, "kafkatop", "screen")) as file:
        return file.read()


def shown(config, *options, **changes):
    s = start(replay() + list(options), XDG_CONFIG_HOME=config, **changes)
    s.wait_text("group-00")
    return s


def leave(s):
    s.type("q")
    require(s.wait_end() == "exit 0", s.state)
    restored(s)


def close_menu(s):
    """A key behind an Escape would be Alt and that key."""
    s.settle()
    s.type("\x1b")
    s.settle(0.1)


def place_of(s, text):
    for y, line in enumerate(s.terminal.lines()):
        if text in line:
            return line.index(text) + 1, y + 1
    require(False, "no %r:\n%s" % (text, s.terminal.text()))


def click(s, text, column=None):
    s.settle()
    x, y = place_of(s, text)
    s.type("\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % ((column or x, y) * 2))


@test
def the_mouse_is_taken_only_where_it_is_wanted():
    for term in ("xterm-256color", "tmux-256color", "xterm"):
        with start(replay() + ["--mouse"], TERM=term) as s:
            s.wait_text("group-00")
            s.settle()
            require(s.terminal.switched_on & MICE == {1000, 1006}, "%s: %r" % (term, s.terminal.switched_on & MICE))
            click(s, "2Topics")
            s.wait_text("[2Topics]")
            s.type("\x1a")
            s.wait(lambda: s.state == "stopped", "a stop")
            restored(s)
            s.foreground()
            s.settle()
            click(s, "1Groups")
            s.wait_text("[1Groups]")
            s.type("M")
            s.wait_text("mouse off")
            leave(s)
        with start(replay(), TERM=term) as s:
            s.wait_text("group-00")
            s.type("M")
            s.wait_text("mouse on")
            s.kill(15)
            s.wait_end()
            restored(s)


@test
def clicks_reach_the_right_edge_of_a_wide_screen():
    for term in ("xterm-256color", "tmux-256color"):
        with start(replay() + ["--mouse"], size=(450, 30), TERM=term) as s:
            s.wait_text("COORD.STATE")
            click(s, "COORD.STATE")
            s.wait_text("sort COORD.STATE")
            click(s, "group-04", 240)  # one byte would end at 223
            click(s, "group-04", 240)
            s.wait_text("> group-04")
            leave(s)


@test
def what_was_saved_is_shown_at_the_next_start():
    config = home("setup-saved")
    with shown(config) as s:
        s.wait_text("IN/s")
        s.type("cjjjjjj ")
        s.wait_text("[ ] in")
        close_menu(s)
        require("IN/s" not in s.terminal.text(), s.terminal.text())
        s.type("A")
        s.wait_text("sort GROUP^")
        s.type("q")
        require(s.wait_end() == "exit 0", s.state)
    require(not os.listdir(config), "saved without being asked: %r" % os.listdir(config))
    with shown(config) as s:
        s.type("cjjjjjj ")
        close_menu(s)
        s.type("AW")
        s.wait_text("saved to ")
        leave(s)
    require(os.stat(os.path.join(config, "kafkatop", "screen")).st_mode & 0o777 == 0o600, "others can read it")
    with shown(config) as s:
        s.wait_text("sort GROUP^")
        require("IN/s" not in s.terminal.text(), s.terminal.text())
        leave(s)


@test
def options_never_get_into_the_saved_screen():
    config = home("setup-options")
    options = ["--theme", "high-contrast", "--mouse", "--no-color", "--cycle", "3600", "-d", "7", "--ascii"]
    with shown(config, *options, NO_COLOR="1", KAFKATOP_SECURE=None) as s:
        s.type("W")
        s.wait_text("saved to ")
        leave(s)
    settings = saved(config).split("version = 1\n")[1]
    require(settings == "", "saved what nobody set: " + settings)
    with shown(config) as s:
        s.type("EGk")
        close_menu(s)  # looking is not choosing
        s.type("W")
        s.wait_text("saved to ")
        require("theme" not in saved(config).split("version = 1\n")[1], saved(config))
        s.type("Eg\r")
        s.wait_text("W saves it")
        s.type("W")
        s.wait_text("saved to ")
        leave(s)
    before = saved(config)
    require("theme = " in before, before)
    with shown(config, "--theme", "light") as s:
        s.type("eW")  # something of this run's, and the theme of that
        s.wait_text("saved to ")
        leave(s)
    theme = [line for line in before.splitlines() if line.startswith("theme")]
    require(theme[0] in saved(config) and "units = full" in saved(config), saved(config))


@test
def a_saved_screen_that_makes_no_sense_keeps_nobody_out():
    config = home("setup-hostile")
    path = os.path.join(config, "kafkatop", "screen")
    os.mkdir(os.path.dirname(path))
    with open("/dev/urandom", "rb") as noise:
        rubbish = noise.read(5000)
    for text, said in ((b"[screen]\nversion = 2\n", "is not known"), (rubbish, "is not used"),
                       (b"x" * 100000, "is not used"),
                       (b"[screen]\nversion = 1\ntheme = gone\n", "no theme"), (b"", "no version"),
                       (b"[screen]\nversion = 1\nmouse = perhaps\n", "mouse")):
        with open(path, "wb") as file:
            file.write(text)
        with start(replay(), size=(250, 24), XDG_CONFIG_HOME=config) as s:
            s.wait_text("group-00")
            s.wait_text(said)
            leave(s)
    os.remove(path)
    os.symlink("/nowhere/at/all", path)
    with shown(config) as s:
        s.type("W")
        s.wait_text("not saved: ")
        leave(s)
    os.remove(path)
    os.mkfifo(path)
    with shown(config) as s:
        leave(s)


@test
def a_secure_screen_writes_nothing():
    config = home("setup-secure")
    work = home("setup-secure-work")
    told = os.path.join(work, "told")
    with shown(config, "--secure", "--on-change", "touch " + told, HOME=work, PWD=work) as s:
        s.wait_text("SECURE")
        for code in list(range(32, 127)) + [1, 2, 4, 5, 6, 8, 9, 11, 12, 13, 21, 23]:
            if chr(code) == "q":
                continue
            s.type(chr(code))
            s.settle(0.01)
            s.type("\x1b")
            s.settle(0.03)
        leave(s)
        require(b"\x1b]52" not in s.output, "it wrote to the clipboard")
    for folder in (config, work):
        require(not os.listdir(folder), "%s: %r" % (folder, os.listdir(folder)))
