"""What tests of several folders need: pages to ingest, the command as a function, and a lake read back in every way there is."""
