"""Several threads at one door at once."""

import threading
from collections.abc import Callable


def race(count: int, act: Callable[[], object]) -> None:
    """Calls a function in so many threads at once."""
    barrier = threading.Barrier(count)
    errors: list[BaseException] = []

    def run() -> None:
        barrier.wait()
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
