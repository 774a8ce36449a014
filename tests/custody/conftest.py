import pytest
import small_project


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("ISU_KEY_FILE", raising=False)
    return small_project.project(tmp_path)
