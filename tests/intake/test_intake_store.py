import io
import json
import shutil

import pandas as pd
import pytest
import small_project as small
from small_project import row

from isu_analysis import files
from isu_analysis.errors import DataError
from isu_analysis.files import WriteError, disk
from isu_analysis.intake import intake, store


@pytest.fixture
def stored(project, unit):
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1"), row("A2", ålder=None, start=None)])
    return intake(unit, project)


def test_what_is_stored_comes_back_the_same(project, unit, stored):
    loaded = store.load(project, unit)
    pd.testing.assert_frame_equal(loaded.episodes, stored.episodes)
    pd.testing.assert_frame_equal(loaded.measurements, stored.measurements)
    assert loaded.about == stored.about
    assert {str(loaded.episodes[name].dtype)[:8] for name in ("start", "end")} == {"datetime"}
    assert [str(loaded.episodes[name].dtype) for name in ("year", "age", "ending")] == ["Int64", "float64", "string"]


def test_what_is_known_of_the_files(project, unit, stored):
    path = small.raw(project, "ärenden 2024.xlsx")
    assert stored.about["files"] == [{"file": path.name, "rows": 2, "sha256": files.sha256(path)}]
    assert str(project) not in (store.folder(project, unit) / "intake.json").read_text(encoding="utf-8")


def test_two_readings_of_the_same_files_store_the_same(project, unit, stored):
    before = small.tree(store.folder(project, unit))
    intake(unit, project)
    assert small.tree(store.folder(project, unit)) == before


def test_the_tables_are_enough_on_a_machine_without_raw_files_and_key(project, unit, stored):
    shutil.rmtree(project / "data_raw")
    shutil.rmtree(project / ".isu")
    assert len(store.load(project, unit).episodes) == 2


def test_nothing_read_in_says_what_to_run(project, unit):
    with pytest.raises(DataError, match="Kör «isu intake a-kommun/oppenvard» först"):
        store.load(project, unit)


@pytest.mark.parametrize("name", ["intake.json", "episodes.parquet", "measurements.parquet"])
def test_a_damaged_table_says_what_to_run_and_running_it_mends(project, unit, stored, name):
    place = store.folder(project, unit) / name
    place.write_bytes(b"skadad")
    with pytest.raises(DataError, match="Kör «isu intake a-kommun/oppenvard» igen") as error:
        store.load(project, unit)
    assert str(project) not in small.everything_said(error.value).split("Traceback")[0]
    intake(unit, project)
    assert len(store.load(project, unit).episodes) == 2


def test_a_missing_table_is_told(project, unit, stored):
    (store.folder(project, unit) / "episodes.parquet").unlink()
    with pytest.raises(DataError, match="igen"):
        store.load(project, unit)


@pytest.mark.parametrize("fails_at", [0, 1, 2])
def test_tables_are_replaced_together_or_not_at_all(project, unit, stored, monkeypatch, fails_at):
    place = store.folder(project, unit)
    before = small.tree(place)
    monkeypatch.setattr(disk, "WAITS", ())
    write_through, written = disk.write_through, []

    def full(path, data):
        if len(written) == fails_at:
            raise OSError(28, "No space left on device")
        written.append(path)
        write_through(path, data)

    monkeypatch.setattr(disk, "write_through", full)
    small.xlsx(small.raw(project, "ärenden 2024.xlsx"), [row("A1", före=3)])
    with pytest.raises(WriteError, match="disken är full"):
        intake(unit, project)
    assert small.tree(place) == before


def test_a_unit_with_only_anonymous_forms_has_no_episodes(project):
    text = small.FORMS.replace("rule: ended", "rule: declared")
    head, forms = text[: text.index("sources:")], text[text.index('  - file: "skattningar') :]
    unit = small.unit(project, head + "sources:\n" + forms.replace("    id: Nr\n", ""))
    small.xlsx(small.raw(project, "skattningar 2024.xlsx"), [[None, "2024-01-10", "Avslut", 20]], small.FORM_HEADINGS)
    intake(unit, project)
    loaded = store.load(project, unit)
    assert len(loaded.episodes) == 0 and loaded.measurements["episode"].isna().all()


def test_the_parquet_says_nothing_of_this_machine(stored):
    stream = io.BytesIO(store._parquet(stored.episodes))
    import pyarrow.parquet as pq

    kept = json.loads(pq.read_metadata(stream).metadata[b"pandas"])
    assert set(kept) <= {"index_columns", "column_indexes", "columns", "attributes", "creator", "pandas_version"}
    assert kept["attributes"] == {}
