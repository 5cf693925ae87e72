"""Every kind of terminal: what it is sent, and what it is left with."""

import base64
import itertools
import re
import subprocess

from common import PROGRAM, REST, Failure, Stage, described, environment, replay, require, restored, start, test

TYPES = ("vt100", "vt102", "vt220", "ansi", "linux", "xterm", "xterm-mono", "xterm-256color", "rxvt", "screen",
         "screen-256color", "tmux", "tmux-256color")
SELECTED = "48;5;153"  # the default theme's


def together(sessions, act):
    """Does it in each, while the others go on with what they were told before; closes all."""
    try:
        for told in sessions:
            act(*told)
    finally:
        for told in sessions:
            told[-1].close()


def leave(name, locale, session):
    session.type("j")
    session.settle()
    text = session.terminal.text()
    require("LAG" in text and "Quit" in text, "%s, %s:\n%s" % (name, locale, text))
    session.type("q")
    require(session.wait_end() == "exit 0", "%s, %s: %s" % (name, locale, session.state))
    try:
        restored(session)
    except Failure as failure:
        raise Failure("%s, %s: %s" % (name, locale, failure)) from None
    if locale == "C":
        require(max(session.output) < 0x7f, "%s, C: a byte beyond ASCII" % name)


@test
def every_type_of_terminal_in_two_locales():
    types = [name for name in TYPES if described(name)]
    require(len(types) >= 4, "terminfo has %s alone" % types)
    for locale in ("C", "C.UTF-8"):
        sessions = [(name, locale, Stage((100, 30), TERM=name, LC_ALL=locale)) for name in types]
        for _, _, session in sessions:
            session.order("fhfs")
        together(sessions, leave)


@test
def foreign_names_take_the_cells_that_a_terminal_gives_them():
    """Wide, combining, joined, right to left, of 249 characters: what stands behind them stays in its column."""
    for size in ((80, 24), (120, 40), (300, 100)):
        with Stage(size) as s:
            s.order("h")
            s.settle(REST)
            for panel in "132":
                s.type(panel)
                s.settle(REST)
                grid = s.terminal.grid
                titles = next(y for y, line in enumerate(s.terminal.lines()) if line.startswith("   STATE"))
                end = "".join(cell[0] or "?" for cell in grid[titles]).index("LAG") + 3
                status = re.compile(r"(##|! |[.~?-] ) \w")
                rows = list(itertools.takewhile(lambda row: status.match("".join(cell[0] for cell in row[:4])),
                                                grid[titles + 1:]))
                require(rows, "no rows in panel %s\n%s" % (panel, s.terminal.text()))
                for row in rows:
                    near = "".join(cell[0] or "?" for cell in row[end - 6:end + 1])
                    require(re.search(r"[0-9kMG-] $", near), "panel %s: %r ends elsewhere than LAG\n%s" % (
                        panel, near, s.terminal.text()))
            require(not s.terminal.unknown, "strange sequences: %r" % s.terminal.unknown[:5])


def on_the_selected_row(stage, told):
    stage.settle(REST)
    x, y = stage.terminal.x, stage.terminal.y
    require(x == 0 and SELECTED in stage.terminal.grid[y][20][1], "after %s the cursor is at %d, %d\n%s" % (
        told, x, y, stage.terminal.text()))
    require(not stage.terminal.modes["25"], "the cursor can be seen after " + told)


@test
def the_cursor_rests_on_the_selected_row_for_those_who_hear_the_screen():
    with Stage((80, 24)) as s:
        s.order("g")
        on_the_selected_row(s, "the first rows")
        for key in ("j", "\x1b[6~", "G", "kk", "R", "3", "jj", "1"):
            s.type(key)
            on_the_selected_row(s, repr(key))
        for order in "bif":
            s.order(order)
            on_the_selected_row(s, "order " + order)
        s.type("/gr")
        s.settle(REST)
        require(s.terminal.modes["25"] and s.terminal.y == 23 and "gr" in s.terminal.lines()[23],
                "the prompt has no cursor\n" + s.terminal.text())
        s.type("\x1b")
        on_the_selected_row(s, "the prompt")


