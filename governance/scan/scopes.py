"""Is a function only ever called where a scope speaks for it?"""

from __future__ import annotations

from governance.scan.attribution import scope_module
from governance.scan.engine import Engine
from governance.scan.syntax import Scope, spot_of

_DEEPEST = 4


def spoken_for(engine: Engine, scope: Scope, table: str, depth: int = 0) -> bool:
    """Tell whether each known call of a function stands in a scope that may write a table.

    A scope speaks for all code of the module that opens it, also in the functions it calls.
    """
    function = scope.function
    while function.parent is not None and function.parent.kind not in {"module", "class"}:
        function = function.parent.function
    if function.kind != "function" or depth > _DEEPEST:
        return False
    calls = engine.calls_of(function)
    if not calls:
        return False
    own = engine.actor_of(function.unit)
    for call in calls:
        spot = spot_of(call)
        if engine.actor_of(spot.scope.unit) != own:
            return False
        modules = [scope_module(engine, opened)[0] for opened in spot.acting]
        if any(m and engine.registry.may_write(m, table) for m in modules[-1:]):
            continue
        if modules or not spoken_for(engine, spot.scope, table, depth + 1):
            return False
    return True
