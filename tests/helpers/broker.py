"""A Kafka broker of its own for tests: one process, on loopback.

It has three listeners: a plain one, one that asks for a password (SASL/PLAIN), and one that does so over TLS (SASL/SCRAM), whose
certificate is signed by an authority that nobody knows but who reads its file.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from helpers.cluster import CACHE

JARS = Path(os.environ.get("BROADSHEET_KAFKA") or CACHE / "kafka-3.7.2")
USER, PASSWORD = "reader", "crab and gull"

_SECURITY = "org.apache.kafka.common.security"
_STORE_PASSWORD = "of no consequence"

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAIN://127.0.0.1:{plain},GUARDED://127.0.0.1:{guarded},SECRET://127.0.0.1:{secret},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAIN://127.0.0.1:{plain},GUARDED://127.0.0.1:{guarded},SECRET://127.0.0.1:{secret}
listener.security.protocol.map=PLAIN:PLAINTEXT,GUARDED:SASL_PLAINTEXT,SECRET:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
controller.listener.names=CONTROLLER
listener.name.guarded.sasl.enabled.mechanisms=PLAIN
listener.name.guarded.plain.sasl.jaas.config={plain_login} required user_{user}="{password}";
listener.name.secret.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secret.scram-sha-512.sasl.jaas.config={scram_login} required;
ssl.keystore.location={folder}/broker.p12
ssl.keystore.password={store_password}
log.dirs={folder}/data
log.retention.ms=-1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
connections.max.idle.ms=3000
"""


class Broker(NamedTuple):
    """Where it listens."""

    plain: str
    guarded: str
    secret: str
    authority: Path
    """The certificate that the one of `secret` is signed with."""


def why_not() -> str:
    """Returns why no broker can be started here, "" where one can."""
    if not shutil.which("java"):
        return "there is no java for a Kafka broker"
    try:
        import confluent_kafka  # noqa: F401
    except ImportError:
        return "the extra kafka is not installed"
    return "" if any(JARS.glob("kafka_*.jar")) else f"{JARS} holds no Kafka broker: deploy/kafka/pom.xml fetches one"


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """Runs a broker for as long as it is entered."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

    ports = dict(zip(("plain", "guarded", "secret", "controller"), _free_ports(4), strict=True))
    folder.mkdir(parents=True, exist_ok=True)
    authority = _make_certificates(folder)
    logins = {"plain_login": f"{_SECURITY}.plain.PlainLoginModule", "scram_login": f"{_SECURITY}.scram.ScramLoginModule"}
    secrets = {"user": USER, "password": PASSWORD, "store_password": _STORE_PASSWORD}
    settings = folder / "server.properties"
    settings.write_text(_PROPERTIES.format(folder=folder, **ports, **logins, **secrets))
    java = ["java", "-Xmx512m", "-cp", f"{JARS}/*"]
    log = folder / "broker.log"
    with log.open("w") as sink:
        format_ = [*java, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", str(settings)]
        subprocess.run(format_, check=True, stdout=sink, stderr=sink)
        process = subprocess.Popen([*java, "kafka.Kafka", str(settings)], stdout=sink, stderr=sink)
    try:
        admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{ports['plain']}", "log_level": 0, "error_cb": lambda _error: None})
        ends = time.monotonic() + 90
        while True:
            try:
                admin.list_topics(timeout=2)
                break
            except KafkaException:
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < ends, log.read_text()[-2000:]
        scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        credentials = [UserScramCredentialUpsertion(USER, scram, PASSWORD.encode())]
        admin.alter_user_scram_credentials(credentials)[USER].result()
        plain, guarded, secret = (f"127.0.0.1:{ports[name]}" for name in ("plain", "guarded", "secret"))
        yield Broker(plain, guarded, secret, authority)
    finally:
        process.kill()
        process.wait()


def _make_certificates(folder: Path) -> Path:
    """Makes an authority and, signed by it, the broker's certificate for 127.0.0.1; returns the authority's own certificate."""
    authority = folder / "ca.pem"

    def keytool(*arguments: str) -> None:
        store = ("-keystore", str(folder / "broker.p12"), "-storepass", _STORE_PASSWORD)
        subprocess.run(["keytool", *arguments, *store], check=True, capture_output=True)

    make = ("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2")
    keytool(*make, "-alias", "authority", "-dname", "CN=authority", "-ext", "bc:c")
    keytool(*make, "-alias", "broker", "-dname", "CN=broker", "-ext", "san=ip:127.0.0.1", "-signer", "authority")
    keytool("-exportcert", "-rfc", "-alias", "authority", "-file", str(authority))
    keytool("-delete", "-alias", "authority")  # the broker presents what its store holds
    return authority


def _free_ports(count: int) -> list[int]:
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
