"""Reads metrics in Prometheus' text format."""


def samples(text: str) -> dict[str, float]:
    """Returns the values of metrics by name and labels, as the text has them."""
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}
