"""Commands: read the options, make one call, render the result, exit."""
