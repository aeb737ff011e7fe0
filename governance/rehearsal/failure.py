"""The error of this package."""

from governance.exceptions import GovernanceError


class RehearsalImpossible(GovernanceError):
    """A rehearsal could not begin: no server, or migrations before it that can't be applied."""
