"""An Airflow DAG: every night new pages into the lake, then a report; needs Airflow 3 and broadsheet in an environment of its own.

Put it into Airflow's folder of DAGs, and the paths below into the workers' environment. broadsheet is started as a process, so
that its requirements and Airflow's never meet. Its exit codes decide what becomes of a task:

    0   done
    1   failed: Airflow tries again, and the run goes on where it was
    2   the command is wrong, or
    3   done, but a limit is crossed: the task fails at once, since trying again would change nothing

Two runs on one local lake wait for each other, so a task that is started twice does no harm.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess

from airflow.exceptions import AirflowFailException
from airflow.sdk import dag, task

BROADSHEET = os.environ.get("BROADSHEET", "/opt/broadsheet/bin/broadsheet")
PAGES = os.environ.get("BROADSHEET_PAGES", "/srv/pages")
LAKE = os.environ.get("BROADSHEET_LAKE", "/srv/lake")
REPORT = os.environ.get("BROADSHEET_REPORT", "/srv/report.html")

INGEST = ["ingest", PAGES, "--lake", LAKE, "--max-reject-share", "0.05", "--max-age-hours", "26"]
COMPARE = ["report", "--lake", LAKE, "--json", "--output", os.devnull, "--alert"]
MAKE_REPORT = ["report", "--lake", LAKE, "--output", REPORT]


def run(arguments: list[str]) -> None:
    """Runs broadsheet; what it says goes to the task's log."""
    code = subprocess.run([BROADSHEET, *arguments], check=False).returncode
    if code in (2, 3):
        raise AirflowFailException(f"broadsheet {arguments[0]} ended with exit code {code}, see above")
    if code:
        raise RuntimeError(f"broadsheet {arguments[0]} ended with exit code {code}, see above")


@dag(
    dag_id="broadsheet",
    schedule="30 2 * * *",
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    catchup=False,  # one run reads whatever is new, however many nights were missed
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": dt.timedelta(minutes=10)},
)
def broadsheet() -> None:
    """New pages into the lake, a look at whether they are as on other nights, and one page on it all."""

    @task
    def ingest() -> None:
        run(INGEST)

    @task
    def compare() -> None:
        run(COMPARE)

    @task
    def report() -> None:
        run(MAKE_REPORT)

    # A teardown runs after a night that failed too, which is the one that somebody wants to look at, and does not hide the failure.
    ingest() >> compare() >> report().as_teardown()


broadsheet()
