"""The command line: everything that is done to the house rather than in it.

Answers go to standard output, progress and errors to standard error. It ends with 0 when all
is well, 1 when something is wrong with the data or the house, 2 when it was called wrongly.
"""

import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path
from typing import Any

import click

from backend import lifeline, logs
from backend.actor import SYSTEM
from backend.bike_commands import bikes
from backend.client_commands import clients
from backend.config import SettingError, read_settings
from backend.duty_commands import duty_list
from backend.errors import Refused
from backend.export_commands import export
from backend.figure_commands import figures
from backend.quality_commands import quality
from backend.run_commands import run
from backend.start import start
from backend.tag_commands import tags
from backend.terminal import CALLED_WRONGLY, WRONG, bar, open_house, stop
from backend.unit_commands import units
from backend.words_commands import words


class House(click.Group):
    """Opens the house before a command and says refusals in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SettingError as error:
            stop(str(error), CALLED_WRONGLY)
        except Refused as refusal:
            stop(str(refusal), WRONG)


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Gridtag's house: tables, data, keys and proofs.

    Settings come from the environment; see docs/SETTINGS.md.
    """


tags.add_command(run)
main.add_command(tags)
main.add_command(clients)
main.add_command(bikes)
main.add_command(duty_list)
main.add_command(units)
main.add_command(figures)
main.add_command(export)
main.add_command(quality)
main.add_command(words)


@main.command()
@click.option("--status", is_flag=True, help="Only show the steps; ends with 1 if any is pending.")
@click.option("--quiet", is_flag=True, help="Say nothing when there is nothing to do.")
@click.option("--initial", is_flag=True, hidden=True, help="Write 0001_initial.py anew.")
@click.option("--write", metavar="NAME", help="Write the step from the tables to the models.")
def migrate(status: bool, quiet: bool, initial: bool, write: str | None) -> None:
    """Bring the tables up to date."""
    from backend.services import migrations

    open_house()
    if initial:
        click.echo(migrations.write_initial())
    elif write:
        click.echo(migrations.write_next(write) or "The tables are what the models say.")
    elif status:
        _show_steps()
    else:
        applied = migrations.migrate()
        for name in applied:
            click.echo(f"applied {name}")
        if not applied and not quiet:
            click.echo("The tables are up to date.")


def _show_steps() -> None:
    from backend.services import migrations

    steps = migrations.status()
    for step in steps:
        when = step.applied_at.isoformat(" ", "seconds") if step.applied_at else "pending"
        click.echo(f"{step.name}  {when}{'  (its file is gone)' if step.is_missing else ''}")
    if not all(step.applied_at for step in steps):
        sys.exit(WRONG)


@main.command("load-demo")
@click.option("--if-empty", is_flag=True, help="Do nothing if the database holds anything.")
def load_demo(if_empty: bool) -> None:
    """Load the demo town: Shuiwei, 318 buildings and 30,000 invented people."""
    from backend import load
    from backend.services import past

    open_house(tables=True)
    if if_empty and not load.is_empty():
        return
    started = time.monotonic()
    try:
        load.load_demo(lambda report: click.echo(list(report.lines())[-1], err=True))
    except load.NotLoaded as fault:
        stop(str(fault), WRONG)
    if read_settings().DEMO:
        click.echo(f"past: {past.fill_demo()} cases of the last two months", err=True)
        click.echo(f"past: {past.fill_rounds()} inspections of the last weeks", err=True)
    click.echo(f"The demo town is loaded ({time.monotonic() - started:.1f} s).", err=True)


KINDS = (
    "areas", "classes", "units", "remits", "lessons", "buildings", "rooms", "addresses",
    "residents", "businesses", "small-places", "registrations", "events", "facilities", "forms",
    "tags", "facility-tags", "bikes", "accounts", "duties",
)  # fmt: skip


class Import(click.Command):
    """Its help names the columns of every kind."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from backend.services import imports

        with formatter.section("Columns (* never empty)"):
            formatter.write_dl([(kind.name, kind.shape()) for kind in imports.KINDS.values()])


@main.command("import", cls=Import)
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--crs", help="Datum of a GeoJSON's positions: wgs84, gcj02, bd09 or cgcs2000.")
@click.option("--area", help="buildings, facilities: who answers for those that name no area.")
@click.option("--community", help="buildings: 12 digits to make codes from, with each bid.")
@click.option("--trust-crs", is_flag=True, help="Load although the datum looks wrong.")
@click.option("--scheme", help="Which class dictionary the file's classes are from.")
@click.option(
    "--subject", help="classes: people, legal_person, house or event; forms: what is asked."
)
@click.option("--kind", "of_kind", help="facilities: streetlight, manhole_cover, bin, newsstand.")
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    callback=lambda _context, _option, given: _pairs(given),
    help="facilities: what the file calls one of our columns; may be repeated.",
)
@click.option("--skip-others", is_flag=True, help="facilities: leave out all other columns.")
@click.option("--dry-run", is_flag=True, help="Check everything, load nothing.")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
def import_(kind: str, file: Path, dry_run: bool, as_json: bool, **given: Any) -> None:
    """Load a FILE of one KIND: all of it or, with errors, nothing.

    CSV for most kinds, GeoJSON for buildings, TOML for accounts, any table for facilities, an
    XLSForm for forms. Rows
    are known by their code or key, so running the same file again changes nothing; an empty cell
    means "not known".
    """
    from backend.services import imports

    options = {name: value for name, value in given.items() if value}
    foreign = sorted(options.keys() - imports.KINDS[kind].takes)
    if foreign:
        names = ", ".join(f"--{OPTIONS.get(name, name).replace('_', '-')}" for name in foreign)
        raise click.UsageError(f"{kind} does not take {names}.")
    if kind in ("buildings", "facilities") and "crs" not in options:
        raise click.UsageError(f"{kind} need --crs: wgs84, gcj02, bd09 or cgcs2000.")
    open_house(tables=True)
    with bar(kind) as progress:
        report = imports.run(
            imports.KINDS[kind],
            file,
            imports.Options(**options),
            dry_run=dry_run,
            progress=lambda share, rows: progress(share, f"{rows:,} rows"),
            by=SYSTEM,
        )
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for line in report.lines():
            click.echo(line, err=line.startswith(("error:", "...")))
    sys.exit(WRONG if report.errors else 0)


OPTIONS = {"of_kind": "kind", "columns": "map"}
"""Options whose name the command's own arguments or Python have taken."""


