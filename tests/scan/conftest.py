"""The corpus is data: its tests are part of what is scanned."""

collect_ignore = ["truth"]
