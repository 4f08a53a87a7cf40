"""The `steward` command. Each subcommand says what it needs in --help and ends with a clear message when it cannot go on."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

SETTINGS = "steward.config.settings"


def prepare() -> None:
    """Load Django; a wrong setting ends here with its own message instead of a traceback."""
    # What any command writes (database, files, backups, outbox) holds people's data: no other account of the machine reads it.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.core.exceptions import ImproperlyConfigured

    from steward.config.env import SettingError

    try:
        from django.conf import settings

        Path(str(settings.HOME)).mkdir(parents=True, exist_ok=True)
        django.setup()
    except (SettingError, ImproperlyConfigured) as error:
        raise click.ClickException(str(error)) from error


class Command(click.Command):
    """A command that loads Django first, and turns the errors an operator can mend into one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        prepare()
        from django.core.management.base import CommandError, SystemCheckError
        from django.db import DatabaseError

        from steward.console.archive import ArchiveError
        from steward.console.demo import NotEmpty
        from steward.ground.access.errors import Refused
        from steward.ground.measures.declarations import UnknownMeasure

        try:
            return super().invoke(ctx)
        except (CommandError, ArchiveError, NotEmpty, Refused, UnknownMeasure) as error:
            raise click.ClickException(str(error)) from error
        except SystemCheckError as error:
            raise click.ClickException(str(error)) from error
        except DatabaseError as error:
            hint = "Is the database reachable, and did `steward migrate` run?"
            raise click.ClickException(f"The database says: {str(error).strip()}. {hint}") from error


class Group(click.Group):
    command_class = Command


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="steward", prog_name="steward")
def main() -> None:
    """Steward (服务管家): the working desk of a service supervisor.

    Settings come from STEWARD_… environment variables; see docs/guide/operator.md. Without any, everything lives in ./var.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 128))
def up(host: str, port: int, threads: int) -> None:
    """Everything in one process: pages, jobs and clock. Migrates first."""
    _migrate()
    os.environ.setdefault("STEWARD_WORKERS", "2")
    _serve(host, port, workers=1, threads=threads)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 128))
def web(host: str, port: int, workers: int, threads: int) -> None:
    """Pages only; run `steward worker` and `steward clock` beside it."""
    os.environ["STEWARD_WORKERS"] = "0"
    _serve(host, port, workers=workers, threads=threads)


@main.command()
@click.option("--lane", "lanes", multiple=True, type=click.Choice(["default", "heavy"]), default=("default", "heavy"), show_default=True)
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="Threads of the default lane.")
def worker(lanes: tuple[str, ...], threads: int) -> None:
    """Run jobs until told to stop (SIGTERM lets running ones finish)."""
    from steward.ground.jobs.lanes import Lanes

    _until_stopped(lambda stop: Lanes().run_worker(lanes, stop, threads=threads))


@main.command()
def clock() -> None:
    """Run the schedules and breach timers. One is enough; a second one only stands by."""
    from steward.ground.jobs.lanes import Lanes

    _until_stopped(Lanes().run_clock)


@main.command()
def migrate() -> None:
    """Bring the database to this version, and put the journal's protection in place."""
    _migrate(verbosity=1)


@main.command()
@click.option("--caches/--no-caches", default=True, help="Compare the cached due times of unfinished cases with their replay.")
def check(caches: bool) -> None:
    """Look for what is wrong: settings, migrations, the journal's triggers, cached due times."""
    from django.core.management import call_command

    call_command("check", databases=["default"])
    if _unapplied():
        raise click.ClickException("The database is older than this version. Run `steward migrate` (or `steward upgrade --backup FILE`).")
    if caches:
        from steward.core.cases.health import wrong_caches
        from steward.ground import clock as wall

        wrong = wrong_caches(at=wall.now())
        for line in wrong[:20]:
            click.echo(f"  {line}", err=True)
        if wrong:
            raise click.ClickException(f"{len(wrong)} cached due times differ from their replay.")
    click.echo("Nothing is wrong.")


@main.command()
@click.argument("username")
@click.option("--name", prompt=True, help="As colleagues know them.")
@click.option("--organisation", prompt=True, help="Name or id of the organisation; a new name opens one.")
@click.option(
    "--industry", default="bank", show_default=True, type=click.Choice(["bank", "hotel", "clinic", "restaurant", "contact_centre"])
)
@click.option("--zone", default="Asia/Shanghai", show_default=True)
@click.option("--role", default="administrator", show_default=True)
@click.password_option(envvar="STEWARD_NEW_PASSWORD", help="Asked for when not given; or set STEWARD_NEW_PASSWORD.")
def createuser(username: str, name: str, organisation: str, industry: str, zone: str, role: str, password: str) -> None:
    """Create somebody who can sign in, with a role in an organisation."""
    from steward.console.people import create_user

    person = create_user(
        username=username, name=name, organisation=organisation, industry=industry, zone=zone, role=role, password=password, at=_now()
    )
    click.echo(f"{person.username} can sign in as {role} of {person.organisation}.")