def _pairs(given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """`number=streetlight_id` as our column and theirs."""
    pairs = [tuple(part.strip() for part in one.split("=", 1)) for one in given]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise click.BadParameter("say OURS=THEIRS, such as number=streetlight_id.")
    return tuple((ours, theirs) for ours, theirs in pairs)


@main.command("verify-trail")
@click.option("--json", "as_json", is_flag=True, help="The report as one JSON object.")
def verify_trail(as_json: bool) -> None:
    """Prove that nobody changed the trail or a case, or name the first bad line and step."""
    from dataclasses import asdict

    from backend.services import cases, trail_proof

    open_house(tables=True)
    report, proof = trail_proof.verify(), cases.prove()
    if as_json:
        both = {**asdict(report), "cases": asdict(proof)}
        click.echo(json.dumps(both, ensure_ascii=False, default=str))
    elif report.first_bad is None:
        click.echo(f"The trail is whole: {report.lines:,} lines.")
    else:
        click.echo(f"The trail is broken: {report.first_bad}", err=True)
    if not as_json:
        _tell_of_cases(proof)
    sys.exit(0 if report.first_bad is None and proof.first_bad is None else WRONG)


def _tell_of_cases(proof: Any) -> None:
    if proof.first_bad is not None:
        click.echo(f"A case is not as it was: {proof.first_bad}", err=True)
        return
    old = f", {proof.old:,} of them older than their seals" if proof.old else ""
    click.echo(f"The cases are whole: {proof.cases:,} with {proof.steps:,} steps{old}.")


@main.command("rotate-keys")
@click.option("--json", "as_json", is_flag=True, help="The outcome as one JSON object.")
def rotate_keys(as_json: bool) -> None:
    """Seal everything again under the newest keys; may be interrupted and run again."""
    from backend.services import rotation

    open_house(tables=True)
    with bar("rotating") as progress:
        outcomes = rotation.rotate(
            lambda name, done, rows: progress(done / max(1, rows), f"{name} {done:,}")
        )
    broken = sum(each.broken for each in outcomes.values())
    if as_json:
        click.echo(json.dumps({name: vars(each) for name, each in outcomes.items()}))
    else:
        for name, each in outcomes.items():
            click.echo(f"{name}: {each.rows:,} rows, {each.resealed:,} sealed again")
        if broken:
            click.echo(f"{broken} rows open with none of the keys; keep every old key.", err=True)
        else:
            click.echo("Former keys are needed no more: take them out of the settings.")
    sys.exit(WRONG if broken else 0)


@main.command()
@click.option("--beside", type=int, hidden=True, help="End when the process of this number does.")
def worker(beside: int | None) -> None:
    """Do what must happen without anybody asking: seal the trail, end visits, sweep."""
    settings = read_settings()
    logs.prepare(settings.LOG_LEVEL)
    start(settings)
    if beside is not None:
        lifeline.end_with(beside)
    keeper = importlib.import_module("backend.tasks.keeper")
    keeper.run()


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON list.")
def verbs(as_json: bool) -> None:
    """List every verb: what it does and which roles have it."""
    from backend.policy import read_policy
    from backend.verbs import VERBS

    _learn_all_verbs()
    allowed = read_policy().verbs
    found = [
        {
            "verb": name,
            "story": VERBS[name].story,
            "roles": ["anyone"]
            if VERBS[name].anyone
            else sorted(role for role, names in allowed.items() if name in names),
        }
        for name in sorted(VERBS)
    ]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each['verb']:<22} {each['story']}")
        click.echo(f"{'':<22} [{', '.join(each['roles']) or 'nobody but the house itself'}]")


def _learn_all_verbs() -> None:
    """A verb is known once its module is imported."""
    from backend import services

    for module in pkgutil.walk_packages(services.__path__, "backend.services."):
        importlib.import_module(module.name)


@main.command()
def doctor() -> None:
    """Check settings, database, tables, clock, disk and keys, and say what to do."""
    try:
        open_house()
    except SettingError as error:
        click.echo(f"!!  settings: {error}")
        sys.exit(WRONG)
    click.echo(f"ok  python: {sys.version.split()[0]}")
    from backend.services import doctor as practice

    is_well = True
    for finding in practice.examine():
        click.echo(str(finding))
        is_well = is_well and finding.is_well
    sys.exit(0 if is_well else WRONG)


if __name__ == "__main__":
    main(prog_name="python -m backend")
