"""The executable as a script meets it, on recordings: no cluster is needed."""

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import traceback

PROGRAM = os.environ["KAFKATOP"]
SOURCE = os.environ["SRCDIR"]
WORK = os.environ.get("TMPDIR", "/tmp")
EXAMPLE = os.path.join(SOURCE, "docs", "examples", "post-to-webhook")
PATIENCE = 120
TESTS = []


class Skipped(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


def recording(name):
    return os.path.join(SOURCE, "tests", "replay", name + ".trace")


def run(*arguments, **environment):
    env = dict(os.environ, **environment)
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env,
                          timeout=PATIENCE, check=False)


def played(name, *arguments, **environment):
    """A whole recording in batch, and the events that the command got."""
    place = os.path.join(WORK, "events")
    if os.path.exists(place):
        os.unlink(place)
    done = run("--replay", recording(name), "-B", "-n", "1000000", *arguments, "--on-change", "cat >>'%s'" % place,
               **environment)
    events = []
    if os.path.exists(place):
        with open(place, encoding="utf-8") as lines:
            events = [json.loads(line) for line in lines]
    return done, events


def words(events):
    return [(one["group"], one["from"], one["to"], one["worst"], one["held"]) for one in events]


def equal(seen, wanted):
    assert seen == wanted, ("%r" % (seen,))[:1000] + " in place of " + ("%r" % (wanted,))[:1000]


# ---- --on-change ----

@test
def a_stop_is_told_as_a_warning_then_as_an_error():
    done, events = played("stopped_caught_up")
    equal(done.returncode, 0)
    equal(done.stderr, "")
    equal(words(events), [("billing", "OK", "WARN", "STOP", True), ("billing", "WARN", "ERR", "STOP", False)])
    equal({one["schema"] for one in events}, {"kafkatop.change/1"})
    assert events[1]["at"] - events[1]["since"] >= 60000, events[1]


@test
def hold_says_how_long():
    _, events = played("stopped_caught_up", "--hold", "0")
    equal(words(events), [("billing", "OK", "ERR", "STOP", False)])
    _, events = played("stopped_caught_up", "--hold", "3600")
    equal(words(events), [("billing", "OK", "WARN", "STOP", True)])


@test
def one_that_goes_while_it_is_bad_is_told():
    _, events = played("group_deleted", "--hold", "0")
    equal([one["group"] for one in events if one["gone"]], [one["group"] for one in events if one["to"] is None])
    equal(len({one["group"] for one in events if one["gone"]}), len([one for one in events if one["gone"]]))


@test
def who_is_well_makes_no_noise():
    for name in ("healthy", "hostile_names", "started_late", "empty_cluster", "unreachable", "rebalances"):
        done, events = played(name)
        equal((name, events, done.stderr), (name, [], ""))


@test
def names_are_hidden_when_asked():
    _, events = played("stopped_caught_up", "--anonymize")
    equal(len(events), 2)
    assert "billing" not in json.dumps(events) and "orders" not in json.dumps(events), events


@test
def secure_means_none_and_says_so():
    done, events = played("stopped_caught_up", "--secure")
    equal((done.returncode, events), (0, []))
    equal(done.stderr, "kafkatop: --on-change is off under --secure\n")


@test
def a_command_that_fails_is_told():
    done = run("--replay", recording("stopped_caught_up"), "-B", "-n", "1000000", "--hold", "0", "--on-change",
               "cat >/dev/null; echo 'no way' >&2; exit 5")
    equal(done.returncode, 0)
    equal(done.stderr, "kafkatop: the command of --on-change ended with status 5: no way\n")


@test
def its_output_is_not_ours():
    done = run("--replay", recording("stopped_caught_up"), "-B", "-n", "1000000", "--on-change",
               "cat; echo noise; echo noise >&2")
    equal((done.returncode, "noise" in done.stdout, done.stderr), (0, False, ""))


@test
def one_look_has_no_changes():
    done = run("-b", "127.0.0.1:9", "--once", "--on-change", "true")
    equal(done.returncode, 64)
    assert "more than one refresh" in done.stderr, done.stderr


# ---- exit statuses ----

