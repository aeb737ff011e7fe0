"""Which rules does one area have? Parts of the catalogue that ``rules.py`` puts together."""
