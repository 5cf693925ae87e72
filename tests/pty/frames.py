"""Whatever happened before, the screen is what it would be if all of it were drawn anew."""

import os
import random
import subprocess

from common import REST, Failure, Stage, described, require, test

SEQUENCES = {"Tab": "\t", "Enter": "\r", "Esc": "\x1b", "Backspace": "\x7f", "Up": "\x1bOA", "Down": "\x1bOB",
             "Right": "\x1bOC", "Left": "\x1bOD", "Home": "\x1bOH", "End": "\x1bOF", "PgUp": "\x1b[5~",
             "PgDn": "\x1b[6~", "Ins": "\x1b[2~", "Del": "\x1b[3~", "S-Tab": "\x1b[Z", "Space": " ",
             "F1": "\x1bOP", "F2": "\x1bOQ", "F3": "\x1bOR", "F4": "\x1bOS", "F5": "\x1b[15~", "F6": "\x1b[17~",
             "F11": "\x1b[23~", "F12": "\x1b[24~"}
ENDING = ("q", "F10", "^C", "^Z", "^L", "H", "O")  # or leaving files behind
SIZES = ((80, 24), (120, 40), (40, 10), (20, 5), (160, 50), (33, 17), (121, 36), (7, 2))
PASTES = ("group", "~^[a-c]", "lag>10", "\xe9\u6f22e\u0301", "")


def keys_of_the_table():
    names = subprocess.run([Stage.program, "--keys"], capture_output=True, text=True, check=True).stdout.split()
    keys = []
    for name in names:
        if name in ENDING:
            continue
        if name.startswith("^") and len(name) == 2:
            keys.append(chr(ord(name[1]) & 31))
        else:
            require(len(name) == 1 or name in SEQUENCES, "no sequence for the key " + name)
            keys.append(SEQUENCES.get(name, name))
    return keys


def same_as_whole(stage, told):
    """Compares with what ^L brings, letters and looks."""
    stage.settle(REST)
    if any(word in stage.terminal.text() for word in ("PAUSED", "AS OF")):
        stage.settle(1.1)  # orders move the clock, of which the screen learns by its tick
    changed, cursor = stage.terminal.cells(), (stage.terminal.x, stage.terminal.y)
    # What a terminal shows is not what curses believes: nothing of this may stay.
    stage.terminal.grid = [[("\u00a4", "")] * stage.terminal.columns for _ in range(stage.terminal.rows)]
    before = len(stage.output)
    stage.type("\x0c")
    stage.wait(lambda: len(stage.output) > before, "a repaint after " + told())
    stage.settle(0.1)
    whole = stage.terminal.cells()
    for y, (one, other) in enumerate(zip(changed, whole)):
        if one != other and y < len(whole) - 1:
            x = next(x for x in range(len(one)) if one[x] != other[x])
            raise Failure("line %d, column %d: %r, whole %r, after %s\n%s\n--- whole\n%s" % (
                y, x, one[x], other[x], told(), "".join(cell[0] for cell in one), "".join(cell[0] for cell in other)))
    # The last line may lose a message, and with it no more than that: a prompt stays.
    require(cursor[1] == stage.terminal.y, "the cursor was in line %d, then in %d, after %s"
            % (cursor[1], stage.terminal.y, told()))


def play(number, rounds, options=(), **changes):
    dice = random.Random(number)
    keys, log = keys_of_the_table(), []
    told = lambda: "seed %d: %r" % (number, log[-60:])
    with Stage(SIZES[0], options, **changes) as s:
        s.order("f")
        for _ in range(rounds):
            for _ in range(dice.randrange(1, 16)):
                kind = dice.randrange(20)
                if kind < 3:
                    step = ("order", dice.choice("fshgbbbiiie"))
                    s.order(step[1])
                elif kind == 3:
                    step = ("paste", dice.choice(PASTES))
                    s.type("\x1b[200~%s\x1b[201~" % step[1])
                elif kind < 9:
                    step = ("keys", dice.choice("jjjkG") * dice.randrange(1, 9))
                    s.type(step[1])
                else:
                    step = ("key", dice.choice(keys))
                    s.type(step[1])
                    if step[1] == "\x1b":
                        s.settle(0.05)  # or it and the next key were one
                log.append(step)
                s.pump(0.004 * dice.randrange(6))
            if dice.randrange(6) == 0:
                size = dice.choice([size for size in SIZES if size != (s.terminal.columns, s.terminal.rows)])
                log.append(("size", size))
                s.settle(0.02)
                s.resize(*size)
                s.settle(REST)
            same_as_whole(s, told)
        for key in ("\x1b", "\x1b", "\x1b", "\x1b"):
            s.type(key)
            s.settle(0.05)
        s.type("\x03")
        require(s.wait_end() == "signal 2", s.state + " after " + told())
        left = s.terminal.left_behind()
        require(not left, "left behind: %s, after %s" % (left, told()))
        require(not s.terminal.unknown, "strange sequences: %r, after %s" % (s.terminal.unknown[:5], told()))


@test
def random_keys_and_snapshots_leave_the_screen_that_a_repaint_brings():
    """KAFKATOP_SEED plays one game again; KAFKATOP_LONG plays many."""
    seeds = [int(os.environ["KAFKATOP_SEED"])] if "KAFKATOP_SEED" in os.environ else range(
        40 if os.environ.get("KAFKATOP_LONG") else 2)
    for seed in seeds:
        play(seed, 14)


@test
def the_same_on_other_terminals():
    for seed, (term, options) in enumerate((("screen-256color", ()), ("linux", ()), ("xterm-16color", ()),
                                            ("xterm", ("--no-color",)))):
        if described(term):
            play(1000 + seed, 4, options, TERM=term)
