"""A small project with an endpoint that pays, run by a real server in tests and benchmarks."""
