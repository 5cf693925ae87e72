"""How much the screen sends at 120x40: a slow line is what one has at three in the morning."""

import statistics
import time

from common import REST, Stage, replay, require, start, test

IDLE, BUSY, CURSOR, PAGE = 300, 3072, 350, 3072


def sent_by(stage, act, quiet):
    """The bytes of what comes at once."""
    before = len(stage.output)
    act()
    stage.wait(lambda: len(stage.output) > before, "an answer")
    stage.settle(quiet)
    return len(stage.output) - before


def within(what, sent, most, count=None):
    require(statistics.median(sent) <= most, "%s: %s bytes, %d are allowed%s" % (
        what, sent, most, "" if count is None else "; " + count))


@test
def a_refresh_in_which_nothing_happened_sends_little():
    with Stage((120, 40)) as s:
        s.order("i")
        s.settle(REST)
        within("idle", [sent_by(s, lambda: s.order("i"), 0.1) for _ in range(5)], IDLE)


@test
def a_refresh_in_which_all_rows_changed_sends_3_kb_at_most():
    with Stage((120, 40)) as s:
        s.order("b")
        s.settle(REST)
        sent = [sent_by(s, lambda: s.order("b"), 0.1) for _ in range(9)]
        within("all rows", sent, BUSY)
        require(max(sent) <= BUSY * 3 / 2, "when trends move on: %s" % sent)


@test
def a_step_of_the_cursor_sends_two_rows():
    with Stage((120, 40)) as s:
        s.order("b")
        s.settle(REST)
        for keys in ("jk", ("\x1bOB", "\x1bOA")):
            sent = [sent_by(s, lambda: s.type(keys[i % 2]), 0.06) for i in range(9)]
            within("a step", sent, CURSOR)
        s.settle(REST)
        s.type("j" * 5)
        s.settle(REST)
        require("orders-enrich" in s.terminal.lines()[s.terminal.y], "the cursor is elsewhere\n" + s.terminal.text())


@test
def a_page_sends_3_kb_at_most():
    with Stage((120, 40)) as s:
        s.order("G")
        s.settle(REST)
        within("a page", [sent_by(s, lambda: s.type("\x1b[6~"), 0.06) for _ in range(9)], PAGE)


def frames_within(session, seconds):
    """Bytes of each frame: it has ended when the cursor rests on its row again, in plain letters. One may come in
    several reads."""
    at_rest = lambda: (session.terminal.x, session.terminal.y, session.terminal.style)
    rest, until, frames, began = at_rest(), time.monotonic() + seconds, [], len(session.output)
    while time.monotonic() < until:
        if session.pump(max(0.0, until - time.monotonic())) and at_rest() == rest and len(session.output) > began:
            frames.append(len(session.output) - began)
            began = len(session.output)
    return frames


@test
def nothing_ticks_faster_than_once_a_second():
    """A recording that is over, in front of which time passes."""
    with start(replay(passes=2), (120, 40)) as s:
        s.wait_text("group-00")
        s.settle(0.2)
        before = len(s.output)
        ticks = frames_within(s, 3.2)
        require(ticks and max(ticks) <= IDLE, "bytes a tick: %s" % ticks)
        require(len(ticks) <= 5, "%d frames in three seconds" % len(ticks))
        require(len(s.output) - before <= 1200, "%d bytes in three seconds" % (len(s.output) - before))
        require(s.cpu_seconds() < 1, "%.2f s of CPU" % s.cpu_seconds())
