"""Builds the graph of a job as a runner gets it: to look at before money is spent, and for tests."""

from __future__ import annotations

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions, WorkerOptions
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.transforms.environments import DockerEnvironment, Environment

from broadsheet.pipelines.ingest.build_pipeline import build
from broadsheet.pipelines.ingest.options import IngestOptions
from broadsheet.pipelines.ingest.run_batch import draft
from broadsheet.transforms.lake.protocol.files import Lake


def job_graph(options: IngestOptions, beam_args: list[str]) -> beam_runner_api_pb2.Pipeline:
    """Returns the graph of a batch. It names the plan, which lists the inputs; neither inputs nor lake are read."""
    given = PipelineOptions(beam_args)
    pipeline = beam.Pipeline(runner="DirectRunner", options=given)  # only builds: the real runner would ask the cloud
    build(pipeline, Lake.at(options.lake), draft("dry-run", [], options))
    image = given.view_as(WorkerOptions).sdk_container_image  # Dataflow's name; other runners call it environment_config
    made = DockerEnvironment.from_container_image(image) if image else Environment.from_options(given.view_as(PortableOptions))
    return pipeline.to_runner_api(default_environment=made)


def write_graph(options: IngestOptions, beam_args: list[str], path: str) -> None:
    """Writes the graph to a file; `apache_beam.portability.api.beam_runner_api_pb2.Pipeline` reads it."""
    with open(path, "wb") as file:
        file.write(job_graph(options, beam_args).SerializeToString(deterministic=True))
