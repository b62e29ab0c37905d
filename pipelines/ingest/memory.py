"""Keeps the memory of a long-running process from growing: Arrow's allocator, and what is freed between the polls of a watch."""

from __future__ import annotations

import ctypes
import gc

import pyarrow as pa


def use_system_allocator() -> None:
    """Makes Arrow allocate by the system.

    Arrow's own allocator keeps what it has freed for the thread that had it, and Beam works on many. Over 300 polls of a watch
    memory grew by 65 MB, and by 36 MB with the system's allocator, in the same time (`python -m benchmarks.stream turns`).
    """
    pa.set_memory_pool(pa.system_memory_pool())


def give_back() -> None:
    """Frees what a pipeline has left behind.

    A pipeline and its translation are 100,000 objects in cycles, which wait for Python's collector. And Beam's runner allocates and
    frees them on new threads for each stage, so that glibc keeps what is free in many arenas: without this a watch grew by 0.3 MB
    per poll, while the memory in use stayed the same.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim:
        trim(0)