def status(name, *arguments):
    return run("--replay", recording(name), "--once", "--exit-status", *arguments).returncode


@test
def the_worst_group_gives_the_status():
    equal(status("healthy"), 0)
    equal(status("falling_behind"), 1)
    equal(status("stopped_caught_up"), 2)
    equal(status("stopped_caught_up", "--hold", "3600"), 1)
    equal(status("empty_cluster"), 3)
    equal(status("healthy", "-g", "^no such group$"), 3)
    equal(status("unreachable"), 3)
    equal(run("--replay", recording("stopped_caught_up"), "--once").returncode, 0)


@test
def nobody_there_is_not_known():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        nobody = "127.0.0.1:%d" % taken.getsockname()[1]
        done = run("-b", nobody, "--once", "--exit-status", "--timeout", "2")
        equal(done.returncode, 3)
        assert "kafkatop: " in done.stderr, "it ended with 3 and said nothing"
        equal(run("-b", nobody, "--once", "--timeout", "2").returncode, 69)


# ---- --wait-drained ----

@test
def drained_is_no_lag_above_the_allowed():
    equal(run("--replay", recording("draining"), "--wait-drained", "--allowed-lag", "1000000").returncode, 0)
    done = run("--replay", recording("stopped_caught_up"), "--wait-drained", "--timeout", "60")
    equal(done.returncode, 1)
    assert "not drained" in done.stderr, done.stderr


# ---- the example ----

class Chat(http.server.BaseHTTPRequestHandler):
    got = []
    answer = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Chat.got.append((self.path, self.headers["Content-Type"], body))
        self.send_response(Chat.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


def chat():
    if not shutil.which("curl"):
        raise Skipped("no curl")
    server = http.server.HTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Chat.got, Chat.answer = [], 200
    return server, "http://127.0.0.1:%d/hook/secret" % server.server_port


@test
def the_example_posts_each_change():
    server, address = chat()
    done = run("--replay", recording("stopped_caught_up"), "-B", "-n", "1000000", "--on-change", EXAMPLE,
               KAFKATOP_WEBHOOK=address, no_proxy="127.0.0.1")
    server.shutdown()
    equal((done.returncode, done.stderr), (0, ""))
    equal(len(Chat.got), 2)
    for path, kind, body in Chat.got:
        equal((path, kind), ("/hook/secret", "application/json"))
        text = json.loads(body)["text"]
        assert "group billing" in text and "STOP" in text and "-&gt;" in text, text


def post(line, **environment):
    return subprocess.run([EXAMPLE], input=line, capture_output=True, text=True, timeout=PATIENCE, check=False,
                          env=dict(os.environ, no_proxy="127.0.0.1", **environment))


@test
def the_example_escapes_and_reads_a_file():
    server, address = chat()
    place = os.path.join(WORK, "address")
    with open(place, "w", encoding="utf-8") as file:
        file.write(address)
    hostile = "<!channel> & \"quoted\" \\n $(reboot) `x` '"
    done = post(json.dumps({"text": hostile}) + "\n", KAFKATOP_WEBHOOK_FILE=place)
    server.shutdown()
    equal((done.returncode, done.stderr), (0, ""))
    equal(json.loads(Chat.got[0][2])["text"],
          hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


@test
def the_example_says_when_it_cannot():
    server, address = chat()
    Chat.answer = 404
    refused = post("{}\n", KAFKATOP_WEBHOOK=address)
    server.shutdown()
    assert refused.returncode != 0 and "404" in refused.stderr, refused
    assert post("{}\n", KAFKATOP_WEBHOOK="").returncode != 0
    assert post("{}\n", KAFKATOP_WEBHOOK='http://x"\nurl = "file:///etc/passwd').returncode != 0


def main():
    for function in TESTS:
        name = function.__name__.replace("_", " ")
        try:
            function()
        except Skipped as why:
            print("ok - %s # SKIP %s" % (name, why))
        except Exception:  # a test that breaks is a test that failed
            print("".join("# %s\n" % line for line in traceback.format_exc().splitlines()) + "not ok - " + name)
        else:
            print("ok - " + name)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
