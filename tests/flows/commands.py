"""Commands as they are typed, in this process."""

from click.testing import CliRunner, Result

from flows.cli import main


def tocsin(*words: str, stdin: str | None = None, status: int = 0) -> Result:
    """What a command says; it must end with ``status``, and by no error of ours."""
    result = CliRunner().invoke(main, words, input=stdin, catch_exceptions=False)
    assert result.exit_code == status, result.output
    return result
