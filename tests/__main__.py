"""``python -m tests``: tests under coverage, slow ones, floors of coverage and quality.

Every section runs even where an earlier one failed; the exit status is 1 if any did.
"""

import os
import subprocess
import sys
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2
COVERAGE = [sys.executable, "-m", "coverage"]

# Workers and the servers and commands that tests start are children: coverage
# follows them by its own start-up hook (patch = subprocess in pyproject.toml).
PYTEST = ["-m", "pytest", "-q", "-n", str(WORKERS), "-m"]


def main() -> None:
    """Run every section, then say which failed."""
    passed = [
        section(
            "tests",
            [*COVERAGE, "erase"],
            [*COVERAGE, "run", *PYTEST, "not slow", *sys.argv[1:]],
        ),
        # Uncovered: tracing the children that are killed takes longer than they do.
        section("slow tests", [sys.executable, *PYTEST, "slow", *sys.argv[1:]]),
        section(
            "coverage of the detectors, at least 95 %",
            [*COVERAGE, "combine", "--quiet"],
            [*COVERAGE, "report", "--include=detectors/*", "--fail-under=95"],
        ),
        section(
            "coverage of everything, at least 90 %",
            [*COVERAGE, "report", "--fail-under=90"],
        ),
        section("quality", [sys.executable, "-m", "tests.quality"]),
    ]
    failed = passed.count(False)
    click.echo(
        f"\n{failed} of {len(passed)} sections failed" if failed else "\nall is well"
    )
    sys.exit(1 if failed else 0)


def section(title: str, *commands: list[str]) -> bool:
    """Run commands until one fails; their output is ours."""
    click.echo(f"\n== {title} ".ljust(79, "="))
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return all(
        subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0  # noqa: S603  # our own commands
        for command in commands
    )


main()
