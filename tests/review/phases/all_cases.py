"""All of them."""

from tests.review.phases.added_fields import ADDED
from tests.review.phases.altered_fields import ALTERED
from tests.review.phases.altered_references import REFERENCES
from tests.review.phases.altered_types import TYPES
from tests.review.phases.constraints import CONSTRAINTS, INDEXES
from tests.review.phases.objects import OBJECTS
from tests.review.phases.python import PYTHON
from tests.review.phases.rows import ROWS
from tests.review.phases.separated import SEPARATED
from tests.review.phases.statements import STATEMENTS
from tests.review.phases.tables import TABLES

CASES = (
    *ADDED,
    *ALTERED,
    *TYPES,
    *REFERENCES,
    *TABLES,
    *CONSTRAINTS,
    *INDEXES,
    *SEPARATED,
    *STATEMENTS,
    *ROWS,
    *OBJECTS,
    *PYTHON,
)
