"""A Kafka broker of its own for tests: one process, on loopback, with a plain listener and one that asks for a password."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

JARS = Path(os.environ.get("BROADSHEET_KAFKA") or os.path.expanduser("~/.cache/broadsheet/kafka-3.7.2"))
LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
USER, PASSWORD = "reader", "crab and gull"

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAIN://127.0.0.1:{plain},GUARDED://127.0.0.1:{guarded},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAIN://127.0.0.1:{plain},GUARDED://127.0.0.1:{guarded}
listener.security.protocol.map=PLAIN:PLAINTEXT,GUARDED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN
listener.name.guarded.plain.sasl.jaas.config={login} required user_{user}="{password}";
log.dirs={folder}/data
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
    from confluent_kafka.admin import AdminClient

    plain, guarded, controller = _free_ports(3)
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "server.properties"
    settings.write_text(
        _PROPERTIES.format(
            plain=plain, guarded=guarded, controller=controller, folder=folder, login=LOGIN, user=USER, password=PASSWORD
        )
    )
    java = ["java", "-Xmx512m", "-cp", f"{JARS}/*"]
    log = folder / "broker.log"
    with log.open("w") as sink:
        format_ = [*java, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qk", "-c", str(settings)]
        subprocess.run(format_, check=True, stdout=sink, stderr=sink)
        process = subprocess.Popen([*java, "kafka.Kafka", str(settings)], stdout=sink, stderr=sink)
    try:
        admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{plain}", "log_level": 0, "error_cb": lambda _error: None})
        ends = time.monotonic() + 90
        while True:
            try:
                admin.list_topics(timeout=2)
                break
            except KafkaException:
                assert process.poll() is None, log.read_text()[-2000:]
                assert time.monotonic() < ends, log.read_text()[-2000:]
        yield Broker(f"127.0.0.1:{plain}", f"127.0.0.1:{guarded}")
    finally:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    listeners = [socket.socket() for _ in range(count)]
    try:
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()
