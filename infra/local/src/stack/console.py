"""Terminal output: one line per change."""

import contextlib
import sys
from typing import TextIO

_WIDTH = 16
_RED, _GREEN, _PLAIN = "\033[31m", "\033[32m", "\033[0m"


class Console:
    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty()

    def progress(self, name: str, text: str) -> None:
        if not self._quiet:
            self._write(f"{name:<{_WIDTH}} {text}")

    def success(self, name: str, text: str) -> None:
        if not self._quiet:
            self._write(f"{name:<{_WIDTH}} {self._in(_GREEN, text)}")

    def problem(self, name: str, text: str) -> None:
        self._write(f"{name:<{_WIDTH}} {self._in(_RED, text)}")

    def text(self, text: str) -> None:
        if not self._quiet:
            self._write(text)

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colour else text

    def _write(self, line: str) -> None:
        # The terminal may be closed (SIGHUP, a broken pipe), which must not prevent the shutdown.
        with contextlib.suppress(OSError, ValueError):
            print(line, file=self._stream, flush=True)
