import logging
import signal
import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from project.server import ServerDidNotStartError
from project.walkthrough import walk


class Command(BaseCommand):
    help = "Show the demonstration: what is refused, what is accepted, and the pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Look at the pages, stop the server, and fail if anything was not as expected.",
        )
        parser.add_argument(
            "--port", type=int, default=8000, help="If it is taken, the next free one is used."
        )

    def handle(self, *, check: bool, port: int, no_color: bool, **_: Any) -> None:
        console = Console(file=cast("IO[str]", self.stdout), no_color=no_color, highlight=False)
        logging.getLogger("governance.writes").setLevel(logging.ERROR)  # the tables tell it
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            tally = walk(console, port=port, check=check)
        except ServerDidNotStartError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            console.print("Stopped.")
            return
        if tally.failures:
            raise CommandError(f"{len(tally.failures)} of the expectations failed.")
