"""Which findings are accepted for now?

Takes findings, the baseline file and the waivers of the declarations, and returns what is fresh
and what is accepted. The only code that writes the baseline, and only where no CI runs.
"""
