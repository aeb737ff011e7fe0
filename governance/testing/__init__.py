"""What did a test run write, and which test caused what nobody permitted?

Nothing here knows pytest: ``governance.pytest_plugin`` plugs it in.
"""
