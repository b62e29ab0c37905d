"""A real Flink and Beam's job server on this machine, for tests and trials: on loopback, on free ports, ended by pid.

    deploy/fetch.sh                                    # once: into ~/.cache/broadsheet
    python deploy/flink/cluster.py start FOLDER        # and writes FOLDER/profile.toml for `broadsheet submit flink`
    python deploy/flink/cluster.py taskmanager FOLDER  # one more, for instance after one was killed
    python deploy/flink/cluster.py stop FOLDER

The workers that a TaskManager starts are in its process group (`deploy/servers.py`): so `stop` ends workers too whose TaskManager
was killed.
"""

import json
import shutil
import sys
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import servers

_FLINK = """\
jobmanager.rpc.address: localhost
jobmanager.rpc.port: {rpc}
jobmanager.bind-host: localhost
taskmanager.bind-host: localhost
taskmanager.host: localhost
rest.address: localhost
rest.bind-address: localhost
rest.port: {rest}
taskmanager.numberOfTaskSlots: {slots}
parallelism.default: {slots}
io.tmp.dirs: {folder}/tmp
# Beam's classes are on the class path of all servers, and taken from there: it keeps workers from one step to the next
# (--environment_cache_millis) only where its classes did not come with the job, and else starts them anew some twelve times a job
classloader.resolve-order: parent-first
# each of a step's outputs takes so many buffers of 32 kB on each slot, and our widest step has eight outputs: 512, the default, are
# 16 MB for one, and with 128 MB for the network the job failed at the second slot
taskmanager.network.sort-shuffle.min-buffers: 64
# what one step hands to the next stays on this machine: packing it took Java a third of its CPU time beyond the start
taskmanager.network.batch-shuffle.compression.enabled: false
state.checkpoints.dir: file://{folder}/checkpoints
state.savepoints.dir: file://{folder}/savepoints
# enough for a TaskManager that is lost; a worker that was killed Beam goes on asking, however often tasks are tried again: then the
# job fails after some 20 s, and the same command goes on
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 20
restart-strategy.fixed-delay.delay: 2 s
heartbeat.interval: 2000
heartbeat.timeout: 10000
"""

_LOG4J = """\
rootLogger.level=INFO
rootLogger.appenderRef.console.ref=Console
appender.console.name=Console
appender.console.type=CONSOLE
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{HH:mm:ss,SSS} %-5p %c{1} - %m%n
"""

_PROFILE = """\
parallelism = {all_slots}
sdk_worker_parallelism = {slots}

[doctor]
flink = "http://localhost:{rest}"
artifacts = "{folder}/artifacts"
"""

# Flink's scripts calculate these sizes; a TaskManager that java starts must be given all of them.
_MEMORY = {
    "task.heap.size": "512m",
    "task.off-heap.size": "0b",
    "framework.heap.size": "128m",
    "framework.off-heap.size": "128m",
    "network.min": "256m",
    "network.max": "256m",
    "managed.size": "512m",
    "jvm-metaspace.size": "256m",
    "jvm-overhead.min": "192m",
    "jvm-overhead.max": "192m",
}


def parts() -> dict[str, Path]:
    """Returns what a cluster is made of; what `fetch.sh` has not fetched is missing."""
    found = {
        "flink": servers.part("flink-[0-9]*"),
        "job_server": servers.part("flink-job-server-*.jar"),
        "boot": servers.part("bin/boot-*"),
    }
    return {name: path for name, path in found.items() if path}