@test
def a_paste_stays_in_the_prompt_and_runs_nothing():
    with Stage((80, 24)) as s:
        s.order("g")
        s.type("f")
        s.settle()
        s.type("\x1b[200~group-0\x1b[31m\x07\rq\n4\x1b[201~")
        s.wait_text("group-0")
        s.settle(REST)
        line = s.terminal.lines()[-1]
        require("group-0" in line and "q 4" in line, "the prompt holds %r" % line)
        require(s.state == "running" and "[1Groups]" in s.terminal.text(), "the paste ran keys\n" + s.terminal.text())
        s.type("\x1b")
        s.settle(REST)
        s.type("/\x1b[200~group-000042\x1b[201~")
        s.wait_text("group-000042")
        # A paste whose end never comes must not swallow keys for ever.
        s.type("\x1b[200~lost")
        s.wait_text("group-000042lost")
        s.type("z")
        s.wait_text("group-000042lostz")
        s.type("\x03")
        s.wait_end()


@test
def it_is_small_before_it_is_gone():
    """At each size something is drawn, nothing is sent that is no sequence, and q ends it."""
    sizes = ((1, 1), (2, 1), (1, 9), (5, 2), (19, 4), (20, 5), (33, 3), (40, 10), (79, 23), (132, 43), (300, 100))
    for part in (sizes[:6], sizes[6:]):
        sessions = []
        for size in part:
            session = Stage.__new__(Stage)
            session.open(size)
            sessions.append((size, session))
            session.order("h")

        def leave_size(size, session):
            session.wait(lambda: session.output, "a first byte at %dx%d" % size)
            session.settle(REST)
            session.type("jG2\x1b[5~1")
            session.settle(REST)
            if size[0] >= 20:
                require(re.search(r"[\w#]", session.terminal.text()), "nothing at %dx%d" % size)
            session.type("q")
            require(session.wait_end() == "exit 0", "%dx%d: %s" % (*size, session.state))
            restored(session)
        together(sessions, leave_size)


@test
def a_storm_of_sizes_is_one_repaint_in_30_ms():
    with Stage((120, 40)) as s:
        s.order("f")
        s.settle(REST)
        before, began = len(s.output), s.times[-1][0]
        for i in range(50):
            s.resize(60 + i * 37 % 60, 20 + i * 13 % 20)
            s.pump(0.005)
        s.resize(100, 30)
        s.wait(lambda: "Quit" in s.terminal.lines()[29], "a footer in the last line")
        s.settle(REST)
        repaints = s.output[before:].count(b"\x1b[H\x1b[2J")
        most = (s.times[-1][0] - began) / 0.030 + 2
        require(0 < repaints <= most, "%d repaints, %d at most" % (repaints, most))


@test
def without_a_screen_there_are_lines():
    """What a dumb terminal and a screen reader get: text, no control byte, whatever TERM says."""
    for term in ("dumb", None, "xterm-256color"):
        done = subprocess.run(replay() + ["--batch", "-n", "1"], capture_output=True, timeout=20, check=False,
                              env=environment(TERM=term))
        require(done.returncode == 0 and b"group-00" in done.stdout, "%d %r" % (done.returncode, done.stderr))
        require(all(byte >= 32 or byte == 10 for byte in done.stdout), "control bytes with TERM=%s" % term)
    with start([PROGRAM, "-b", "127.0.0.1:1"], TERM="dumb") as s:
        require(s.wait_end() == "exit 64" and b"--batch" in s.output, "%s %r" % (s.state, s.output))


@test
def a_command_goes_to_the_clipboard_of_terminals_that_have_one():
    for name, most in (("xterm-256color", 1), ("tmux-256color", 1), ("linux", 0), ("vt100", 0)):
        if not described(name):
            continue
        with Stage((100, 30), TERM=name) as s:
            s.order("f")
            s.wait_text("rewind")
            s.type("y")
            s.wait_text("kafka-consumer-groups.sh")
            s.settle()
            sent = re.findall(rb"\x1b\]52;c;([^\x07]*)\x07", bytes(s.output))
            require(len(sent) == most, "%s: %d sequences" % (name, len(sent)))
            if sent:
                require(base64.b64decode(sent[0], validate=True) ==
                        b"kafka-consumer-groups.sh --bootstrap-server 'kafka-1:9092,kafka-2:9092'"
                        b" --describe --group 'rewind'", sent[0])
    with Stage((100, 30), ("--secure",)) as s:
        s.order("f")
        s.wait_text("rewind")
        s.type("y")
        s.wait_text("off under --secure")
        require(b"\x1b]52" not in bytes(s.output), "a secure screen copies")
