"""Readers: the bytes of an input file to records, one module a format.

    file ─ compression (by magic bytes) ─► Stream ─ format (by name and magic bytes) ─► records, dead letters, filtered records

A reader is a function of a stream and a context that yields what it finds, in the order of the file:

    def read_chunks(stream: Stream, context: Context) -> Iterator[Found]:
        while chunk := stream.read(1000):
            yield context.found(chunk, TEXT)

and one line in `read.registry`. A `Found` is a `RawRecord`, or a pair of what there is of one and the error that
says why it is none. The caller numbers what is found, so that readers within readers (a WARC in a zip) need not. A reader does
not raise for what the input does to it; should it raise a `RecordError` all the same, then that is the last thing it found.

A stream that is damaged ends where the damage is, and `stream.damage` says so: a reader that has half a record in its hands then
yields it with that error; one that does not look leaves it to the caller. Either way there is one dead letter.
"""
