"""What a site's robots.txt allows, as RFC 9309 says: nothing while the server fails, all where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.robotparser import RobotFileParser

LONGEST = 512 * 1024
"""Bytes of a robots.txt that are read; RFC 9309 asks for at least 500 KiB."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one site; `None` for the parser allows all or nothing."""

    parser: RobotFileParser | None
    allow_all: bool

    @property
    def known(self) -> bool:
        """Whether the site told its rules, or that it has none."""
        return self.parser is not None or self.allow_all

    def allows(self, agent: str, url: str) -> bool:
        """Whether a program of this name may get the address."""
        return self.parser.can_fetch(agent, url) if self.parser else self.allow_all

    def delay(self, agent: str) -> float:
        """The seconds between two requests that the site asks for; 0 where it does not."""
        try:
            return float(self.parser.crawl_delay(agent) or 0) if self.parser else 0.0
        except (TypeError, ValueError):
            return 0.0


def rules_from(status: int | None, text: str) -> Rules:
    """The rules that an answer to the request for robots.txt gives; `status` is None where there was no answer."""
    if status is None or status >= 500 or status == 429:
        return Rules(None, allow_all=False)
    if status >= 400:
        return Rules(None, allow_all=True)
    parser = RobotFileParser()
    parser.parse(text.splitlines())
    parser.modified()
    return Rules(parser, allow_all=True)
