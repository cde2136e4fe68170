"""Commands and their options; each body imports what it needs when it runs."""

import copy
from typing import Annotated

import typer

app = typer.Typer(
    name="carboncalc",
    help="Greenhouse-gas reductions of a project, every number traceable, and whether it fits the JCM.",
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, globs, or - for standard input.", show_default=False)]
Project = Annotated[str, typer.Argument(metavar="PROJECT", help="A project file, or - for standard input.", show_default=False)]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        envvar="CARBONCALC_FORMAT",
        help="text, json, jsonl, csv, markdown, junit, sarif, github, xlsx, html, docx or pdf; default: from the suffix of -o, else text.",
    ),
]
CheckFormat = Annotated[
    str | None, typer.Option("--format", "-f", help="text, json, junit, sarif or github; default: from the suffix of -o, else text.")
]
Output = Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of standard output.")]
FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="WHAT",
        help="Exit 1 on: invalid, warning, not-eligible, undetermined, or a comparison such as 'reduction<1000'. Repeatable.",
    ),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Leave out files and folders of this name or path when a folder is walked. Repeatable."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No chatter on standard error.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour, also on a terminal. NO_COLOR does the same.")]
Search = Annotated[
    list[str] | None,
    typer.Argument(metavar="[WORD…]", help="Words that the id or the name holds, in English, Japanese or Vietnamese.", show_default=False),
]
Width = Annotated[int | None, typer.Option("--width", min=40, max=300, envvar="COLUMNS", help="Columns; default: the terminal's.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="en|ja|vi",
        envvar="CARBONCALC_LANG",
        help="Language of what people read; default: the system's on a terminal, else en. What programs read has none.",
    ),
]


def _version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"carboncalc {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
    config: Annotated[
        str | None,
        typer.Option(
            "--config", metavar="FILE", envvar="CARBONCALC_CONFIG", help="Settings; default: the nearest carboncalc.toml or pyproject.toml."
        ),
    ] = None,
) -> None:
    from .config import BadConfig, defaults

    try:
        ctx.default_map = defaults(config)
    except BadConfig as bad:
        from .streams import say

        say(str(bad))
        raise typer.Exit(2) from None


def _format(ctx: typer.Context, format: str | None, output: str | None) -> str | None:
    """Let the suffix of -o win over a format that was only set for everything, in a file or the environment."""
    source = ctx.get_parameter_source("format")
    return None if output and format and source is not None and source.name != "COMMANDLINE" and _known(output) else format


def _known(output: str) -> bool:
    from ..reports.formats import by_ending

    return by_ending(output) is not None


@app.command()
def estimate(
    ctx: typer.Context,
    paths: Paths,
    format: Format = None,
    output: Output = None,
    fail_on: FailOn = None,
    exclude: Exclude = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    width: Annotated[
        int | None, typer.Option("--width", min=40, max=300, envvar="COLUMNS", help="Columns of the text report; default: the terminal's.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, max=256, envvar="CARBONCALC_JOBS", help="Processes; default: one for each core from 200 files on."),
    ] = None,
    executor: Annotated[
        str | None, typer.Option("--executor", metavar="dask:ADDRESS", envvar="CARBONCALC_EXECUTOR", help="Work on a cluster instead.")
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", metavar="N", help="Monte Carlo: how many draws, such as 10000; needs carboncalc[mc].")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="S", help="Seed of the draws; default: 1.")] = None,
    lang: Lang = None,
) -> None:
    """Validate, estimate, appraise and check projects. One file: a full report; several: a table with totals."""
    from .estimating import estimate as run

    chosen = _format(ctx, format, output)
    raise typer.Exit(run(paths, chosen, output, fail_on or [], quiet, no_color, width, jobs, executor, exclude or [], draws, seed, lang))


@app.command()
def check(
    ctx: typer.Context,
    paths: Paths,
    format: CheckFormat = None,
    output: Output = None,
    fail_on: FailOn = None,
    exclude: Exclude = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    lang: Lang = None,
) -> None:
    """Validate projects only."""
    from .estimating import check as run

    raise typer.Exit(run(paths, _format(ctx, format, output), fail_on or [], quiet, no_color, output, exclude or [], lang))


@app.command()
def trace(
    project: Project,
    quantity: Annotated[
        str | None, typer.Argument(help="A symbol such as BE, a cell such as BE[2027], or a role such as reduction.", show_default=False)
    ] = None,
    no_color: NoColor = False,
    width: Width = None,
    lang: Lang = None,
) -> None:
    """Follow one number to its sources: formula, substituted values, units, factors."""
    from .estimating import trace as run

    raise typer.Exit(run(project, quantity, no_color, width, lang))


@app.command()
def solve(
    project: Project,
    for_: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="GOAL",
            help="A criterion (cost-effectiveness, or jcm/model-project/cost-effectiveness); eligible, the whole verdict; a target "
            '("reduction>=1000 tCO2e/year") for baseline, project, leakage, reduction, reduction_energy (a year or in all), npv, irr, payback or '
            'cost_per_tonne (each also _subsidised); or a criterion with your own threshold ("cost-effectiveness<=3000 JPY/tCO2e").',
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
    no_color: NoColor = False,
    width: Width = None,
    lang: Lang = None,
) -> None:
    """Find the break-even of each single number of a project: what would make a criterion pass."""
    from .solving import solve as run

    raise typer.Exit(run(project, for_, as_json, no_color, width, lang))


@app.command()
def diff(
    base: Annotated[str, typer.Argument(metavar="BASE", help="A project file, a folder, or a saved result (.json, .jsonl).", show_default=False)],
    head: Annotated[str, typer.Argument(metavar="HEAD", help="The same, as it is now.", show_default=False)],
    format: Annotated[str | None, typer.Option("--format", "-f", help="text, markdown or json; default: from the suffix of -o, else text.")] = None,
    output: Output = None,
    of: Annotated[str, typer.Option("--of", metavar="FIGURE", help="Share out the change of this figure.")] = "reduction",
    no_color: NoColor = False,
    width: Width = None,
    lang: Lang = None,
) -> None:
    """Say what changed between two projects or saved results, and why: inputs, factors, methodology or code."""
    from .comparing import diff as run

    raise typer.Exit(run(base, head, format, output, of, no_color, width, lang))


@app.command()
def report(
    ctx: typer.Context,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A project or park file, a saved result (.json, .jsonl), or - for either.", show_default=False)
    ],
    format: Annotated[
        str | None, typer.Option("--format", "-f", help="html, markdown, docx, pdf or xlsx; default: from the suffix of -o, else html.")
    ] = None,
    output: Output = None,
    lang: Lang = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="Which one, when several results are saved in one file.")] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", metavar="N", help="Monte Carlo: how many draws, such as 10000; needs carboncalc[mc].")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="S", help="Seed of the draws; default: 1.")] = None,
    font_path: Annotated[
        list[str] | None, typer.Option("--font-path", metavar="DIR", help="A folder with fonts for a PDF, before those of the system. Repeatable.")
    ] = None,
    quiet: Quiet = False,
    no_color: NoColor = False,
    width: Width = None,
) -> None:
    """Write a project, or a result saved years ago, as a proposal: HTML, Markdown, Word or PDF; or as a workbook."""
    from .reporting import report as run

    raise typer.Exit(run(path, _format(ctx, format, output), output, lang, project, draws, seed, font_path or [], quiet, no_color, width))


