"""Match a whole text against a regular expression in linear time, or refuse the expression.

An imported form is an untrusted program: `(a+)+b` would hold a backtracking engine for years.
This one runs all alternatives side by side (K. Thompson, CACM 11(6), 1968). It knows literals,
classes, groups, alternatives, counted and open repeats; look-around, back references and word
boundaries are refused. The expression must describe the whole text, as FHIR asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

MAX_PATTERN = 300
MAX_STATES = 500
MAX_TEXT = 1000
_DIGITS = "0123456789"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_ENDLESS = -1

Test = Callable[[str], bool]


class PatternRefused(ValueError):  # noqa: N818  names the fact
    """The expression is too long, too large or uses what cannot be matched in linear time."""


@dataclass
class _State:
    """Consume a letter that passes `test` and go on, or (without a test) go on freely."""

    test: Test | None = None
    following: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int


class Pattern:
    """A compiled expression; immutable after construction."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._states: list[_State] = []
        parser = _Parser(source, self._states)
        piece = parser.whole()
        self._start, self._end = piece.start, piece.end

    def matches(self, text: str) -> bool:
        """Tell whether the whole text matches; a text over 1000 letters never does."""
        if len(text) > MAX_TEXT:
            return False
        here = self._closure({self._start})
        for letter in text:
            here = self._closure(self._steps(here, letter))
            if not here:
                return False
        return self._end in here

    def _steps(self, here: set[int], letter: str) -> set[int]:
        states = (self._states[number] for number in here)
        return {
            target
            for state in states
            if state.test is not None and state.test(letter)
            for target in state.following
        }

    def _closure(self, numbers: set[int]) -> set[int]:
        reached, waiting = set(numbers), list(numbers)
        while waiting:
            state = self._states[waiting.pop()]
            if state.test is None:
                new = [number for number in state.following if number not in reached]
                reached.update(new)
                waiting += new
        return reached


