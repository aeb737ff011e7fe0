"""Know a way through Django again, and spare most of the walk.

To the walk in ``frames``, a frame of Django's ORM or of a library is its code and nothing else.
So where the frames from a cursor outwards run the very code objects of a walk before, one after
the other, the walk would arrive at the same frame in the same state, and what it says of that
frame may be said at once. Every frame on the way is looked at: the distance alone would not tell
Django from an override or a signal's receiver that stands in between.
"""

from __future__ import annotations

from types import CodeType, FrameType

from governance.writes.files import ORM, SKIP, kinds

LONGEST = 40
"""Number of frames of the longest way remembered."""


class Trail:
    """The frames of Django and of libraries between a cursor and the code that uses them."""

    __slots__ = ("codes", "method")

    def __init__(self, codes: tuple[CodeType, ...], method: str) -> None:
        self.codes = codes
        self.method = method
        """The outermost method of the ORM among them: an override of it does not act."""


def lead_to(module: str, frame: FrameType, trails: tuple[Trail, ...]) -> bool:
    """Tell whether one of the trails surely ends at code of the module, which acts then.

    No answer for another: the whole walk has to say. For code outside of all scopes.
    """
    for trail in trails:
        end: FrameType | None = frame
        for code in trail.codes:
            if end is None or end.f_code is not code:
                break
            end = end.f_back
        else:
            if end is None or kinds.get(end.f_code.co_filename) != module:
                continue
            # A method by the name of the ORM's may be an override; a plain function is none.
            name = end.f_code.co_name
            if name != trail.method or name == end.f_code.co_qualname:
                return True
    return False


def trails_to(module: str, frame: FrameType) -> tuple[Trail, ...]:
    """Return the way from a frame to code of the module, if none but Django's ORM and libraries
    lie in between; nothing otherwise."""
    trail = _trail_from(frame)
    return (trail,) if trail is not None and lead_to(module, frame, (trail,)) else ()


def _trail_from(start: FrameType) -> Trail | None:
    codes: list[CodeType] = []
    method = ""
    frame: FrameType | None = start
    while frame is not None and len(codes) < LONGEST:
        code = frame.f_code
        kind = kinds.get(code.co_filename)
        if kind is ORM:
            if code.co_name != "manager_method":
                method = code.co_name
        elif kind is not SKIP:
            return Trail(tuple(codes), method)
        codes.append(code)
        frame = frame.f_back
    return None
