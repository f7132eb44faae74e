"""``python -m tests.quality``: labelled streams replayed, held to their floors."""

import json
import subprocess
import sys

import click

from tests.quality.floors import ROOT, compare, corpora, measure


@click.command()
@click.option("--all", "everything", is_flag=True, help="Print every measure.")
@click.option("--full", is_flag=True, help="Also what takes minutes.")
def main(*, everything: bool, full: bool) -> None:
    """Replay every corpus that is here; end with 1 where a floor is broken.

    The figures are also written to build/quality.json.
    """
    broken = 0
    written = {}
    for corpus in corpora():
        if corpus.is_absent:
            click.echo(f"{corpus.name}: left out, it is not on this machine")
            continue
        if corpus.slow and not full:
            click.echo(f"{corpus.name}: left out, it is slow; --full measures it")
            continue
        try:
            figures = measure(corpus)
        except subprocess.CalledProcessError as error:
            sys.exit(f"{corpus.name}: replay failed with status {error.returncode}")
        written[corpus.name] = figures
        rows = list(compare(corpus, figures))
        broken += sum(not row.holds for row in rows)
        click.echo(f"{corpus.name} ({figures['seconds']:.1f} s)")
        for row in rows:
            click.echo(row)
        for name in sorted(figures) if everything else ():
            click.echo(f"  {name:36} {figures[name]:6.3f}")
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "quality.json").write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    click.echo(f"{broken} floors broken" if broken else "every floor holds")
    sys.exit(1 if broken else 0)


main()