@main.group(cls=Group)
def journal() -> None:
    """The append-only journal."""


@journal.command()
def verify() -> None:
    """Check every seal; name the first entry that was altered, removed, added or cut off."""
    from steward.ground.journal import sealing

    result = sealing.verify()
    if result.fault:
        where = f" (entry {result.fault.seq})" if result.fault.seq is not None else ""
        raise click.ClickException(f"{result.fault.kind}{where}: {result.fault.message}")
    click.echo(f"{result.sealed_entries} sealed entries are as they were written; {result.open_entries} newer ones are not sealed yet.")


@journal.command()
def seal() -> None:
    """Seal now what the clock would seal within half a minute."""
    from steward.ground.journal import sealing

    click.echo(f"{sealing.seal_entries(at=_now())} entries sealed.")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(dir_okay=False, path_type=Path), help="Also write the keys, to their own file. Keep it apart from the backup."
)
def backup(file: Path, keys: Path | None) -> None:
    """Write database, files and anchors to FILE (.tar.gz) while the installation runs."""
    from steward.console import archive

    click.echo(archive.backup(file, at=_now()))
    if keys:
        click.echo(archive.backup_keys(keys))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file that `backup --keys` wrote.")
@click.option("--yes", is_flag=True, help="Do not ask before an installation that holds data is replaced.")
def restore(file: Path, keys: Path | None, yes: bool) -> None:
    """Put back what `backup` wrote. Keys of people erased since stay destroyed unless --keys brings them back."""
    from steward.console import archive

    if archive.holds_data() and not yes:
        click.confirm("This installation holds data, which the backup will replace. Go on?", abort=True)
    click.echo(archive.restore(file))
    if keys:
        click.echo(archive.restore_keys(keys))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write everything as open formats (JSON lines and the files themselves) to FILE (.tar.gz), for any database."""
    from steward.console import portable

    click.echo(portable.export(file, at=_now()))


@main.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that `backup --keys` wrote; opens the sealed values.",
)
def import_(file: Path, keys: Path | None) -> None:
    """Read what `export` wrote into an empty installation, on SQLite or PostgreSQL. Cases from other systems: `steward import-cases`."""
    from steward.console import archive, portable

    click.echo(portable.load(file))
    if keys:
        click.echo(archive.restore_keys(keys))


@main.command(name="import-cases")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="What each column is (JSON).")
@click.option("--from", "export", default="", help="An export of another desk: zendesk, zendesk_csv, freshdesk, freshdesk_csv or helpdesk.")
@click.option("--organisation", required=True, help="Name, code or id of the organisation.")
@click.option("--unit", default="", help="Where cases go that name no unit; default: the organisation itself.")
@click.option("--errors", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows that became no case here, with the reason.")
def import_cases(file: Path, mapping: Path | None, export: str, organisation: str, unit: str, errors: Path | None) -> None:
    """Load cases of another system from a CSV, XLSX or zipped CSV FILE, or from an export of another desk (--from).

    Every row becomes a case, or is told with the reason why not. The same file again changes nothing; after a stop (Ctrl-C, a crash) the same
    command goes on where it stopped. Mapping files for three public data sets are in docs/examples; docs/concepts/import.md explains them.
    """
    from steward.contact.datahub.terminal import import_file

    if mapping is None and not export:
        raise click.UsageError("Say what the file is: --mapping MAPPING.json, or --from zendesk, freshdesk or helpdesk.")
    import_file(
        file=file, mapping_file=mapping, export=export, organisation=organisation, unit=unit, errors=errors, at=_now(), say=click.echo
    )


@main.group(cls=Group)
def measures() -> None:
    """Figures: the catalogue, one definition, one evaluation, and the store they come from."""


@measures.command(name="list")
def measures_list() -> None:
    """Every measure with its id, version, unit and class of disclosure."""
    from steward.ground.measures.terminal import list_measures

    list_measures(click.echo)


@measures.command(name="show")
@click.argument("measure")
def measures_show(measure: str) -> None:
    """What is declared about MEASURE: definition, rows above and below the line, thresholds, breakdowns."""
    from steward.ground.measures.terminal import show_measure

    show_measure(measure, click.echo)


@measures.command(name="evaluate")
@click.argument("measure")
@click.option("--organisation", required=True, help="Name, code or id of the organisation.")
@click.option("--unit", default="", help="Only this unit and all below it.")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day; default: 28 days ago.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last; default: today.")
@click.option("--by", multiple=True, help="A breakdown, at most two: unit, team, service, kind, channel …")
@click.option("--grain", default="", type=click.Choice(["", "day", "week", "month", "quarter", "year"]), help="One figure per period.")
@click.option("--user", default="", help="With the eyes of this person; default: the whole organisation without confidential cases.")
@click.option("--format", "form", default="table", type=click.Choice(["table", "csv", "json"]), show_default=True)
def measures_evaluate(**options: Any) -> None:
    """One figure with its interval and n. The store must be loaded: `steward measures load`."""
    from steward.ground.measures.terminal import evaluate_measure

    days = {name: options.pop(name).date() for name in ("start", "end") if options[name]}
    evaluate_measure(options.pop("measure"), **{**options, **days}, at=_now(), say=click.echo)


@measures.command(name="load")
@click.option("--rebuild", is_flag=True, help="Everything anew instead of what changed since the last load.")
def measures_load(rebuild: bool) -> None:
    """Bring the store up to the journal. The server does it by itself twice a minute."""
    from steward.ground.measures.terminal import load_store

    load_store(whole=rebuild, at=_now(), say=click.echo)


@measures.command(name="export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def measures_export(folder: Path) -> None:
    """Copy the whole store as Parquet into FOLDER, with a description of every column. It holds the rows of all organisations."""
    from steward.ground.measures.terminal import export_store

    export_store(folder, click.echo)


@main.group(cls=Group)
def mail() -> None:
    """The e-mail channel: read mailboxes now, see what came, process a mail again."""


@mail.command(name="fetch")
@click.argument("address", default="")
def mail_fetch(address: str) -> None:
    """Read every mailbox that is switched on, or the one of ADDRESS, now. The server does it by itself every minute."""
    from steward.contact.channels.mail.terminal import fetch_mail

    fetch_mail(address, at=_now(), say=click.echo)


@mail.command(name="list")
@click.option("--outcome", default="", help="received, case_opened, appended, parked, duplicate, failed or discarded.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def mail_list(outcome: str, limit: int) -> None:
    """The newest mails with their id and what became of them."""
    from steward.contact.channels.mail.terminal import list_mail

    list_mail(outcome, limit, say=click.echo)


@mail.command(name="replay")
@click.argument("id")
def mail_replay(id: str) -> None:
    """Process the archived mail ID again, as if it had just come; only one that was set aside or could not be read."""
    from steward.contact.channels.mail.terminal import replay

    replay(id, at=_now(), say=click.echo)


@main.command()
@click.option("--backup", "to", type=click.Path(dir_okay=False, path_type=Path), help="Write a backup first, and stop if that fails.")
def upgrade(to: Path | None) -> None:
    """After installing a new version: back up, migrate, refresh built-in roles, check."""
    from steward.console.people import refresh_roles

    if to:
        from steward.console import archive

        click.echo(archive.backup(to, at=_now()))
    _migrate(verbosity=1)
    organisations, roles = refresh_roles(_now())
    click.echo(f"Built-in roles of {organisations} organisations looked at; {roles} were given what this version adds.")
    ctx = click.get_current_context()
    ctx.invoke(check, caches=False)


@main.command()
def demo() -> None:
    """Fill an empty installation with the demo: five organisations, ninety days, three thousand cases."""
    from django.conf import settings

    from steward.config.garbage import collect_rarely
    from steward.console.demo import build, is_built, logins_table

    if settings.PRODUCTION:
        raise click.ClickException(
            "Everybody of the demo has one password, which the source names. It is not told with STEWARD_PRODUCTION=1."
        )
    _migrate()
    if is_built():
        click.echo("The demo is already here.")
    else:
        click.echo("Building the demo (one to two minutes) …")
        collect_rarely()
        build(lambda chapter: click.echo(f"  {chapter}"))
    click.echo(logins_table())


def _now() -> Any:
    from steward.ground import clock as wall

    return wall.now()


def _migrate(verbosity: int = 0) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=verbosity, interactive=False)

    from steward.ground.rules.files import load_builtin_rules

    load_builtin_rules(_now())


def _unapplied() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _serve(host: str, port: int, *, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    from steward.console.setup.terminal import setup_words

    click.echo(f"Steward listens on http://{host}:{port}/ (Ctrl-C stops it).")
    if words := setup_words(host=host, port=port):
        click.echo(f"\n{words}\n")
    target = "steward.config.wsgi:application"
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        workers_kill_timeout=15,
        log_enabled=True,
    ).serve()


def _until_stopped(run: Callable[[threading.Event], None]) -> None:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    run(stop)
    sys.exit(0)


if __name__ == "__main__":
    main()
