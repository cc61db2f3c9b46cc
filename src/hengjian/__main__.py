"""`python -m hengjian` is the command `hengjian`."""

from hengjian.cli.main import app

app()
