"""Shows a week of nightly runs over an invented network of publishers: `make demo`.

network            what the publishers put into the inbox each day
nightly            starts the command of deploy/schedule as systemd would
postgres_server    a Postgres server that lasts as long as the demo
__main__           plays the week and prints what happens
"""
