"""What every test here shares."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _decided_once(decided_once):
    """The same demonstration reports are looked at from many sides."""
