from datetime import date

from governance import Module, Share

MODULE = Module(
    name="finance",
    apps=["finance"],
    tables=["reporting.finance_daily_totals"],
    interfaces=["project.finance.services"],
    retry_sensitive=["finance:transactions"],
    team="Payments",
    contact="#payments",
    shares=[
        Share(
            table="finance_tag",
            module="dev",
            reason="dev creates a tag for each project until tags move to core",
            until=date(2027, 6, 30),
        ),
    ],
)
