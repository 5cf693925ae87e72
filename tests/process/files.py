"""What is written is written whole or not at all, for its owner alone, and never where a link leads; what is read may
be broken or huge."""

import json
import os
import resource
import signal
import stat

from common import PROGRAM, UNREACHABLE, WORK, replay, require, restored, start, test
from world import bad_luck, ended_well, folder, played, read, run, unlucky, write

OLD = "what was there before\n"


def left(place):
    return sorted(os.listdir(place))


def is_whole_document(text):
    return text.endswith(b"}\n") and json.loads(text)["schema"] == "kafkatop.snapshot/1"


@test
def no_room_for_a_file_leaves_the_old_one():
    for option in ("-o", "--record"):
        for most in (0, 1, 100, 1000, 4096):
            place = folder("room")
            path = write(os.path.join(place, "out"), OLD)
            done = run(played("--json", option, path), [(resource.RLIMIT_FSIZE, most)])
            require(done.returncode == 74, "%s with %d bytes: %d %r" % (option, most, done.returncode, done.stderr))
            require(done.stderr.count(b"\n") == 1, "more than a line: %r" % done.stderr)
            require(b"File too large" in done.stderr, "%r" % done.stderr)
            # A recording that has a first whole collection has its name, and keeps what is whole.
            if option == "-o" or most < 4096:
                require(read(path) == OLD.encode(), "%s with %d bytes: the old file is gone" % (option, most))
            require(left(place) == ["out"], "%s left %r" % (option, left(place)))


@test
def a_recording_that_finds_no_more_room_keeps_its_whole_collections():
    place = folder("torn")
    path = os.path.join(place, "out")
    whole = len(read(played()[2]))
    done = run(played("--json", "--record", path), [(resource.RLIMIT_FSIZE, whole - 3000)])
    require(done.returncode == 74, "%d %r" % (done.returncode, done.stderr))
    require(left(place) == ["out"], "left %r" % left(place))
    lines = read(path).decode().splitlines()
    require(read(path).endswith(b"\n") and lines[-1].startswith("pass\t"), "torn: %r" % lines[-1])
    again = run([PROGRAM, "--replay", path, "--json"])
    require(again.returncode == 0 and is_whole_document(again.stdout), "%r" % again.stderr)


@test
def no_room_for_standard_output_is_said():
    for options in (["--json"], ["--csv"], ["-B"]):
        with open(os.path.join(WORK, "stdout"), "wb") as out:
            done = run(played(*options), [(resource.RLIMIT_FSIZE, 10)], stdout=out)
        ended_well(done, repr(options), {74})