@app.command()
def guide(
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="DIR", help="The folder of the site; other files in it stay as they are.", show_default=False)
    ],
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|ja|vi", envvar="CARBONCALC_LANG", help="Language of the site; one a call; default: en.")
    ] = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CC", help="Only what is open to this country.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write a site for a portal: what the JCM offers, who may apply, each programme, each methodology with a worked example."""
    from .guiding import guide as run

    raise typer.Exit(run(output, lang, country, quiet))


@app.command()
def lock(
    paths: Paths,
    check: Annotated[bool, typer.Option("--check", help="Compare with the lock instead of writing it; exit 1 when an answer differs.")] = False,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The lock file.")] = "carboncalc.lock",
    exclude: Exclude = None,
    no_color: NoColor = False,
    lang: Lang = None,
) -> None:
    """Write or check a lock: every factor, methodology and programme used, with version and sha256, and the answers."""
    from .comparing import lock as run

    raise typer.Exit(run(paths, check, output, no_color, exclude or [], lang))


@app.command()
def explain(
    subject: Annotated[
        str,
        typer.Argument(
            help="A finding code, factor, methodology, programme, criterion, or: findings, units, formulas, glossary.", show_default=False
        ),
    ],
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Explain a methodology, factor, programme, criterion or finding code."""
    from .explaining import explain as run

    raise typer.Exit(run(subject, as_json, lang))


@app.command()
def factors(
    search: Search = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CC", help="Only this country's.")] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """List and search the factor library."""
    from .listing import factors as run

    raise typer.Exit(run(" ".join(search or []), country, as_json, lang))


@app.command()
def methods(
    search: Search = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CC", help="Only those approved for this country, or for any.")] = None,
    sector: Annotated[str | None, typer.Option("--sector", metavar="SECTOR", help="Only those of this sector, such as energy or waste.")] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", metavar="WORDS", help="Only those whose measure holds these words, such as solar.")
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """List and search the methodologies: what each needs, and how sure we are of it."""
    from .listing import methods as run

    raise typer.Exit(run(" ".join(search or []), country, sector, measure, as_json, lang))


@app.command()
def programmes(
    search: Search = None,
    country: Annotated[str | None, typer.Option("--country", metavar="CC", help="Only those open to this country.")] = None,
    match: Annotated[
        str | None, typer.Option("--match", metavar="PROJECT", help="Say which fit this project and why the others do not; - for standard input.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="DATE", help="Day of application, such as 2025-09-30; without --match: only the versions in force on it."),
    ] = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """List and search the programmes, or match them with a project."""
    if match is not None:
        from .matching import match as compare

        raise typer.Exit(compare(match, at, " ".join(search or []), country, as_json, lang))
    from .listing import programmes as run

    raise typer.Exit(run(" ".join(search or []), country, at, as_json, lang))


@app.command()
def init(
    methodology: Annotated[str, typer.Argument(help="Such as cdm/ams-iii-c; `carboncalc methods` lists them.", show_default=False)],
    output: Output = None,
    country: Annotated[str, typer.Option("--country", metavar="CC", help="Country of the project.")] = "VN",
    lang: Lang = None,
) -> None:
    """Print a commented project template that passes `check`."""
    from .templates import init as run

    raise typer.Exit(run(methodology, output, country, lang))


@app.command()
def schema(name: Annotated[str, typer.Argument(help="project, park, methodology, factors, sources, programme or result.")] = "project") -> None:
    """Print a JSON Schema, for editors."""
    from .listing import schema as run

    raise typer.Exit(run(name))


def run(arguments: list[str]) -> None:
    """Run the command that the arguments name.

    Only that command is built: reading the options of all the others is felt at start-up. What begins otherwise, with an option, a word that is no
    command or nothing at all, may list or guess commands, and has them all.
    """
    asked = [c for c in app.registered_commands if c.callback and c.callback.__name__ == next(iter(arguments), None)]
    narrow = copy.copy(app)
    narrow.registered_commands = asked or app.registered_commands
    narrow()
