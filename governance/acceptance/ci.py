"""Does this process run in a CI?"""

import os

VARIABLES = (
    "CI",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "BUILDKITE",
    "JENKINS_URL",
    "TF_BUILD",
    "TEAMCITY_VERSION",
    "CIRCLECI",
    "TRAVIS",
    "BITBUCKET_BUILD_NUMBER",
    "DRONE",
    "CODEBUILD_BUILD_ID",
)
_NO = {"", "0", "false", "no", "off"}


def ci_variable() -> str:
    """Return the environment variable that tells of a CI, or an empty text."""
    return next((v for v in VARIABLES if os.environ.get(v, "").lower() not in _NO), "")