@test
def a_closed_pipe_is_quiet():
    for options in (["-B", "-n", "1000000"], ["--json"], ["--csv"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = run(played(*options), stdout=writer)
        os.close(writer)
        require(done.returncode == 74 and done.stderr == b"", "%d %r" % (done.returncode, done.stderr))


@test
def what_was_closed_before_is_never_written_to():
    place = folder("closed")
    wanted = run(played("--json")).stdout
    recorded = os.path.join(place, "plain")
    run(played("--json", "--record", recorded))
    for close in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
        out, record = os.path.join(place, "out"), os.path.join(place, "record")
        done = run(played("--json", "-o", out, "--record", record), close=close)
        require(done.returncode == 0, "%r: %d %r" % (close, done.returncode, done.stderr))
        require(read(out) == wanted, "%r: another document" % (close,))
        require(read(record) == read(recorded), "%r: another recording" % (close,))
        os.unlink(out)
        done = run(played("--json", "--record", record), close=close)
        require(done.returncode == (74 if 1 in close else 0), "%r: %d" % (close, done.returncode))
        require(read(record) == read(recorded), "%r: results in the recording" % (close,))
        done = run(UNREACHABLE + ["--once", "--timeout", "0.3", "-o", out], close=close)
        require(done.returncode == 69, "%r: %d" % (close, done.returncode))


@test
def killed_in_the_middle_leaves_the_old_file():
    if not unlucky():
        return "no stand-in for the C library's calls can be loaded here"
    for option, call in (("-o", "fsync"), ("-o", "rename"), ("--record", "rename")):
        place = folder("killed")
        path = write(os.path.join(place, "out"), OLD)
        done = run(played("--json", option, path), **bad_luck(kill=call))
        require(done.returncode == -signal.SIGKILL, "%s %s: %d" % (option, call, done.returncode))
        require(read(path) == OLD.encode(), "%s %s: the old file is gone" % (option, call))
    return None


@test
def files_are_their_owners_alone():
    place = folder("modes")
    out, record = os.path.join(place, "out"), os.path.join(place, "record")
    for _ in range(2):  # new, and over old ones that all may read
        done = run(played("--json", "-o", out, "--record", record), umask=0)
        require(done.returncode == 0, "%r" % done.stderr)
        for path in (out, record):
            mode = stat.S_IMODE(os.stat(path).st_mode)
            require(mode == 0o600, "%s has mode %o" % (path, mode))
            os.chmod(path, 0o644)
    require(left(place) == ["out", "record"], "left %r" % left(place))


@test
def planted_links_lead_nowhere():
    """A folder in which everybody may write: a result replaces the link, a recording refuses it."""
    place = folder("shared")
    os.chmod(place, 0o1777)
    victim, path = write(os.path.join(WORK, "victim"), OLD), os.path.join(place, "out")
    pipe = os.path.join(WORK, "pipe")
    if not os.path.exists(pipe):
        os.mkfifo(pipe)
    for target in (victim, pipe, "/dev/full", os.path.join(WORK, "not-there"), os.path.join(place, "out")):
        os.symlink(target, path)
        done = run(played("--json", "-o", path))
        require(done.returncode == 0 and is_whole_document(read(path)), "-o %s: %r" % (target, done.stderr))
        require(not os.path.islink(path), "the link is still there")
        os.unlink(path)
        os.symlink(target, path)
        done = run(played("--json", "--record", path))
        ended_well(done, "--record " + target, {74})
        require(b"symbolic link" in done.stderr and os.path.islink(path), "%r" % done.stderr)
        os.unlink(path)
    require(read(victim) == OLD.encode(), "somebody else's file was written to")
    require(not os.path.exists(os.path.join(WORK, "not-there")), "a file was made where a link pointed")
    require(left(place) == [], "left %r" % left(place))


@test
def no_room_for_what_the_screen_writes():
    for keys, said in (("W", "not saved: "), ("H", "no ticket: ")):
        place, config = folder("screen"), folder("screen-config")
        os.mkdir(os.path.join(config, "kafkatop"))
        screen = write(os.path.join(config, "kafkatop", "screen"), "[screen]\nversion = 1\n")
        here = os.getcwd()
        os.chdir(place)
        try:
            with start(["/bin/sh", "-c", "ulimit -f 0; exec \"$@\"", "sh", *replay()], HOME=place,
                       XDG_CONFIG_HOME=config, size=(160, 30)) as s:
                s.wait_text("group-00")
                s.type("e" + keys)
                s.wait_text(said)
                s.type("q")
                require(s.wait_end() == "exit 0", s.state)
                restored(s)
        finally:
            os.chdir(here)
        require(left(place) == [], "left %r" % left(place))
        require(left(os.path.dirname(screen)) == ["screen"], "left %r" % left(os.path.dirname(screen)))
        require(read(screen) == b"[screen]\nversion = 1\n", "the saved screen is gone")


def huge(lines, count):
    return "".join(lines % {"n": n} for n in range(count))


@test
def huge_and_broken_files_are_refused_in_time():
    """Within the patience of a run, and 500 MB of address space more than an ordinary one needs."""
    room = [(resource.RLIMIT_AS, 1500 << 20)]
    place = folder("huge")
    path = os.path.join(place, "file")
    for name, text in (("a line of 10 MB", "[cluster a]\nbrokers = " + "x" * 10000000 + "\n"),
                       ("a million sections", huge("[cluster c%(n)d]\nbrokers = a:1\n", 1000000)),
                       ("a million keys", "[cluster a]\n" + huge("brokers = a:%(n)d\n", 1000000)),
                       ("brackets", "[" * 5000000), ("no newline", "brokers"), ("zeros", "\0" * 1000000)):
        done = run([PROGRAM, "-F", write(path, text), "--print-config"], room)
        ended_well(done, name, {78})
        require(len(done.stderr) < 4000, "%s: %d bytes of words" % (name, len(done.stderr)))
    for name, text in (("a theme of 10 MB", "text = " + "x" * 10000000),
                       ("a million roles", huge("r%(n)d = bold\n", 1000000))):
        with start([PROGRAM, "-b", "a:1", "--theme", write(path + ".theme", text)]) as s:
            state = s.wait_end(60)
            require(state == "exit 78" and b"kafkatop: " in s.output, "%s: %s %r" % (name, state, s.output[-300:]))
    head = "kafkatop-trace\t1\t1700000000000\n"
    for name, text in (("a line of 20 MB", head + "end\t1\t" + "x" * 20000000 + "\n"), ("nothing", ""),
                       ("zeros", "\0" * 1000000), ("a huge count", head + "group\t1\tg\t~\t~\t1\t~\t99999999999\n"),
                       ("torn", head + "end\t1\tord")):
        done = run([PROGRAM, "--replay", write(path, text), "--json"], room)
        ended_well(done, name)
        require(name == "torn" or done.returncode != 0, "%s: status 0" % name)


@test
def a_configuration_cannot_steer_the_terminal():
    bad = "\x1b[31mred\x07 \u202eevil\x9b \x7f"
    path = write(os.path.join(WORK, "steering.config"), "[cluster %s]\nbrokers = a:1\nclient.id = %s\n" % (bad, bad))
    for argv in (["-F", path, "--print-config"], ["-F", path, "-c", "other", "--once"], ["-F", bad, "--once"],
                 ["-b", bad, "--print-config"], ["-g", bad + "(", "-b", "a:1", "--once"], ["--theme", bad, "-b", "a:1"],
                 ["-b", "a:1", "-X", bad + "=1", "--once"], ["--" + bad],
                 ["-b", "a:1", "-o", bad + "/x", "--once", "--timeout", "0.3"],
                 ["--replay", bad, "--json"], ["-b", "a:1", "--print-config", "-X", "client.id=" + bad]):
        done = run([PROGRAM] + argv)
        for text in (done.stdout.decode(), done.stderr.decode()):
            wrong = [letter for letter in text if letter < " " and letter != "\n" or "\x7f" <= letter < "\xa0"
                     or letter == "\u202e"]
            require(not wrong, "%r says %r" % (argv, text[:300]))
