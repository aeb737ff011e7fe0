"""The text behind a syntax tree, which tells what the tree can't: how an expression was written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from governance.postgres.lexing import masked

_FLAGS = re.ASCII | re.IGNORECASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text; places in it are as the grammar counts them, in bytes."""

    text: str
    mask: str = field(default="")

    @classmethod
    def of(cls, text: str) -> Source:
        return cls(text=text, mask=masked(text))

    def place(self, location: int) -> int:
        """Return the character at a place."""
        if self.text.isascii():
            return location
        return len(self.text.encode(errors="replace")[:location].decode(errors="ignore"))

    def after_word(self, word: str, location: int) -> int:
        """Return the character behind the first such word from a place on; -1 without one."""
        found = re.compile(rf"\b{word}\b", _FLAGS).search(self.mask, self.place(location))
        return found.end() if found else -1

    def after_last_word(self, word: str, location: int) -> int:
        """Return the character behind the last such word before a place; -1 without one."""
        end = self.place(location)
        found = [m.end() for m in re.finditer(rf"\b{word}\b", self.mask[:end], _FLAGS)]
        return found[-1] if found else -1

    def bracketed(self, start: int) -> str:
        """Return what the first brackets behind a character hold."""
        opening = self.mask.find("(", start) if start >= 0 else -1
        if opening < 0:
            return ""
        return _tidy(self.text[opening + 1 : self._closing(opening)])

    def parts(self, start: int) -> list[str]:
        """Return what stands between the commas of the first brackets behind a character."""
        opening = self.mask.find("(", start) if start >= 0 else -1
        if opening < 0:
            return []
        closing, found, depth, begin = self._closing(opening), [], 0, opening + 1
        for at in range(opening + 1, closing):
            depth += _DEPTH.get(self.mask[at], 0)
            if self.mask[at] == "," and depth == 0:
                found.append(self.text[begin:at])
                begin = at + 1
        return [*found, self.text[begin:closing]]

    def until_end(self, start: int, stop: int = -1) -> str:
        """Return the text up to a comma or bracket that belongs to what is around it."""
        if start < 0:
            return ""
        end, depth = len(self.mask) if stop < 0 else self.place(stop), 0
        for at in range(start, end):
            sign = self.mask[at]
            depth += _DEPTH.get(sign, 0)
            if depth < 0 or (depth == 0 and sign in ",;"):
                end = at
                break
        return _tidy(self.text[start:end])

    def _closing(self, opening: int) -> int:
        depth = 0
        for at in range(opening, len(self.mask)):
            depth += _DEPTH.get(self.mask[at], 0)
            if depth == 0:
                return at
        return len(self.mask)


_DEPTH = {"(": 1, "[": 1, ")": -1, "]": -1}


def _tidy(text: str) -> str:
    """Put a text on one line, unless it holds a string or comment that may not be touched."""
    text = text.strip()
    return text if "'" in text or "--" in text else " ".join(text.split())
