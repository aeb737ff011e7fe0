"""What a project writes in its ``ownership.py`` files. Values only; ``discovery`` judges them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from governance.findings import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A reasoned, dated permission for another module to write one table of the declaring one."""

    table: str
    module: str
    """The module that may write, besides the owner."""
    reason: str
    until: date
    """Last day on which the permission holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """A reasoned permission: rows of a table of the declaring module may go with others' rows."""

    table: str
    """Table of the declaring module whose rows are deleted, or lose their reference."""
    of: str
    """Table whose rows they follow. Whoever may delete there may so delete here."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted finding about the declaring module's tables, until a day."""

    slug: str
    """The rule, such as ``cross-module-write``."""
    subject: str
    """The finding's subject, such as a table."""
    reason: str
    until: date
    """Last day on which the finding is accepted."""
    actor: str = ""
    """Module that acts; any when empty."""
    caller: str = ""
    """Dotted function that acts, such as ``shop.orders.jobs.close``; any when empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A part of the monolith with one team: its apps, packages, tables and interface."""

    name: str
    apps: Sequence[str] = ()
    """App labels or dotted app names; their models' tables belong to the module."""
    packages: Sequence[str] = ()
    """Dotted packages whose code acts as this module, besides those of the apps."""
    tables: Sequence[str] = ()
    """Exceptions only: tables and views without a model of these apps, as ``name`` or
    ``schema.name``."""
    interfaces: Sequence[str] = ()
    """Dotted modules (``finance.services``) or functions (``finance.services.pay``) published
    for other modules."""
    retry_sensitive: Sequence[str] = ()
    """Names of URL patterns (``finance:pay``) that must not run twice when a client retries."""
    team: str = ""
    contact: str = ""
    """Where to ask: a channel, an address."""
    shares: Sequence[Share] = ()
    cascades: Sequence[Cascade] = ()
    waivers: Sequence[Waiver] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A module and the line that declares it."""

    module: Module
    location: Location
