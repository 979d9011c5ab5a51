"""Write into the documentation what the code knows already: `python docs/generate.py`. A test fails where it is stale.

A block stands between `<!-- generated: NAME -->` and `<!-- end -->`. Names are `help COMMAND` (its `--help` text),
`commands` (that of every command) and `columns` (every table and view, described by metadata.yml).
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import click
import yaml
from click.testing import CliRunner
from datasette.cli import cli
from sqlite_utils import Database

from datasette_newscompare import schema

DOCS = Path(__file__).parent
BLOCK = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


def help_text(command: str) -> str:
    """The `--help` of `datasette newscompare COMMAND`, 80 characters wide, as a fenced block."""
    result = CliRunner().invoke(cli, ["newscompare", command, "--help"], prog_name="datasette", terminal_width=80)
    if result.exit_code:
        raise SystemExit(result.output)
    return f"```\n{result.output.rstrip()}\n```"


def commands() -> str:
    """A section for each command with its `--help`."""
    group: click.Group = cli.commands["newscompare"]
    return "\n\n".join(f"## {name}\n\n{help_text(name)}" for name in sorted(group.commands))


def described() -> dict[str, Any]:
    """What metadata.yml says of each table and view of its one database."""
    metadata = yaml.safe_load((DOCS.parent / "metadata.yml").read_text(encoding="utf-8"))
    (database,) = metadata["databases"].values()
    tables: dict[str, Any] = database["tables"]
    return tables


def schema_columns() -> dict[str, list[str]]:
    """Column names of every table and view that people query, by table, tables first and in order of creation."""
    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(Path(folder) / "schema.db") as connection:
        schema.migrate(Database(connection))
        names = [
            name
            for (name,) in connection.execute(
                "select name from sqlite_master where type in ('table', 'view') order by type, rowid"
            )
            if not re.search(r"_fts|^sqlite_|^_|^article_search$", name)
        ]
        return {name: [row[1] for row in connection.execute(f'pragma table_info("{name}")')] for name in names}


def columns() -> str:
    """A section for each table and view: what a row is, and a table of its columns."""
    tables = described()
    sections = []
    for name, names in schema_columns().items():
        told = tables.get(name, {})
        rows = [f"| `{column}` | {told.get('columns', {}).get(column, '')} |" for column in names]
        description = " ".join(str(told.get("description", "")).split())
        sections.append("\n".join([f"### {name}", "", description, "", "| column | is |", "|---|---|", *rows]))
    return "\n\n".join(sections)


def regenerate(text: str) -> str:
    """The page with each of its generated blocks made anew."""

    def block(match: re.Match[str]) -> str:
        kind, _, argument = match["name"].partition(" ")
        body = {"help": lambda: help_text(argument), "commands": commands, "columns": columns}[kind]()
        return f"{match[1]}\n{body}\n\n{match[4]}"

    return BLOCK.sub(block, text)


if __name__ == "__main__":
    for page in sorted(DOCS.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = regenerate(before)
        if after != before:
            page.write_text(after, encoding="utf-8")
            print(f"{page.name}: rewritten")
