"""Holds the lake: three Delta tables in a folder, and the protocol by which batches reach them.

protocol/      what a batch writes and in which order: files, part files, plans, commits
index/         side files that are derived from the tables: document ids, near-duplicate signatures, templates, blocklists
maintenance/   what keeps a lake small and sound: merging, compaction, orphan files, repair
"""
