"""Is what a migration does safe while people work?

Takes a ``ReviewedMigration`` and the sizes of tables, returns findings. Each rule is a function
of one case; ``judging`` says which kinds of action a rule looks at. Owners are added by the gate.
"""

from governance.review.policy.judging import judge
from governance.review.policy.together import judge_together

__all__ = ["judge", "judge_together"]
