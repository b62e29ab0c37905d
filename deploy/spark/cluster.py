"""A real Spark, master and worker, and Beam's job server on this machine, for tests and trials: on loopback, ended by pid.

    deploy/fetch.sh spark spark-job-server boot       # once: into ~/.cache/broadsheet
    python deploy/spark/cluster.py start FOLDER        # and writes FOLDER/profile.toml for `broadsheet submit spark`
    python deploy/spark/cluster.py stop FOLDER

An executor starts with each job in the worker's process group, and our workers start in the executor's; `stop` ends all of them.
"""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import servers

_PROFILE = """\
# else the job server sends its whole class path to each executor, 250 jars: half a minute
files_to_stage = ["{jar}"]

[doctor]
artifacts = "{folder}/artifacts"
"""


def start(folder: Path, cores: int) -> None:
    """Brings all up and writes the profile; ends again what came up where something does not."""
    jars, job_server, boot = (servers.part(name) for name in ("spark-[0-9]*", "spark-job-server-*.jar", "bin/boot-*"))
    if not (jars and job_server and boot and shutil.which("java")):
        sys.exit(f"cluster.py: run {servers.FETCH} spark spark-job-server boot (Java 17, Maven, go)")
    servers.make_folders(folder, "work", "spark")
    (folder / "spark" / "jars").unlink(missing_ok=True)
    (folder / "spark" / "jars").symlink_to(jars)  # where SPARK_HOME has them
    env = {
        "SPARK_HOME": str(folder / "spark"),
        "SPARK_SCALA_VERSION": "2.12",
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "tmp"),
    }
    port, jobs, artifacts, *web = servers.free_ports(5)
    master = f"spark://127.0.0.1:{port}"

    def spark(name: str, *words: object) -> None:
        command = [*servers.JAVA, "-Xmx512m", "-cp", f"{jars}/*", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
        servers.run(folder, name.rpartition(".")[2].lower(), *command, *map(str, words), env=env)

    try:
        spark("master.Master", "--port", port, "--webui-port", web[0])
        spark("worker.Worker", "--webui-port", web[1], "--cores", cores, "--memory", "2g", "--work-dir", folder / "work", master)
        here = [f"-Dspark.driver.{name}=127.0.0.1" for name in ("host", "bindAddress")]
        # Beam's classes before Spark's, here and in executors: of the two Guavas Beam's is the newer one
        first = [f"-Dspark.executor.extraClassPath={job_server}", "-cp", f"{job_server}:{jars}/*"]
        servers.run(
            folder, "job-server", *servers.JAVA, "-Xmx768m", *here, "-Dspark.ui.enabled=false", *first,
            "org.apache.beam.runners.spark.SparkJobServerDriver", f"--spark-master-url={master}", "--job-host=localhost",
            f"--job-port={jobs}", f"--artifact-port={artifacts}", "--expansion-port=-1", f"--artifacts-dir={folder / 'artifacts'}",
            env=env,
        )  # fmt: skip
        servers.wait(folder, "Spark", lambda: "Registering worker" in servers.log(folder, "master").read_text())
        servers.wait_for_jobs(folder)
    except BaseException:
        servers.stop(folder)
        raise
    profile = servers.profile("spark", folder, jobs, artifacts) + _PROFILE.format(folder=folder, jar=job_server)
    (folder / "profile.toml").write_text(profile)
    print(f"up: {master}\nbroadsheet submit spark INPUT --lake DIR --profile {folder / 'profile.toml'}")


def main() -> None:
    """Runs the command."""
    parser = servers.parser(__doc__)
    parser.add_argument("--cores", type=int, default=2, help="of the worker: how many tasks run at a time (2)")
    options = parser.parse_args()
    if options.what == "start":
        start(options.folder, options.cores)
    else:
        servers.stop(options.folder)


if __name__ == "__main__":
    main()