class _Parser:
    """Recursive descent over the source; builds states as it reads."""

    def __init__(self, source: str, states: list[_State]) -> None:
        if len(source) > MAX_PATTERN:
            raise PatternRefused(source)
        self._source = source
        self._states = states
        self._at = 0
        self._depth = 0

    def whole(self) -> _Piece:
        """Parse the complete source; one leading ^ and one trailing $ say nothing new."""
        if self._source.startswith("^"):
            self._at = 1
        piece = self._alternatives()
        if self._at < len(self._source):
            raise PatternRefused(self._source)
        return piece

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take(self) -> str:
        letter = self._peek()
        if not letter:
            raise PatternRefused(self._source)
        self._at += 1
        return letter

    def _taken(self, letter: str) -> bool:
        is_there = self._peek() == letter
        self._at += is_there
        return is_there

    def _new(self, test: Test | None = None) -> int:
        if len(self._states) >= MAX_STATES:
            raise PatternRefused(self._source)
        self._states.append(_State(test))
        return len(self._states) - 1

    def _join(self, origin: int, target: int) -> None:
        self._states[origin].following.append(target)

    def _alternatives(self) -> _Piece:
        self._depth += 1
        if self._depth > 20:
            raise PatternRefused(self._source)
        pieces = [self._sequence()]
        while self._taken("|"):
            pieces.append(self._sequence())
        self._depth -= 1
        if len(pieces) == 1:
            return pieces[0]
        start, end = self._new(), self._new()
        for piece in pieces:
            self._join(start, piece.start)
            self._join(piece.end, end)
        return _Piece(start, end)

    def _sequence(self) -> _Piece:
        start = end = self._new()
        while self._peek() not in ("", "|", ")"):
            if self._peek() == "$" and self._at == len(self._source) - 1 and self._depth == 1:
                self._at += 1
                break
            piece = self._repeated()
            self._join(end, piece.start)
            end = piece.end
        return _Piece(start, end)

    def _repeated(self) -> _Piece:
        begin = self._at
        piece = self._atom()
        after = self._at
        least, most = self._count()
        if (least, most) == (1, 1):
            return piece
        finish = self._at
        piece = self._copies(piece, begin, least, most)
        self._at = max(after, finish)
        if self._peek() in ("*", "+", "{"):
            raise PatternRefused(self._source)
        return piece

    def _count(self) -> tuple[int, int]:
        if self._taken("*"):
            counts = (0, _ENDLESS)
        elif self._taken("+"):
            counts = (1, _ENDLESS)
        elif self._taken("?"):
            counts = (0, 1)
        elif self._peek() == "{":
            counts = self._braces()
        else:
            return 1, 1
        if self._peek() == "?":  # a lazy repeat matches the same whole texts
            self._at += 1
        return counts

    def _braces(self) -> tuple[int, int]:
        self._at += 1
        least = self._number()
        most = least
        if self._taken(","):
            most = _ENDLESS if self._peek() == "}" else self._number()
        if not self._taken("}") or (most != _ENDLESS and most < least):
            raise PatternRefused(self._source)
        return least, most

    def _number(self) -> int:
        digits = ""
        while self._peek() and self._peek() in _DIGITS:
            digits += self._take()
        if not digits or len(digits) > 4:
            raise PatternRefused(self._source)
        return int(digits)

    def _copies(self, first: _Piece, begin: int, least: int, most: int) -> _Piece:
        """Chain as many copies as the count asks; each copy is parsed anew from the source."""
        start = end = self._new()
        needed = max(least, 1) if most == _ENDLESS else most
        for number in range(needed):
            piece = first if number == 0 else self._again(begin)
            self._join(end, piece.start)
            before, end = end, self._new()
            self._join(piece.end, end)
            if number >= least:
                self._join(before, end)
            if most == _ENDLESS and number == needed - 1:
                self._join(piece.end, piece.start)
        return _Piece(start, end)

    def _again(self, begin: int) -> _Piece:
        self._at = begin
        return self._atom()

    def _atom(self) -> _Piece:
        letter = self._take()
        if letter == "(":
            return self._group()
        if letter in "*+?{^$)":
            raise PatternRefused(self._source)
        state = self._new(self._test(letter))
        end = self._new()
        self._join(state, end)
        return _Piece(state, end)

    def _group(self) -> _Piece:
        if self._taken("?") and not self._taken(":"):
            raise PatternRefused(self._source)
        piece = self._alternatives()
        if not self._taken(")"):
            raise PatternRefused(self._source)
        return piece

    def _test(self, letter: str) -> Test:
        if letter == ".":
            return lambda one: one != "\n"
        if letter == "[":
            return self._class()
        if letter == "\\":
            return self._escape()
        return letter.__eq__

    def _escape(self) -> Test:
        letter = self._take()
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _ESCAPES:
            return _ESCAPES[letter].__eq__
        if letter.isalnum():
            raise PatternRefused(self._source)
        return letter.__eq__

    def _class(self) -> Test:
        is_negated = self._taken("^")
        tests = [self._member()]  # a bracket that comes first is a letter like any other
        while not self._taken("]"):
            tests.append(self._member())
        return _none_of(tests) if is_negated else _any_of(tests)

    def _member(self) -> Test:
        low = self._take()
        if low == "[" and self._peek() == ":":
            raise PatternRefused(self._source)
        if low == "\\":
            test = self._escape()
            if self._peek() == "-" and self._source[self._at + 1 : self._at + 2] != "]":
                raise PatternRefused(self._source)
            return test
        follower = self._source[self._at + 1 : self._at + 2]
        if self._peek() != "-" or follower in ("]", ""):
            return low.__eq__
        self._at += 1
        high = self._take()
        if high == "\\" or high < low:
            raise PatternRefused(self._source)
        return _between(low, high)


def _between(low: str, high: str) -> Test:
    return lambda one: low <= one <= high


def _any_of(tests: list[Test]) -> Test:
    return lambda one: any(test(one) for test in tests)


def _none_of(tests: list[Test]) -> Test:
    return lambda one: not any(test(one) for test in tests)


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


_CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "D": lambda one: not one.isdecimal(),
    "w": _is_word,
    "W": lambda one: not _is_word(one),
    "s": str.isspace,
    "S": lambda one: not one.isspace(),
}
