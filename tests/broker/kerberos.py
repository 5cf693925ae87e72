"""A Kerberos realm of our own: a real KDC on loopback, with nothing of the system's touched."""

import os
import shutil
import socket
import subprocess
import time

REALM = "KAFKATOP.TEST"
SERVICE = "kafka/127.0.0.1@" + REALM
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
PATH = "/usr/sbin:/sbin:"

CLIENTS = """
[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 kdc_timeout = 3000
 max_retries = 1
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
"""

SERVER = """
[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {folder}/principals
  key_stash_file = {folder}/stash
  acl_file = {folder}/acl
  max_life = 1h
  supported_enctypes = aes256-cts-hmac-sha1-96:normal
 }}
"""


def missing():
    """The first program that is not there, or None."""
    path = PATH + os.environ.get("PATH", "")
    return next((name for name in PROGRAMS if not shutil.which(name, path=path)), None)


class Realm:
    """`start()` runs the KDC; `keytab(principal)` makes a principal and gives the path of its key table."""

    def __init__(self, guard, folder, port):
        self.guard, self.folder, self.port = guard, folder, port
        os.makedirs(folder)
        words = {"realm": REALM, "port": port, "folder": folder}
        self.write("krb5.conf", CLIENTS.format(**words))
        self.write("kdc.conf", SERVER.format(**words))
        self.write("nowhere.conf", CLIENTS.format(realm=REALM, port=1))
        self.child = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def environment(self, settings="krb5.conf", tickets="tickets"):
        """What a client needs in its environment. "nowhere.conf" names a KDC that is not there."""
        return {"KRB5_CONFIG": self.path(settings), "KRB5CCNAME": "FILE:" + self.path(tickets),
                "KRB5_KDC_PROFILE": self.path("kdc.conf"), "PATH": PATH + os.environ.get("PATH", "")}

    def run(self, *words):
        done = subprocess.run(words, env=dict(os.environ, **self.environment()), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: %s%s" % (" ".join(words), done.stdout, done.stderr))

    def start(self):
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "only-for-tests")
        self.serve()
        return self

    def serve(self):
        with open(self.path("log"), "ab") as log:
            environment = dict(os.environ, **self.environment())
            self.child = self.guard.start([shutil.which("krb5kdc", path=environment["PATH"]), "-n", "-r", REALM],
                                          env=environment, stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.child.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)  # between two looks
        with open(self.path("log"), encoding="utf-8", errors="replace") as log:
            raise RuntimeError("the KDC does not answer: %s" % log.read()[-1000:])

    def keytab(self, principal, name):
        """The first call for a principal makes it. A later one gives it another key: what was before is wrong."""
        path = self.path(name + ".keytab")
        try:
            self.run("kadmin.local", "-r", REALM, "-q", "addprinc -randkey " + principal)
        finally:
            self.run("kadmin.local", "-r", REALM, "-q", "ktadd -k %s %s" % (path, principal))
        return path

    def close(self):
        if self.child:
            self.guard.end(self.child)
            self.child = None