def start(folder: Path, slots: int, taskmanagers: int) -> None:
    """Brings all up and writes the profile; ends again what came up where something does not."""
    missing = {"flink", "job_server", "boot"} - set(parts())
    if missing or not shutil.which("java"):
        sys.exit(f"cluster.py: there is no {', '.join(sorted(missing)) or 'java'}: run {servers.FETCH} (Java 17, Maven, go)")
    servers.make_folders(folder, "conf", "checkpoints", "savepoints")
    rpc, rest, jobs, artifacts = servers.free_ports(4)
    (folder / "conf" / "config.yaml").write_text(_FLINK.format(rpc=rpc, rest=rest, slots=slots, folder=folder))
    (folder / "conf" / "log4j.properties").write_text(_LOG4J)
    try:
        servers.run(
            folder,
            "jobmanager",
            *_flink(folder, "entrypoint.StandaloneSessionClusterEntrypoint"),
            *_d("jobmanager.memory.process.size", "1g"),
        )
        for number in range(1, taskmanagers + 1):
            _taskmanager(folder, number)
        servers.run(
            folder, "job-server", *servers.JAVA, "-Xmx768m", "-jar", str(parts()["job_server"]), f"--flink-master=localhost:{rest}",
            "--job-host=localhost", f"--job-port={jobs}", f"--artifact-port={artifacts}", "--expansion-port=-1",
            f"--artifacts-dir={folder / 'artifacts'}",
        )  # fmt: skip
        servers.wait(folder, "Flink", lambda: taskmanagers <= overview(rest)["taskmanagers"])
        servers.wait_for_jobs(folder)
    except BaseException:
        servers.stop(folder)
        raise
    profile = servers.profile("flink", folder, jobs, artifacts) + _PROFILE.format(
        folder=folder, rest=rest, all_slots=slots * taskmanagers, slots=slots
    )
    (folder / "profile.toml").write_text(profile)
    print(f"up: http://localhost:{rest}\nbroadsheet submit flink INPUT --lake DIR --profile {folder / 'profile.toml'}")


def add_taskmanager(folder: Path) -> None:
    """Starts one TaskManager more and waits for it."""
    rest = next(
        line.split()[1] for line in (folder / "conf" / "config.yaml").read_text().splitlines() if line.startswith("rest.port")
    )
    before = set(_taskmanagers(int(rest)))
    _taskmanager(folder, 1 + len(list((folder / "pids").glob("taskmanager-*"))))
    servers.wait(folder, "the TaskManager", lambda: bool(set(_taskmanagers(int(rest))) - before))


def overview(rest: int) -> dict[str, int]:
    """Returns what Flink's REST interface says of the cluster."""
    return json.load(urllib.request.urlopen(f"http://localhost:{rest}/overview", timeout=5))


def _taskmanagers(rest: int) -> list[str]:
    found = json.load(urllib.request.urlopen(f"http://localhost:{rest}/taskmanagers", timeout=5))
    return [item["id"] for item in found["taskmanagers"]]


def _taskmanager(folder: Path, number: int) -> None:
    memory = [word for name, size in _MEMORY.items() for word in _d(f"taskmanager.memory.{name}", size)]
    name = _d("taskmanager.resource-id", f"taskmanager-{number}") + _d("taskmanager.cpu.cores", "2.0")
    servers.run(
        folder,
        f"taskmanager-{number}",
        *_flink(folder, "taskexecutor.TaskManagerRunner", "-XX:MaxDirectMemorySize=512m"),
        *name,
        *memory,
    )


def _flink(folder: Path, entry: str, *java: str) -> list[str]:
    log = f"-Dlog4j.configurationFile={folder / 'conf' / 'log4j.properties'}"
    classes = f"{parts()['flink']}/*:{parts()['job_server']}"
    return [
        *servers.JAVA,
        "-Xmx768m",
        *java,
        log,
        "-cp",
        classes,
        f"org.apache.flink.runtime.{entry}",
        "--configDir",
        str(folder / "conf"),
    ]


def _d(name: str, value: str) -> list[str]:
    return ["-D", f"{name}={value}"]


def main() -> None:
    """Runs the command."""
    parser = servers.parser(__doc__, "taskmanager")
    parser.add_argument("--slots", type=int, default=2, help="of each TaskManager (2)")
    parser.add_argument("--taskmanagers", type=int, default=1, help="how many (1)")
    options = parser.parse_args()
    if options.what == "start":
        start(options.folder, options.slots, options.taskmanagers)
    elif options.what == "taskmanager":
        add_taskmanager(options.folder)
    else:
        servers.stop(options.folder)


if __name__ == "__main__":
    main()
