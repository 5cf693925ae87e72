"""Passwords and tokens that commands tell, on a real broker; and that nobody else is told them."""

import base64
import fcntl
import glob
import http.server
import json
import os
import pty
import select
import signal
import struct
import termios
import threading
import time
import urllib.parse

from broker import Cluster, Listener
from confluent_kafka.admin import NewTopic
from monitor import Run, Stream, once, program
from situations import commit
from tap import expect, skip, test, until

GROUP, TOPIC = "workers", "work"
PASSWORD = "tell-nobody-0451"
NEXT_PASSWORD = "tell-nobody-1984"
LOGIN = "org.apache.kafka.common.security."
TELLER = r"""#!/bin/sh
# teller FILE LIFE [SUBJECT]: a token without signature that lives for so many seconds; FILE counts the calls.
echo call >>"$1"
code() { base64 | tr -d '=\n' | tr '+/' '-_'; }
now=$(date +%s)
head=$(printf '{"alg":"none"}' | code)
claims=$(printf '{"sub":"%s","iat":%d,"exp":%d}' "${3-monitor}" "$now" "$((now + $2))" | code)
echo "$head.$claims." | tee -a "$1.told"
"""


class Vault:
    """The cluster, and the commands that know its secrets."""

    def __init__(self, guard):
        self.guard = guard
        self.folder = os.path.join(guard.folder, "vault")
        os.makedirs(self.folder)
        bearer = {
            "sasl.enabled.mechanisms": "OAUTHBEARER",
            "oauthbearer.sasl.jaas.config":
                LOGIN + 'oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="admin";',
            "connections.max.reauth.ms": 6000,
        }
        plain = {"sasl.enabled.mechanisms": "PLAIN", "plain.sasl.jaas.config": self.users(PASSWORD)}
        self.plain_door = Listener("PLAIN", "SASL_PLAINTEXT", plain)
        self.cluster = Cluster(guard, "4.1.0", "tokens", settings={"offsets.topic.num.partitions": 5},
                               listeners=[Listener("BEARER", "SASL_PLAINTEXT", bearer), self.plain_door])
        self.teller = self.write("teller", TELLER, 0o700)

    @staticmethod
    def users(password):
        return LOGIN + 'plain.PlainLoginModule required user_monitor="%s";' % password

    def start(self):
        self.cluster.start()
        self.admin = self.cluster.admin()
        for answer in self.admin.create_topics([NewTopic(TOPIC, 1, 1)], request_timeout=20).values():
            answer.result()
        commit(self, GROUP, TOPIC, {0: 0})
        return self

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o600):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def read(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def calls(self, name):
        return self.read(name).count(b"call\n")

    def config(self, name, door, *lines):
        return self.write(name + ".config", "\n".join(
            ["[cluster vault]", "brokers = " + self.cluster.at(door), "security.protocol = SASL_PLAINTEXT", *lines]))

    def bearer(self, name, command):
        return self.config(name, "BEARER", "token_command = " + command)

    def plain(self, name, command):
        return self.config(name, "PLAIN", "sasl.mechanism = PLAIN", "sasl.username = monitor",
                           "password_command = " + command)

    def change_password(self, password):
        """The broker takes another one from its next start on."""
        self.cluster.stop()
        self.plain_door.settings["plain.sasl.jaas.config"] = self.users(password)
        with open(self.cluster.path(1, "properties"), "w", encoding="utf-8") as file:
            file.writelines("%s=%s\n" % pair for pair in self.cluster.properties(1).items())
        self.cluster.restart()


def sees(document):
    expect(list(document.groups) == [GROUP], "groups %s; problems %s", list(document.groups), document.problems())
    row = document.partitions(GROUP).get((TOPIC, 0))
    expect(row is not None and row["committed"] == 0 and row["lag"] == 0, "%s", document.brief(GROUP))
    expect(not document.problems(), "%s", document.problems())


# ---- tokens ----

def enters_by_token(vault):
    config = vault.bearer("once", "%s %s 3600" % (vault.teller, vault.path("once.calls")))
    sees(once(None, "-F", config))
    expect(vault.calls("once.calls") == 1, "%d calls for all connections", vault.calls("once.calls"))


def enters_by_json(vault):
    command = r"""printf '{"access_token":"%%s","expires_in":60,"principal":"p"}' "$(%s %s 60)" """ % (
        vault.teller, vault.path("json.calls"))
    sees(once(None, "-F", vault.bearer("json", command)))


def knows_what_for(vault):
    config = vault.bearer("words", 'echo "$KAFKATOP_CLUSTER at $KAFKATOP_BROKERS" >&2; exit 1')
    Run("-F", config, "--once").refused(78, "vault at " + vault.cluster.at("BEARER"))


def renews(vault):
    """A token of seconds: it is asked anew in time, and what is told goes on over the broker's hanging up."""
    config = vault.bearer("renews", "%s %s 7" % (vault.teller, vault.path("renews.calls")))
    stream = Stream(vault.guard, None, "-F", config, title="tokens of 7 s")
    stream.looks.append(lambda document: said.extend(document.problems()))
    said = []
    try:
        until(60, lambda: vault.calls("renews.calls") >= 3 or stream.ended, "three calls of the command")
        document = stream.fresh()
        expect(document.group(GROUP) is not None and document.worst(GROUP) == "OK", "%s", document.brief(GROUP))
        expect(not any("TOKEN" in one or "_AUTHENTICATION" in one for one in said), "%s", said)
        expect(vault.calls("renews.calls") < 12, "%d calls", vault.calls("renews.calls"))
        expect(stream.words() == "", "%s", stream.words())
    finally:
        stream.end()


def is_not_renewed(vault):
    """A command that fails: that is told while the token still does, otherwise when it is over, and forgotten when the
    command has come back."""
    sealed = vault.path("sealed")
    command = "test ! -e %s && %s %s 9 || { echo sealed >&2; exit 9; }" % (sealed, vault.teller, vault.path("fails.calls"))
    stream = Stream(vault.guard, None, "-F", vault.bearer("fails", command), title="a token that is not renewed")

    def problem(name):
        return stream.wait(60, lambda one: any(name in text for text in one.problems()),
                           lambda one: "%s among %s" % (name, one.problems()))

    try:
        stream.wait(60, lambda one: one.group(GROUP) and one.worst(GROUP) == "OK", "the group")
        vault.write("sealed", "")
        document = problem("TOKEN_NOT_RENEWED")
        expect("sealed; the token in use is good for" in " ".join(document.problems()), "%s", document.problems())
        document = problem("TOKEN_COMMAND_FAILED")
        expect("token_command ended with status 9: sealed" in " ".join(document.problems()), "%s", document.problems())
        expect("TOKEN_NOT_RENEWED" not in " ".join(document.problems()), "%s", document.problems())
        os.unlink(sealed)
        stream.wait(60, lambda one: one.worst(GROUP) == "OK" and not one.problems(),
                    lambda one: "all well: %s" % one.problems())
    finally:
        stream.end()


def wrong_token(vault):
    Run("-F", vault.bearer("wrong", "echo not.a.token"), "--once").refused(77, "authentication was refused", within=30)


def refused_token(vault):
    """One that the broker does not believe: it comes from tomorrow."""
    claims = base64.urlsafe_b64encode(json.dumps({"sub": "monitor", "iat": time.time() + 86400,
                                                  "exp": time.time() + 90000}).encode()).decode().rstrip("=")
    Run("-F", vault.bearer("tomorrow", "echo eyJhbGciOiJub25lIn0.%s." % claims), "--once").refused(
        77, "authentication was refused", within=30)


def fails(vault, command, status, *words):
    Run("-F", vault.bearer("fails-so", command), "--once", "--timeout", "9").refused(status, *words, within=60)


# ---- passwords ----

def enters_by_password(vault):
    sees(once(None, "-F", vault.plain("password", "echo call >>%s; echo %s" % (vault.path("password.calls"), PASSWORD))))
    expect(vault.calls("password.calls") == 1, "%d calls", vault.calls("password.calls"))


def wrong_password(vault):
    Run("-F", vault.plain("wrong", "echo not-this"), "--once").refused(77, "authentication was refused", within=30)


def password_changes(vault):
    """A broker that comes back with another password: the command is asked again, and nobody hears of a refusal."""
    vault.write("password", PASSWORD + "\n")
    config = vault.plain("changes", "echo call >>%s; cat %s" % (vault.path("changes.calls"), vault.path("password")))
    stream = Stream(vault.guard, None, "-F", config, title="a password that changes")
    stream.looks.append(lambda document: said.extend(document.problems()))
    said = []
    try:
        stream.wait(60, lambda one: one.group(GROUP) and one.worst(GROUP) == "OK", "the group")
        until(60, lambda: time.monotonic() - stream.began > 11 or stream.ended, "a password that is not fresh")
        vault.write("password", NEXT_PASSWORD + "\n")
        vault.change_password(NEXT_PASSWORD)
        until(60, lambda: vault.calls("changes.calls") >= 2 or stream.ended, "a second call")
        after = time.monotonic() + 3
        stream.wait(60, lambda one: one.at > after and one.group(GROUP) and not one.problems(),
                    lambda one: "all well: %s" % one.problems())
        expect(not any("_AUTHENTICATION" in one for one in said), "%s", said)
        expect(vault.calls("changes.calls") <= 3, "%d calls", vault.calls("changes.calls"))
        sees(once(None, "-F", config))
    finally:
        stream.end()


# ---- who is told ----

class Screen:
    """The program in a terminal; all that it sends there is kept."""

    def __init__(self, guard, *arguments, **environment):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update(environment, TERM="xterm-256color")
            os.execv(program()[0], program() + [str(one) for one in arguments])
        guard.tell("+%d" % self.pid)
        self.guard, self.sent = guard, b""
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))

    def listen(self, seconds, look=lambda sent: False):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not look(self.sent):
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.sent += os.read(self.terminal, 65536)
                except OSError:
                    return
        expect(look(self.sent) or seconds < 10, "not seen on the screen: %r", self.sent[-2000:])

    def press(self, keys):
        os.write(self.terminal, keys)
        self.listen(0.5)

    def end(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        self.guard.tell("-%d" % self.pid)
        os.close(self.terminal)


def hidden(vault, secrets, *places):
    for name, content in places:
        for secret in secrets:
            expect(secret not in content, "%r is told by %s: %r", secret, name, content[:3000])


def process(pid, name):
    with open("/proc/%d/%s" % (pid, name), "rb") as file:
        return file.read()


def look_around(vault, arguments, secrets):
    """All that the program writes with these settings."""
    output, record = vault.path("output"), vault.path("record")
    once_run = Run(*arguments, "--once", "--json", "-X", "debug=all", "--record", record)
    expect(once_run.status == 0, "exit status %d: %s", once_run.status, once_run.err)
    written = Run(*arguments, "--once", "-o", output)
    config = Run(*arguments, "--print-config")
    secrets = secrets()
    hidden(vault, secrets, ("standard output", once_run.out), ("standard error", once_run.err.encode()),
           ("--record", vault.read("record")), ("-o", vault.read("output")), ("text", written.out + written.err.encode()),
           ("--print-config", config.out + config.err.encode()))


def tells_nobody(vault):
    command = "%s %s 3600" % (vault.teller, vault.path("nobody.calls"))
    look_around(vault, ("-F", vault.bearer("nobody", command)), lambda: vault.read("nobody.calls.told").split())
    look_around(vault, ("-F", vault.plain("nobody", "cat %s" % vault.write("secret", PASSWORD))),
                lambda: [PASSWORD.encode()])
    client = ("-b", vault.cluster.at("PLAIN"), "-X", "security.protocol=SASL_PLAINTEXT", "-X", "sasl.mechanism=PLAIN",
              "-X", "sasl.username=monitor", "-X", "sasl.password=" + PASSWORD)
    look_around(vault, client, lambda: [PASSWORD.encode()])


def screen_tells_nobody(vault, arguments, secrets):
    home = vault.path("home")
    os.makedirs(home, exist_ok=True)
    screen = Screen(vault.guard, *arguments, "-X", "debug=security,broker", HOME=home, XDG_CONFIG_HOME=home)
    try:
        screen.listen(60, lambda sent: GROUP.encode() in sent)
        hidden(vault, secrets(), ("the list of processes", process(screen.pid, "cmdline")),
               ("the environment", process(screen.pid, "environ")))
        expect(b"Max core file size        0 " in process(screen.pid, "limits"), "it may leave a core")
        for keys in (b"!", b"\x1b", b"?", b"\x1b", b"W", b"H", b"5"):
            screen.press(keys)
        files = [(name, open(name, "rb").read())
                 for name in glob.glob(os.path.join(home, "**"), recursive=True) + glob.glob("kafkatop-vault-*")
                 if os.path.isfile(name)]
        hidden(vault, secrets(), ("the screen", screen.sent), *files)
    finally:
        screen.end()
        for name in glob.glob("kafkatop-vault-*"):
            os.unlink(name)


def screen_by_token(vault):
    command = "%s %s 8" % (vault.teller, vault.path("screen.calls"))
    screen_tells_nobody(vault, ("-F", vault.bearer("screen", command)),
                        lambda: vault.read("screen.calls.told").split())


def screen_by_password(vault):
    screen_tells_nobody(vault, ("-b", vault.cluster.at("PLAIN"), "-X", "security.protocol=SASL_PLAINTEXT",
                                "-X", "sasl.mechanism=PLAIN", "-X", "sasl.username=monitor", "-X",
                                "sasl.password=" + PASSWORD), lambda: [PASSWORD.encode()])


def screen_waits(vault):
    """A command that takes its time keeps no key waiting, and goes with the program."""
    mark = vault.path("slow.pid")
    command = "echo $$ >%s; sleep 1000; echo late" % mark
    screen = Screen(vault.guard, "-F", vault.bearer("slow", command))
    try:
        screen.listen(60, lambda sent: b"connecting to" in sent and vault.read("slow.pid").endswith(b"\n"))
        os.write(screen.terminal, b"q")
        screen.listen(9)
        until(30, lambda: os.waitpid(screen.pid, os.WNOHANG)[0], "the program's end")
        screen.pid = os.spawnlp(os.P_NOWAIT, "true", "true")  # for end()
        pid = int(vault.read("slow.pid"))
        until(30, lambda: not running(pid), "the command's end")
    finally:
        screen.end()


def running(pid):
    try:
        return b"\nState:\tZ" not in process(pid, "status")
    except (FileNotFoundError, ProcessLookupError):
        return False


# ---- OIDC ----

class Issuer(http.server.BaseHTTPRequestHandler):
    """Gives a token to the one client it knows."""

    asked = []

    def do_POST(self):  # the name that the module wants
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append((self.headers["Authorization"], urllib.parse.parse_qs(body)))
        now = int(time.time())
        parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
                 for one in ({"alg": "none"}, {"sub": "monitor", "iat": now, "exp": now + 60})]
        answer = json.dumps({"access_token": ".".join(parts) + ".", "expires_in": 60}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def oidc(vault):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = vault.config("oidc", "BEARER", "sasl.mechanism = OAUTHBEARER", "sasl.oauthbearer.method = oidc",
                          "sasl.oauthbearer.client.id = monitor", "sasl.oauthbearer.client.secret = " + PASSWORD,
                          "sasl.oauthbearer.token.endpoint.url = http://127.0.0.1:%d/token" % server.server_port)
    try:
        sees(once(None, "-F", config))
        expect(Issuer.asked, "nobody asked for a token")
    finally:
        server.shutdown()


def has_oidc():
    run = Run("-b", "127.0.0.1:9", "--once", "--timeout", "1", "-X", "sasl.oauthbearer.method=oidc")
    if "without OIDC" in run.err:
        expect(run.status == 78 and "token_command" in run.err, "%d: %s", run.status, run.err)
        return False
    return True


def run_all(guard):
    vault = Vault(guard)
    try:
        vault.start()
        test("tokens: a command's token enters, asked once for all connections", enters_by_token, vault)
        test("tokens: as JSON", enters_by_json, vault)
        test("tokens: a command knows for which cluster", knows_what_for, vault)
        test("tokens: one of seconds is renewed", renews, vault)
        test("tokens: what cannot be renewed is told before it is over", is_not_renewed, vault)
        test("tokens: what is none is refused with 77", wrong_token, vault)
        test("tokens: one from tomorrow is refused with 77", refused_token, vault)
        test("tokens: an expired one ends with 77", fails, vault,
             "%s %s -5" % (vault.teller, vault.path("expired.calls")), 77, "expired", "clock")
        test("tokens: a failing command ends with 78", fails, vault, "echo the vault is sealed >&2; exit 3", 78,
             "token_command ended with status 3: the vault is sealed")
        test("tokens: a silent command ends with 78", fails, vault, "true", 78, "wrote nothing")
        test("tokens: a hanging command ends with 78", fails, vault, "echo patience >&2; sleep 1000", 78,
             "was ended after 6 s: patience")
        test("tokens: words in place of a token end with 78", fails, vault, "echo please log in first", 78,
             "neither a token")
        test("passwords: a command's password enters", enters_by_password, vault)
        test("passwords: a wrong one ends with 77", wrong_password, vault)
        test("secrets: nothing that is written tells them", tells_nobody, vault)
        test("secrets: nor does the screen, by token", screen_by_token, vault)
        test("secrets: nor does the screen, by password", screen_by_password, vault)
        test("secrets: a slow command keeps nobody waiting", screen_waits, vault)
        if has_oidc():
            test("tokens: OIDC", oidc, vault)
        else:
            skip("tokens: OIDC", "this client library has none")
        test("passwords: one that changes is asked for again", password_changes, vault)
    finally:
        vault.cluster.close()
